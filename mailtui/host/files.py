"""Reading and replacing files such as Postfix's maps and certificates, with nothing half done and nothing given away.

Replacing is write-beside-and-rename: at every moment, a crash included, the name stands for the whole old file or the
whole new one.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailtui.host.errors import HostError, PermissionDenied, look_beside

MAX_READ = 16 * 2**20
TEMPORARY = ".mailtui-{}.tmp"
"""What a file is called until it takes its name; one that a crash left behind is worth nothing."""


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file as it was read."""

    path: Path
    data: bytes
    digest: str
    """SHA-256 of ``data``, by which a later replacement knows that nobody else changed the file."""


class FileChanged(HostError):
    """A file is not what it was when it was read."""


def read_file(path: Path, *, limit: int = MAX_READ, follow: bool = True) -> FileContent:
    """A regular file of at most ``limit`` bytes; with ``follow=False`` not through a final symbolic link.

    Raises PermissionDenied or HostError.
    """
    with opened(path, os.O_RDONLY | (0 if follow else os.O_NOFOLLOW)) as fd:
        data = _read(fd, limit + 1)
    if len(data) > limit:
        raise HostError(f"{path} is larger than {limit} bytes")
    return FileContent(path, data, digest(data))


def digest(data: bytes) -> str:
    """What a file's content is known by."""
    return hashlib.sha256(data).hexdigest()


def atomic_replace(path: Path, data: bytes, *, expected: str, follow: bool = False) -> None:
    """Put ``data`` in place of a file's content, keeping owner, mode, ACL and other extended attributes.

    ``expected`` is the digest of what was read; with ``follow`` a final symbolic link is kept and its target replaced,
    without it such a link is refused. Raises FileChanged, PermissionDenied or HostError, and has then changed nothing.
    """
    target = path.resolve() if follow else path
    with errors_named(target), opened(target.parent, os.O_RDONLY | os.O_DIRECTORY) as folder:
        with opened(target, os.O_RDONLY | os.O_NOFOLLOW) as old:
            refuse_changed(target, old, expected)
            name = TEMPORARY.format(secrets.token_hex(8))
            try:
                _write_beside(folder, name, data, old)
                refuse_changed(target, old, expected)
                refuse_replaced(target, old, folder)
                os.rename(name, target.name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=folder)
                raise
        os.fsync(folder)


def _write_beside(folder: int, name: str, data: bytes, old: int) -> None:
    """Write a new file with the rights of the old one; until it has them nobody but us may open it."""
    new = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=folder)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(new, left) :]
        there = os.fstat(old)
        if (there.st_uid, there.st_gid) != (os.fstat(new).st_uid, os.fstat(new).st_gid):
            os.fchown(new, there.st_uid, there.st_gid)
        _copy_attributes(old, new)
        os.fchmod(new, stat.S_IMODE(there.st_mode))
        os.fsync(new)
    finally:
        os.close(new)


def _copy_attributes(old: int, new: int) -> None:
    """Copy ACLs, SELinux context and the like; one we may not set must already be the same."""
    for attribute in _attributes(old):
        value = os.getxattr(old, attribute)
        try:
            os.setxattr(new, attribute, value)
        except OSError:
            if attribute not in _attributes(new) or os.getxattr(new, attribute) != value:
                raise
    for attribute in set(_attributes(new)) - set(_attributes(old)):
        if attribute != "security.selinux":  # the folder's default ACL must not give the new file away
            os.removexattr(new, attribute)


def _attributes(fd: int) -> list[str]:
    try:
        return os.listxattr(fd)
    except OSError as error:
        if error.errno == errno.ENOTSUP:
            return []
        raise


def refuse_changed(path: Path, fd: int, expected: str) -> None:
    """Refuse where an open file does not hold what was read. Raises FileChanged."""
    os.lseek(fd, 0, os.SEEK_SET)
    if digest(_read(fd, os.fstat(fd).st_size + 1)) != expected:
        raise FileChanged(f"{path} has changed since it was read", unlock="look at it again, then repeat")


def refuse_replaced(path: Path, fd: int, folder: int) -> None:
    """Refuse where the name stands for another file than the one that was checked."""
    there, old = os.stat(path.name, dir_fd=folder, follow_symlinks=False), os.fstat(fd)
    if (there.st_dev, there.st_ino) != (old.st_dev, old.st_ino):
        raise FileChanged(f"{path} was replaced since it was read", unlock="look at it again, then repeat")


def _read(fd: int, limit: int) -> bytes:
    chunks: list[bytes] = []
    while limit > 0 and (chunk := os.read(fd, min(limit, 2**20))):
        chunks.append(chunk)
        limit -= len(chunk)
    return b"".join(chunks)


@contextmanager
def opened(path: Path, flags: int) -> Iterator[int]:
    """A descriptor of a regular file or, with O_DIRECTORY, of a folder. Raises PermissionDenied or HostError."""
    with errors_named(path):
        fd = os.open(path, flags | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        mode = os.fstat(fd).st_mode
        if not flags & os.O_DIRECTORY and not stat.S_ISREG(mode):
            raise HostError(f"{path} is not a regular file")
        yield fd
    finally:
        os.close(fd)


@contextmanager
def errors_named(path: Path) -> Iterator[None]:
    """Turn the system's refusals into the error family."""
    try:
        yield
    except PermissionError as error:
        raise PermissionDenied(f"this user may not open or replace {path}", unlock="run mailtui with sudo") from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise HostError(f"{path} is a symbolic link") from error
        absent = isinstance(error, FileNotFoundError | NotADirectoryError)
        raise HostError(f"{path}: {error.strerror}", unlock=look_beside(path) if absent else "") from error
