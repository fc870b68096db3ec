"""Opening a log file, and saying what is in the way and what would clear it."""

from __future__ import annotations

import errno
import grp
import os
import stat
from pathlib import Path

from mailtui.host.errors import HostError, PermissionDenied
from mailtui.host.users import user


def open_log_file(path: Path) -> int:
    """A descriptor to read a regular file from; raises PermissionDenied or HostError."""
    try:
        # O_NONBLOCK: a named pipe some syslog daemons write to must not hold us up.
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as error:
        raise trouble(path, error) from error
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise HostError(f"{path} is not a regular file", unlock="name a file that lines are appended to")
    return fd


def trouble(path: Path, error: OSError) -> HostError:
    """The error for a log that could not be opened."""
    if error.errno == errno.EACCES:
        return PermissionDenied(f"{user()} may not read {path}", unlock=unlock(path))
    if error.errno == errno.ENOENT:
        return HostError(f"{path} does not exist", unlock="mailtui info tells which logs there are")
    return HostError(f"{path}: {error.strerror}")


def unlock(path: Path) -> str:
    """What root may do so that this user can read ``path``: join its group where that suffices."""
    try:
        there = path.stat()
    except OSError:
        return "run mailtui with sudo"
    group = _group(there.st_gid)
    if there.st_mode & stat.S_IRGRP and group not in ("root", "wheel"):
        return join_group(group)
    return f"run mailtui with sudo, or: sudo setfacl -m u:{user()}:r {path}"


def join_group(group: str) -> str:
    """The command that makes this user a member of a group."""
    return f"sudo usermod -aG {group} {user()}   (then log in again)"


def _group(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
