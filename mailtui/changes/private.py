"""Folders for this user alone, in which the journal and backups lie."""

from __future__ import annotations

import errno
import os
import shlex
import stat
from pathlib import Path

from mailtui.host.errors import HostError, PermissionDenied


def make_private(folder: Path) -> None:
    """Make ``folder`` for us alone; one that is there must be ours. Raises PermissionDenied or HostError."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            pass
        else:
            fsync_folder(folder.parent)
        facts = folder.lstat()
    except OSError as error:
        raise as_host_error(error, folder) from error
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid() or facts.st_mode & 0o022:
        raise PermissionDenied(f"{folder} is no folder that only this user can write to", unlock=how_to_mend(folder))


def fsync_folder(folder: Path) -> None:
    """Make names in ``folder`` last. Raises HostError."""
    try:
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
    except OSError as error:
        raise as_host_error(error, folder) from error


def as_host_error(error: OSError, path: Path) -> HostError:
    """The system's refusal in the error family."""
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return PermissionDenied(
            f"{path} cannot be written: {error.strerror}", unlock="run mailtui with sudo, or name another --state DIR"
        )
    if error.errno == errno.ELOOP:
        return PermissionDenied(f"{path} is a symbolic link", unlock=how_to_mend(path))
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return HostError(f"there is no room left for {path}", unlock="free space: without a journal nothing is changed")
    return HostError(f"{path}: {error.strerror}")


def how_to_mend(path: Path) -> str:
    """What makes room for a file of ours where one stands that cannot be trusted."""
    return "look at it, then: " + shlex.join(("mv", str(path), f"{path}.suspect"))
