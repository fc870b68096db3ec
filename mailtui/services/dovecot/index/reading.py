"""A mailbox's files by open folders: no link is followed, no FIFO waited for, no endless file read to its end."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from mailtui.host.folders import opened_below
from mailtui.services.dovecot.stores.model import Store

MOST = 64 * 2**20
"""Bytes of a file that are read; an index of a million messages is 40 MB."""
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}

_NO_FILE = "no regular file"


def open_folder(stack: ExitStack, store: Store, path: Path) -> int:
    """A folder of a store, reached without following a link below the store's own roots. Raises OSError, ValueError."""
    places = (store.root, store.index_root, store.control_root, store.inbox, store.alt)
    folder = str(path)
    root = next((root for root in map(str, filter(None, places)) if f"{folder}/".startswith(f"{root}/")), folder)
    below = folder[len(root) :].strip("/")
    return stack.enter_context(opened_below(root, *below.split("/") if below else ()))


@dataclass(frozen=True, slots=True)
class Raw:
    """A file as it was found."""

    name: str
    data: bytes = b""
    """At most ``MOST`` bytes from its beginning."""
    size: int = 0
    uid: int = 0
    gid: int = 0
    mode: int = 0
    mtime: float = 0.0
    inode: int = 0
    instead: str = ""
    """What bears the name that should be a regular file's, or why it cannot be read."""
    denied: bool = False
    """Whether it is there, but this process may not read it."""

    @property
    def no_file(self) -> bool:
        """Whether something else bears its name; otherwise it is the disk that does not give it."""
        return self.instead in (*_KINDS.values(), _NO_FILE)

    @property
    def whole(self) -> bool:
        """Whether all of it was read."""
        return not self.instead and len(self.data) == self.size


def read(folder: int, name: str, most: int = MOST) -> Raw | None:
    """A file of an open folder; None where there is none of that name. Raises nothing."""
    try:
        fd = os.open(name, _FLAGS, dir_fd=folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        return Raw(name, instead=_instead(folder, name, error), denied=error.errno in (errno.EACCES, errno.EPERM))
    try:
        facts = os.fstat(fd)
        if not stat.S_ISREG(facts.st_mode):
            return Raw(name, mode=facts.st_mode, instead=_KINDS.get(stat.S_IFMT(facts.st_mode), _NO_FILE))
        data = _content(fd, min(facts.st_size, most))
    except OSError as error:
        return Raw(name, instead=error.strerror or str(error))
    finally:
        os.close(fd)
    return Raw(
        name,
        data,
        max(facts.st_size, len(data)),
        facts.st_uid,
        facts.st_gid,
        stat.S_IMODE(facts.st_mode),
        facts.st_mtime,
        facts.st_ino,
    )


def read_part(folder: int, raw: Raw, offset: int, size: int) -> bytes:
    """More of a file that was read from its beginning; nothing where another stands there by now. Raises nothing."""
    try:
        fd = os.open(raw.name, _FLAGS, dir_fd=folder)
    except OSError:
        return b""
    try:
        return os.pread(fd, min(size, MOST), offset) if os.fstat(fd).st_ino == raw.inode else b""
    except OSError:
        return b""
    finally:
        os.close(fd)


def _content(fd: int, wanted: int) -> bytes:
    """So many bytes; fewer where the file has got shorter."""
    parts = []
    while wanted > 0:
        part = os.read(fd, wanted)
        if not part:
            break
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)


def _instead(folder: int, name: str, error: OSError) -> str:
    """What stands there, for a name that cannot be opened as a file."""
    if error.errno in (errno.ELOOP, errno.ENXIO, errno.EISDIR):
        try:
            kind = stat.S_IFMT(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
        except OSError:
            return _NO_FILE
        return _KINDS.get(kind, _NO_FILE)
    return error.strerror or str(error)
