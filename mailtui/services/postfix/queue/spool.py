"""The queue folders: where a message lies, as mail_queue_path(3) names it and as it is found by looking everywhere.

A queue named in ``hash_queue_names`` has ``hash_queue_depth`` levels of folders, each named after one digit: of a short
queue ID its first ones, which are microseconds in hexadecimal; of a long one those its microseconds would have there.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.queuefile import Head, read_head

QUEUES = ("incoming", "active", "deferred", "hold")
"""Where postsuper(1) acts."""
HOLD = "hold"
_DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
"""Of the time in a long queue ID: base 52, without vowels."""
_SECONDS, _MICROSECONDS = 6, 4
"""Digits of the two in a long queue ID; the seconds may be more."""
BEFORE_INODE = "z"
"""Stands in a long queue ID alone."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message lies."""

    queue_name: str
    path: str


class Spool:
    """The queue folders of one instance. Nothing raises for a file that goes away meanwhile."""

    def __init__(self, folder: Path, hash_queue_names: Collection[str] = (), hash_queue_depth: int = 1) -> None:
        self.folder = folder
        self._base = f"{folder}/"
        self._hashed = frozenset(hash_queue_names)
        self._depth = hash_queue_depth
        self._likely = "deferred"

    @classmethod
    def of(cls, postfix: PostfixConfig) -> Spool:
        """Raises what ``PostfixConfig.get`` raises."""
        depth = postfix.get("hash_queue_depth")
        names = postfix.get("hash_queue_names").replace(",", " ").split()
        return cls(Path(postfix.get("queue_directory")), names, int(depth) if depth.isdecimal() else 1)

    @property
    def readable(self) -> bool:
        """Whether this user may look."""
        return all(os.access(self.folder / name, os.R_OK | os.X_OK) for name in QUEUES)

    def read(self, queue_id: str) -> tuple[str, str, Head] | None:
        """The queue and the path where Postfix would look for this message, and what its file says.

        None where it is in no queue there. Looks first where the message before was found. Raises what ``read_head``
        raises.
        """
        for queue_name in (self._likely, *QUEUES):
            path = self.path(queue_name, queue_id)
            head = read_head(path)
            if head is not None:
                self._likely = queue_name
                return queue_name, path, head
        return None

    def read_at(self, place: Place) -> tuple[str, str, Head] | None:
        """The same of a file that was found elsewhere."""
        head = read_head(place.path)
        return None if head is None else (place.queue_name, place.path, head)

    def path(self, queue_name: str, queue_id: str) -> str:
        """Where Postfix puts a message of this queue."""
        if queue_name not in self._hashed:
            return f"{self._base}{queue_name}/{queue_id}"
        digits = queue_id if BEFORE_INODE not in queue_id else _hex_microseconds(queue_id)
        if self._depth == 1:
            return f"{self._base}{queue_name}/{digits[0]}/{queue_id}"
        return f"{self._base}{queue_name}/{'/'.join(digits[: self._depth].ljust(self._depth, '_'))}/{queue_id}"

    def find(self, wanted: Iterable[str]) -> dict[str, Place]:
        """Where the messages with these IDs lie; looked for twice, since one may move while the folders are read."""
        found: dict[str, Place] = {}
        missing = set(wanted)
        for _ in range(2):
            for name in QUEUES:
                found.update(_places(f"{self.folder}/{name}", name, missing))
            missing.difference_update(found)
            if not missing:
                break
        return found


def _hex_microseconds(queue_id: str) -> str:
    """What the folder is named after (MQID_LG_GET_HEX_USEC in global/mail_queue.h)."""
    end = queue_id.rfind(BEFORE_INODE)
    if end < _SECONDS + _MICROSECONDS:
        return queue_id
    microseconds = 0
    for digit in queue_id[end - _MICROSECONDS : end]:
        value = _DIGITS.find(digit)
        if value < 0:
            return "00000"
        microseconds = microseconds * len(_DIGITS) + value
    return f"{microseconds:05X}"


def _places(folder: str, queue_name: str, wanted: set[str]) -> Iterator[tuple[str, Place]]:
    try:
        names = os.listdir(folder)  # noqa: PTH208 - of tens of thousands, paths would cost more than all else
    except OSError:
        return
    for name in wanted.intersection(names):
        yield name, Place(queue_name, f"{folder}/{name}")
    for name in names:
        if len(name) == 1:  # a hash folder (hash_queue_names)
            yield from _places(f"{folder}/{name}", queue_name, wanted)
