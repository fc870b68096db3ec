"""What a repair was ordered to do, as it stands in the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from mailtui.changes.plan import Json
from mailtui.services.dovecot.repair.rungs import LOG, Place


@dataclass(frozen=True, slots=True)
class Order:
    """One rung for one mailbox."""

    user: str
    mailbox: str
    format: str
    """``maildir``, ``sdbox``, ``mdbox`` or ``mbox``."""
    uid: int
    gid: int
    """Whose the mail is."""
    folder: str
    """Of the files to be mended."""
    quarantine: str
    """Where they are kept."""
    rung: str
    kinds: tuple[str, ...]
    """The kinds of damage it is to mend."""
    names: tuple[str, ...] = ()
    """The files it concerns."""
    log: str = LOG
    lock_method: str = "fcntl"
    trim_to: int = 0
    """Size of the readable part of the log, bytes; of the rung ``trim``."""
    expected_size: int = 0
    """Size of the log when it was looked at, bytes."""

    @property
    def label(self) -> str:
        """How people call what is mended."""
        return f"{self.user} {self.mailbox}"

    @property
    def place(self) -> Place:
        """The folder and its quarantine."""
        return Place(Path(self.folder), Path(self.quarantine), self.log, self.lock_method)

    @property
    def why(self) -> str:
        """For the manifest."""
        return f"{self.label}: {', '.join(self.kinds)}"

    def arguments(self) -> dict[str, Json]:
        """As a step's arguments."""
        return asdict(self)

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Order:
        """Out of a step's arguments; JSON knows no tuples."""
        values = {field.name: arguments[field.name] for field in fields(cls) if field.name in arguments}
        tuples: dict[str, Any] = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
        return cls(**{**values, **tuples})
