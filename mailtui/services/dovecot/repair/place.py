"""The folder whose files are mended, with its quarantine, and both of them opened."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from mailtui.host.folders import opened_folder
from mailtui.services.dovecot.repair.quarantine import quarantine

LOG = "dovecot.index.log"
UIDLIST = "dovecot-uidlist"


@dataclass(frozen=True, slots=True)
class Place:
    """The folder whose files are mended, and where they are kept."""

    folder: Path
    """Of the index files or, for the uidlist, of the control files."""
    quarantine: Path
    log: str = LOG
    """The log whose lock is the lock of these index files."""
    lock_method: str = "fcntl"

    @property
    def index(self) -> str:
        """The index that log belongs to."""
        return self.log.removesuffix(".log")

    @property
    def index_files(self) -> tuple[str, ...]:
        """The index and what it cannot be understood without."""
        return self.index, self.log, f"{self.log}.2", f"{self.index}.backup"


def entered(stack: ExitStack, place: Place) -> tuple[int, int]:
    """The folder and its quarantine, which is made if need be."""
    folder = stack.enter_context(opened_folder(place.folder))
    return folder, stack.enter_context(quarantine(place.quarantine))
