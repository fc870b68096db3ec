"""What each rung of the ladder does to files, as the mail user and under Dovecot's locks.

Functions here run inside ``as_user`` and answer in JSON values: what lies in quarantine now.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any

from mailtui.host.errors import HostError
from mailtui.services.dovecot.repair.copying import open_regular
from mailtui.services.dovecot.repair.locks import index_locked, uidlist_locked
from mailtui.services.dovecot.repair.place import UIDLIST, Place, entered
from mailtui.services.dovecot.repair.quarantine import (
    Kept,
    copy_aside,
    link_aside,
    link_beside,
    move_aside,
)
from mailtui.services.dovecot.repair.whole import copy_all


def aside(place: Place, names: Sequence[str], why: str) -> list[dict[str, Any]]:
    """Move files to quarantine."""
    with ExitStack() as stack:
        folder, kept = entered(stack, place)
        stack.enter_context(index_locked(folder, place.log, method=place.lock_method))
        return [asdict(one) for one in move_aside(folder, kept, names, why=why)]


def from_backup(place: Place, why: str) -> list[dict[str, Any]]:
    """Put a copy of ``dovecot.index.backup`` in place of ``dovecot.index``, which at no moment is gone."""
    with ExitStack() as stack:
        folder, kept = entered(stack, place)
        stack.enter_context(index_locked(folder, place.log, method=place.lock_method))
        with open_regular(folder, f"{place.index}.backup") as backup:
            _write_new(folder, f"{place.index}.mailtui", _content(backup), os.fstat(backup).st_mode)
        linked = link_aside(folder, kept, place.index, why=why)
        os.rename(f"{place.index}.mailtui", place.index, src_dir_fd=folder, dst_dir_fd=folder)
        return [asdict(one) for one in linked]


def trim(place: Place, size: int, expected: int, why: str) -> list[dict[str, Any]]:
    """Cut the log to ``size`` bytes, after copying it; refused when it no longer is ``expected`` bytes long."""
    with ExitStack() as stack:
        folder, kept = entered(stack, place)
        stack.enter_context(index_locked(folder, place.log, method=place.lock_method))
        return [asdict(_trimmed(folder, kept, place.log, size, expected, why))]


def _trimmed(folder: int, kept: int, log: str, size: int, expected: int, why: str) -> Kept:
    with open_regular(folder, log) as fd:
        if os.fstat(fd).st_size != expected:
            raise HostError(f"{log} was written to since it was looked at")
    copy = copy_aside(folder, kept, log, why=why)
    # A file of its own would leave the sessions that have the log open without the lock they share.
    with contextlib.closing(os.fdopen(os.open(log, os.O_RDWR | os.O_NOFOLLOW, dir_fd=folder), "r+b")) as file:
        file.truncate(size)
        os.fsync(file.fileno())
    return copy


def rewrite_uidlist(place: Place, mend: Callable[[bytes], bytes], why: str) -> list[dict[str, Any]]:
    """Replace the uidlist by what ``mend`` makes of it."""
    with ExitStack() as stack:
        folder, kept = entered(stack, place)
        stack.enter_context(uidlist_locked(folder))
        with open_regular(folder, UIDLIST) as fd:
            old, mode = _content(fd), os.fstat(fd).st_mode
        copy = copy_aside(folder, kept, UIDLIST, why=why)
        _write_new(folder, "dovecot-uidlist.mailtui", mend(old), mode)
        os.rename("dovecot-uidlist.mailtui", UIDLIST, src_dir_fd=folder, dst_dir_fd=folder)
        return [asdict(copy)]


def copied(place: Place, why: str) -> None:
    """Copy the whole index into quarantine, so that whatever Dovecot makes of it can be taken back."""
    with ExitStack() as stack:
        folder, kept = entered(stack, place)
        stack.enter_context(index_locked(folder, place.log, method=place.lock_method))
        copy_all(folder, kept, place.index_files, why=why)


def linked(place: Place, names: Sequence[str]) -> list[str]:
    """Give files of messages a second name in quarantine, lest Dovecot write them anew; which of them were there."""
    with ExitStack() as stack:
        folder, kept = entered(stack, place)
        return link_beside(folder, kept, names)


def _content(fd: int, limit: int = 512 * 2**20) -> bytes:
    with os.fdopen(fd, "rb", closefd=False) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise HostError("the file is too large to be an index file")
    return data


def _write_new(folder: int, name: str, data: bytes, mode: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, 0o600, dir_fd=folder), "wb") as file:
        file.write(data)
        file.flush()
        os.fchmod(file.fileno(), mode & 0o777)
        os.fsync(file.fileno())
