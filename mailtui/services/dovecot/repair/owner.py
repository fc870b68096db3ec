"""What only root can do in a mail user's folder, and does only to what is Dovecot's: files given back, folders moved.

Works on open folders that belong to the mail user and on open files. A user who renames or links somebody else's file
to the name of an index gains nothing: it must have all its names in this folder and begin as such a file does.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from mailtui.host.errors import HostError
from mailtui.host.folders import opened_below
from mailtui.services.dovecot.stores.model import Store

_BEGINNINGS = (
    (".cache", b"\x01\x08"),
    (".log", b"\x01"),
    (".log.2", b"\x01"),
    (".index", b"\x07"),
    ("dovecot-uidlist", b"3 V"),
    ("dovecot-keywords", b"0 "),
)
"""First bytes of a file by how its name ends: the major versions of Dovecot's ``lib-index``."""
_NEVER = b"\xff"

Rights = tuple[int, int, int]
"""User, group, mode."""


def give_back(store: Store, folder: Path, names: Sequence[str]) -> dict[str, Rights]:
    """Make regular files belong to the mail user, who may then read and write them; their rights until now.

    Raises HostError for what is no such file, before anything is changed.
    """
    with _opened(store, folder) as fd:
        return {name: _set(fd, name, (store.uid, store.gid, 0o600)) for name in names}


def rights_of(store: Store, folder: Path, names: Sequence[str]) -> dict[str, Rights]:
    """Those of the files there are. Raises HostError, OSError."""
    found = {}
    with _opened(store, folder) as fd:
        for name in names:
            with suppress(FileNotFoundError):
                facts = os.stat(name, dir_fd=fd, follow_symlinks=False)
                found[name] = (facts.st_uid, facts.st_gid, stat.S_IMODE(facts.st_mode))
    return found


def take_again(store: Store, folder: Path, rights: Mapping[str, Rights]) -> None:
    """Undo ``give_back``. Raises HostError."""
    with _opened(store, folder) as fd:
        for name, (uid, gid, mode) in rights.items():
            _set(fd, name, (uid, gid, mode), exactly=True)


def carry(store: Store, name: str, source: Path, target: Path) -> int:
    """Move a folder that does not belong to the mail user, such as its user cannot; its inode.

    Raises HostError, OSError.
    """
    with _opened(store, source) as here, _opened(store, target) as there:
        facts = os.stat(name, dir_fd=here, follow_symlinks=False)
        if not stat.S_ISDIR(facts.st_mode) or name in os.listdir(there):  # noqa: PTH208 - an open folder has no path
            raise HostError(f"{source / name} is no folder any more")
        os.rename(name, name, src_dir_fd=here, dst_dir_fd=there)
        return facts.st_ino


@contextmanager
def _opened(store: Store, path: Path) -> Iterator[int]:
    """A folder of the mail user, reached from the home without following a link."""
    above = next((one for one in (store.home, path.parent) if one is not None and path.is_relative_to(one)), path)
    with opened_below(above, *path.relative_to(above).parts) as fd:
        if os.fstat(fd).st_uid != store.uid:
            raise HostError(f"{path} does not belong to user {store.uid}: left alone")
        yield fd


def _set(folder: int, name: str, rights: Rights, *, exactly: bool = False) -> Rights:
    uid, gid, mode = rights
    # O_PATH would not do for fchown; a FIFO does not block with O_NONBLOCK, and is refused.
    file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    try:
        facts = os.fstat(file)
        before = stat.S_IMODE(facts.st_mode)
        if not stat.S_ISREG(facts.st_mode) or facts.st_nlink != _names_here(folder, facts.st_ino):
            raise HostError(f"{name} is no regular file, or has a name elsewhere too: left alone")
        if not os.pread(file, 8, 0).startswith(_beginning(name)):
            raise HostError(f"{name} is not what its name says: left alone")
        os.fchown(file, uid, gid)
        os.fchmod(file, mode if exactly else before & 0o777 | mode)
        return facts.st_uid, facts.st_gid, before
    finally:
        os.close(file)


def _beginning(name: str) -> bytes:
    return next((begin for end, begin in _BEGINNINGS if name.endswith(end)), _NEVER)


def _names_here(folder: int, inode: int) -> int:
    """How many names in a folder a file has; Dovecot links ``dovecot.index.backup`` to the index it replaced."""
    with os.scandir(folder) as entries:
        return sum(entry.inode() == inode for entry in entries)
