"""What a repair was ordered to do, as it stands in the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from mailtui.changes.plan import Json
from mailtui.services.dovecot.index.damage import kinds
from mailtui.services.dovecot.repair.place import LOG, Place
from mailtui.services.dovecot.stores.model import Mailbox, Store
from mailtui.text import clean

_PATHS = frozenset({"home", "root", "index_root", "control_root", "inbox", "alt", "mail", "index", "control"})


@dataclass(frozen=True, slots=True)
class Mend:
    """One rung, in one folder."""

    rung: str
    folder: str
    """Of the files to be mended."""
    quarantine: str
    """Where they are kept; a folder of this mend's own."""
    names: tuple[str, ...]
    """The files it concerns."""
    kinds: tuple[str, ...]
    """The kinds of damage it is to mend."""
    log: str = LOG
    trim_to: int = 0
    """Size of the readable part of the log, bytes; of the rung ``trim``."""
    expected_size: int = 0
    """Size of the log when it was looked at, bytes."""
    all_files: bool = False
    """Whether the whole index is copied first, since Dovecot could throw it away: of a dbox."""


@dataclass(frozen=True, slots=True)
class Order:
    """All that is to be done to one mailbox before Dovecot opens it again."""

    mailbox: Mailbox
    mends: tuple[Mend, ...]
    lock_method: str = "fcntl"

    @property
    def label(self) -> str:
        """How people call what is mended."""
        return clean(f"{self.mailbox.store.user} {self.mailbox.name}")

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of damage that are to be mended."""
        return frozenset(kind for mend in self.mends for kind in mend.kinds)

    @property
    def damage(self) -> str:
        """What is to be mended, in words."""
        pairs = (
            (kind, mend.log if kind.startswith("log.") else mend.names[0])
            for mend in self.mends
            for kind in mend.kinds
            if mend.names
        )
        return clean("; ".join(dict.fromkeys(kinds()[kind].title.format(file=file) for kind, file in pairs)))

    def place(self, mend: Mend) -> Place:
        """The folder of a mend and its quarantine."""
        return Place(Path(mend.folder), Path(mend.quarantine), mend.log, self.lock_method)

    def why(self, mend: Mend) -> str:
        """For the manifest."""
        return f"{self.label}: {', '.join(mend.kinds)}"

    def arguments(self) -> dict[str, Json]:
        """As a step's arguments."""
        return {
            "store": _plain(self.mailbox.store),
            "mailbox": {name: value for name, value in _plain(self.mailbox).items() if name != "store"},
            "mends": [asdict(mend) for mend in self.mends],
            "lock_method": self.lock_method,
        }

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> Order:
        """Out of a step's arguments."""
        store = Store(**_with_paths(arguments["store"]))
        mailbox = Mailbox(store, **_with_paths(arguments["mailbox"]))
        return cls(mailbox, tuple(_mend(one) for one in arguments["mends"]), arguments["lock_method"])


def _plain(value: Store | Mailbox) -> dict[str, Any]:
    """JSON knows no paths."""
    pairs = ((field.name, getattr(value, field.name)) for field in fields(value))
    return {name: str(one) if isinstance(one, Path) else one for name, one in pairs}


def _with_paths(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: Path(one) if name in _PATHS and one is not None else one for name, one in values.items()}


def _mend(values: Mapping[str, Any]) -> Mend:
    """JSON knows no tuples."""
    plain: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in values.items()}
    return Mend(**plain)
