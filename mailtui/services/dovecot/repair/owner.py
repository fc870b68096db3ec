"""Index files given back to the mail user; the one rung that only root can take."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from mailtui.host.errors import HostError
from mailtui.host.folders import opened_folder


def give_back(folder: Path, names: Sequence[str], uid: int, gid: int) -> None:
    """Make regular files of ``folder`` belong to the mail user, who may then read and write them.

    Works on open files and refuses what has a name in another folder too: a user must not be given a file by a link
    to it. Raises HostError.
    """
    with opened_folder(folder) as fd:
        for name in names:
            # O_PATH would not do for fchown; a FIFO does not block with O_NONBLOCK, and is refused.
            file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=fd)
            try:
                facts = os.fstat(file)
                if not stat.S_ISREG(facts.st_mode) or facts.st_nlink != _names_here(fd, facts.st_ino):
                    raise HostError(f"{folder / name} is no regular file, or has a name elsewhere too: left alone")
                os.fchown(file, uid, gid)
                os.fchmod(file, (facts.st_mode & 0o777) | 0o600)
            finally:
                os.close(file)


def _names_here(folder: int, inode: int) -> int:
    """How many names in a folder a file has; Dovecot links ``dovecot.index.backup`` to the index it replaced."""
    with os.scandir(folder) as entries:
        return sum(entry.inode() == inode for entry in entries)
