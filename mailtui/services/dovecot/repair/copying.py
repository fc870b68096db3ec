"""Copies of a user's files, made so that nothing but a regular file is read and no hole in one fills the disk."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from mailtui.host.errors import HostError

_PART = 2**20
_LARGEST = 512 * 2**20
"""Bytes of content of one file that are copied; an index of a million messages has 40 MB."""


class NotAFile(HostError):
    """Something else bears the name of a file."""


@contextmanager
def open_regular(folder: int, name: str, flags: int = os.O_RDONLY) -> Iterator[int]:
    """A regular file, opened without following a link or waiting for a FIFO. Raises HostError for anything else."""
    try:
        fd = os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
            raise NotAFile(f"{name} is not a regular file") from error
        raise
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise NotAFile(f"{name} is not a regular file")
        yield fd
    finally:
        os.close(fd)


def copy_regular(source: int, target: int, name: str) -> os.stat_result:
    """Copy a regular file, with its mode and times, to a folder where the name is free. Raises OSError, HostError."""
    with open_regular(source, name) as original:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        copy = os.open(name, flags, 0o600, dir_fd=target)
        try:
            _copy_content(original, copy, name)
            facts = os.fstat(original)
            os.fchmod(copy, stat.S_IMODE(facts.st_mode) & 0o777)
            os.utime(copy, ns=(facts.st_atime_ns, facts.st_mtime_ns))
            os.fsync(copy)
        except BaseException:
            os.unlink(name, dir_fd=target)
            raise
        finally:
            os.close(copy)
    return facts


def _copy_content(source: int, target: int, name: str) -> None:
    """Holes stay holes."""
    size, at, copied = os.fstat(source).st_size, 0, 0
    while at < size:
        try:
            at = os.lseek(source, at, os.SEEK_DATA)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            break  # from here on there is nothing but a hole
        part = os.pread(source, min(_PART, size - at), at)
        if not part:
            break
        os.pwrite(target, part, at)
        at += len(part)
        copied += len(part)
        if copied > _LARGEST:
            raise HostError(f"{name} is too large to be an index file")
    os.ftruncate(target, size)
