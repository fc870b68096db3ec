"""Copies of queue files that were deleted, so that deleting can be undone for some days.

Many of them lie one after the other in one file, a pack, which is on disk before the first message is deleted. The
journal knows which piece of a pack is which message. Beside it stands which of them were put back, so that no message
is put back twice, whatever crashes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mailtui.changes.plan import Json
from mailtui.changes.private import make_private
from mailtui.host.errors import HostError, MailtuiError
from mailtui.host.files import digest, errors_named, opened

LARGEST = 64 * 2**20
"""Bytes of a message that is still copied."""
TOTAL = 2**30
"""Bytes of all copies together."""
KEPT = 7 * 86_400.0
"""Seconds a copy is kept."""
_CHUNK = 2**20
_BACK = ".back"


class Busy(HostError):
    """Postfix is delivering the message at this moment: which recipients have it is not written down yet."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Where the copy of one message lies."""

    pack: str
    offset: int
    length: int
    sha256: str

    def json(self) -> Json:
        """As it stands in the journal."""
        return [self.pack, self.offset, self.length, self.sha256]

    @classmethod
    def read(cls, value: object) -> Copy:
        """Out of the journal. Raises MailtuiError."""
        match value:
            case [str(pack), int(offset), int(length), str(sha256)] if set(pack) <= set("0123456789abcdef-"):
                return cls(pack, offset, length, sha256)
        raise MailtuiError("the journal does not say where the copy lies")


class Copies:
    """The folder ``copies`` in the state folder, for this user alone."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "copies"

    @property
    def room(self) -> int:
        """Bytes that may still be added to those that are not expired; for whoever may not look, all."""
        return max(0, TOTAL - sum(_size(path) for path in self._packs() if not _expired(path)))

    def purge(self) -> None:
        """Remove what was kept long enough; what was put back under which name stays known.

        Raises PermissionDenied or HostError.
        """
        for path in self._packs():
            if _expired(path):
                with errors_named(path):
                    path.unlink(missing_ok=True)

    def keep(self, files: Mapping[str, str]) -> tuple[dict[str, Copy], dict[str, str]]:
        """Copy the queue files by ID into a new pack; and why some, which Postfix is delivering now, were not.

        Raises HostError, with nothing kept, where that is impossible, as on a full disk.
        """
        make_private(self._folder.parent)
        make_private(self._folder)
        path = self._folder / f"{time.time_ns():x}-{secrets.token_hex(4)}"
        try:
            with errors_named(path):
                return self._fill(path, files)
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def content(self, copy: Copy) -> bytes:
        """The queue file. Raises HostError where it is expired or damaged."""
        path = self._folder / copy.pack
        if not path.exists():
            raise HostError(
                f"its copy is gone: it was kept for {KEPT / 86_400:g} days", unlock="only its sender can send it again"
            )
        with opened(path, os.O_RDONLY | os.O_NOFOLLOW) as fd, errors_named(path):
            data = os.pread(fd, copy.length, copy.offset)
        if digest(data) != copy.sha256:
            raise HostError(f"its copy in {path} is damaged")
        return data

    def put_back(self, pack: str) -> dict[str, str]:
        """Which messages of a pack were put back already: the ID before, the ID now."""
        try:
            lines = self._back(pack).read_text("ascii").split("\n")[:-1]
        except FileNotFoundError:
            return {}
        return {old: new for old, _, new in (line.partition(" ") for line in lines)}

    def names_alike(self) -> dict[str, list[str]]:
        """Of each message that was ever put back all its queue IDs, the newest last, by each of them."""
        alike: dict[str, list[str]] = {}
        for path in sorted(self._folder.glob(f"*{_BACK}")):
            for old, new in self.put_back(path.stem).items():
                group = alike.get(old, [old])
                group += [name for name in alike.get(new, [new]) if name not in group]
                alike.update(dict.fromkeys(group, group))
        return alike

    def mark(self, pack: str, back: Mapping[str, str]) -> None:
        """Write down, and to disk, that these are put back. Raises HostError."""
        path = self._back(pack)
        with errors_named(path):
            fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with os.fdopen(fd, "w", encoding="ascii") as file:
                file.writelines(f"{old} {new}\n" for old, new in back.items())
                file.flush()
                os.fsync(fd)

    def _fill(self, path: Path, files: Mapping[str, str]) -> tuple[dict[str, Copy], dict[str, str]]:
        copies: dict[str, Copy] = {}
        missed: dict[str, str] = {}
        room, offset = self.room, 0
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(fd, "wb") as pack:
            for name, source in files.items():
                try:
                    length, sha256 = _append(source, pack, min(LARGEST, room - offset))
                except (Busy, FileNotFoundError) as error:
                    missed[name] = error.message if isinstance(error, Busy) else "gone"
                    continue
                copies[name] = Copy(path.name, offset, length, sha256)
                offset += length
            pack.flush()
            os.fsync(fd)
        with opened(self._folder, os.O_RDONLY | os.O_DIRECTORY) as folder:
            os.fsync(folder)
        return copies, missed

    def _packs(self) -> Iterable[Path]:
        try:
            return [path for path in self._folder.iterdir() if path.suffix != _BACK]
        except OSError:
            return []

    def _back(self, pack: str) -> Path:
        return self._folder / f"{pack}{_BACK}"


def _append(source: str, pack: BinaryIO, limit: int) -> tuple[int, str]:
    """Copy one queue file; its length and SHA-256. Raises Busy while a delivery agent has it locked."""
    total, sha256 = 0, hashlib.sha256()
    with os.fdopen(os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
        try:
            # Delivery agents keep a shared lock while they work (deliver_request(3)).
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy("it is being delivered this moment") from error
        if os.fstat(file.fileno()).st_size > limit:
            raise HostError("there is no room for the copy of one message")
        while chunk := file.read(_CHUNK):
            sha256.update(chunk)
            pack.write(chunk)
            total += len(chunk)
    return total, sha256.hexdigest()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _expired(path: Path) -> bool:
    try:
        return path.stat().st_mtime < time.time() - KEPT
    except OSError:
        return False
