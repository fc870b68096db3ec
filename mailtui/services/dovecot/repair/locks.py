"""Dovecot's own locks, so that no IMAP session or delivery writes while an index file is moved.

A writer of an index holds a write lock on ``dovecot.index.log`` (``lock_method``: fcntl(2), flock(2) or the dot lock
``dovecot.index.log.lock``); Maildir's uidlist has the dot lock ``dovecot-uidlist.lock`` (Dovecot's
``mail-transaction-log-file.c`` and ``maildir-uidlist.c``).
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import socket
import stat
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailtui.host.errors import HostError

PATIENCE = 10.0
"""Seconds; Dovecot's own sessions complain to their users after 30."""
_STEP = 0.05
_UIDLIST_STALE = 120.0
"""Seconds (``MAILDIR_UIDLIST_LOCK_STALE_TIMEOUT``)."""
_LOG_STALE = 180.0
"""Seconds (``MAIL_TRANSACTION_LOG_DOTLOCK_CHANGE_TIMEOUT``)."""


@contextmanager
def index_locked(folder: int, log: str = "dovecot.index.log", *, method: str = "fcntl") -> Iterator[None]:
    """Hold the write lock of the index in an open folder; a folder without that log has nothing to lock.

    Raises HostError when Dovecot does not give it within ``PATIENCE`` seconds.
    """
    if method == "dotlock":
        with _dotlocked(folder, f"{log}.lock", _LOG_STALE):
            yield
        return
    try:
        fd = os.open(log, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except FileNotFoundError:
        yield
        return
    except OSError:
        if not stat.S_ISREG(os.stat(log, dir_fd=folder, follow_symlinks=False).st_mode):
            yield
            return
        raise
    try:
        if stat.S_ISREG(os.fstat(fd).st_mode):
            _wait(lambda: _try_lock(fd, method), f"{log} is locked by another process")
        yield
    finally:
        os.close(fd)


def _try_lock(fd: int, method: str) -> bool:
    try:
        if method == "flock":
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            # Of the open file, not of the process: those end when the process closes the log by any other descriptor.
            fcntl.fcntl(fd, fcntl.F_OFD_SETLK, struct.pack("hhqqi0q", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EAGAIN):
            return False
        raise
    return True


@contextmanager
def uidlist_locked(folder: int) -> Iterator[None]:
    """Hold the dot lock of the uidlist in an open Maildir. Raises HostError when it stays taken."""
    with _dotlocked(folder, "dovecot-uidlist.lock", _UIDLIST_STALE):
        yield


@contextmanager
def _dotlocked(folder: int, name: str, stale: float) -> Iterator[None]:
    _wait(lambda: _try_dotlock(folder, name, stale), f"{name} is held by another process")
    try:
        yield
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=folder)


def _try_dotlock(folder: int, name: str, stale: float) -> bool:
    """Make the lock under another name and link it, so that it never lies there without its owner's number."""
    own = f"{name}.mailtui"
    with contextlib.suppress(FileNotFoundError):  # what a killed one left may be the same file as its lock
        os.unlink(own, dir_fd=folder)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    fd = os.open(own, flags, 0o600, dir_fd=folder)
    try:
        os.write(fd, f"{os.getpid()}:{socket.gethostname()}".encode())
        os.link(own, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    except FileExistsError:
        if _is_stale(folder, name, stale):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)
        return False
    finally:
        os.close(fd)
        os.unlink(own, dir_fd=folder)
    return True


def _is_stale(folder: int, name: str, stale: float) -> bool:
    """Whether Dovecot itself would take a dot lock away (``lib/file-dotlock.c``): its process is dead, or it is old."""
    try:
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return False
    try:
        pid, _, host = os.read(fd, 256).decode("ascii", "replace").strip().partition(":")
        age = time.time() - os.fstat(fd).st_mtime
    except OSError:
        return False
    finally:
        os.close(fd)
    return age > stale or (host == socket.gethostname() and pid.isdigit() and not _is_alive(int(pid)))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _wait(attempt: Callable[[], bool], why: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not attempt():
        if time.monotonic() > deadline:
            raise HostError(f"{why}, and stayed so for {PATIENCE:g} s", unlock="doveadm who, then try again")
        time.sleep(_STEP)
