"""The index of a mailbox copied as a whole before Dovecot may throw it away, and put back as a whole.

Putting back may be killed at any moment and be begun again: a file in place is always one whole file, the old or the
new, or for a moment none.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from mailtui.host.folders import opened_folder
from mailtui.services.dovecot.repair.copying import NotAFile
from mailtui.services.dovecot.repair.quarantine import (
    REPLACED,
    copied,
    free_name,
    make_way,
    subfolder,
    write_manifest,
)

BEFORE = "before"
"""Folder of a quarantine: copies of all index files from before."""
_COMING = "coming"
"""Copies on their way back, each in a quarantine's own folder until it is whole."""


def copy_all(folder: int, kept: int, names: Sequence[str], *, why: str) -> None:
    """Copy what there is of ``names`` into a folder of the quarantine, all or nothing; what is no file is left out."""
    copying = free_name(kept, f"{BEFORE}.new")
    with subfolder(kept, copying) as fd:
        copies = []
        for name in names:
            with contextlib.suppress(FileNotFoundError, NotAFile):
                copies.append(copied(folder, fd, name))
        write_manifest(fd, copies, why)
    if BEFORE in os.listdir(kept):
        os.rename(BEFORE, free_name(kept, BEFORE), src_dir_fd=kept, dst_dir_fd=kept)
    os.rename(copying, BEFORE, src_dir_fd=kept, dst_dir_fd=kept)


def put_all_back(folder: int, kept: int, names: Sequence[str], inodes: Mapping[str, int]) -> list[str]:
    """Make a folder hold those of ``names`` that ``copy_all`` copied, and no other; which these are.

    The copies stay where they are, so that it can be done again after a crash; what is back already is left alone,
    as is what by its inode came out of quarantine itself.
    """
    with copies(kept) as before:
        if before is None:
            return []
        there = set(os.listdir(before))  # noqa: PTH208 - an open folder has no path
        with subfolder(kept, REPLACED) as replaced, subfolder(kept, _COMING) as coming:
            for name in names:
                if not is_back(folder, before, name, inodes):
                    _exchange(folder, replaced, coming, before, name)
    os.fsync(folder)
    return [name for name in names if name in there]


def _exchange(folder: int, replaced: int, coming: int, before: int, name: str) -> None:
    """Put one copy in the place of what stands there, or nothing where there is no copy."""
    with contextlib.suppress(FileNotFoundError):  # of one that was killed
        os.unlink(name, dir_fd=coming)
    with contextlib.suppress(FileNotFoundError):
        copied(before, coming, name)
    make_way(folder, replaced, name)
    with contextlib.suppress(FileNotFoundError):
        os.rename(name, name, src_dir_fd=coming, dst_dir_fd=folder)


@contextmanager
def copies(kept: int) -> Iterator[int | None]:
    """The folder that ``copy_all`` made, opened; None where there is none."""
    if BEFORE not in os.listdir(kept):
        yield None
        return
    with opened_folder(BEFORE, kept) as before:
        yield before


def is_back(folder: int, before: int | None, name: str, inodes: Mapping[str, int]) -> bool:
    """Whether a file is what was copied, or by its inode what was moved aside."""
    if before is not None and alike(folder, before, name):
        return True
    with contextlib.suppress(FileNotFoundError):
        return os.stat(name, dir_fd=folder, follow_symlinks=False).st_ino == inodes.get(name)
    return False


def alike(one: int, other: int, name: str) -> bool:
    """Whether a name means the same file in two folders, or a copy of it by its size and its time."""
    try:
        first, second = (os.stat(name, dir_fd=folder, follow_symlinks=False) for folder in (one, other))
    except FileNotFoundError:
        return False
    return first.st_ino == second.st_ino or (first.st_size, first.st_mtime_ns) == (second.st_size, second.st_mtime_ns)
