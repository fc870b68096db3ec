"""What one index is made of: its files as they were found, and what they say together."""

from __future__ import annotations

from dataclasses import dataclass

from mailtui.services.dovecot.index.flaws import Flaw
from mailtui.services.dovecot.index.index_file import IndexFile
from mailtui.services.dovecot.index.log_file import LogFile
from mailtui.services.dovecot.index.reading import Raw
from mailtui.services.dovecot.index.replay import State

Found = tuple[str, Flaw]
"""A file's name and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class IndexSet:
    """The files as they were found."""

    prefix: str
    """``dovecot.index``, ``dovecot.list.index`` or ``dovecot.map.index``."""
    raws: dict[str, Raw]
    """Every file there is, by name."""
    index: IndexFile | None
    log: LogFile | None
    older: LogFile | None
    """``.log.2``."""
    state: State
    found: tuple[Found, ...]

    @property
    def lossless(self) -> bool:
        """Whether the logs alone hold the whole history."""
        if self.log is None or self.log.header is None or self.log.cut:
            return False
        return self.log.whole_history or follows(self.log, self.older)

    @property
    def log_raw(self) -> Raw | None:
        """The log's file."""
        return self.raws.get(f"{self.prefix}.log")


def follows(log: LogFile, older: LogFile | None) -> bool:
    """Whether a log goes on where the older one ends, which itself holds the whole history."""
    if older is None or older.header is None or log.header is None or older.flaws:
        return False
    position = (older.header.file_seq, older.end)
    return (log.header.prev_file_seq, log.header.prev_file_offset) == position and older.whole_history
