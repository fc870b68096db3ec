"""Working on files as the user they belong to, so that root follows nobody's trap and leaves nothing of its own behind.

A forked child gives up every privilege, does the work and answers in JSON.
"""

from __future__ import annotations

import json
import os
import select
import signal
import time
import traceback
import warnings
from collections.abc import Callable
from typing import Any

from mailtui.host.errors import HostError, MailtuiError, PermissionDenied

TIMEOUT = 60.0
_LIMIT = 64 * 2**20


def as_user(uid: int, gid: int, work: Callable[[], Any], *, timeout: float = TIMEOUT) -> Any:
    """What ``work`` returns (JSON values only), done by a process that is user ``uid`` and group ``gid`` and no more.

    Raises PermissionDenied where this process may not become that user or the user may not do the work, HostError for
    what else went wrong; after ``timeout`` seconds the child is killed.
    """
    if os.geteuid() not in (0, uid):
        raise PermissionDenied(f"only root may work as user {uid}", unlock="sudo mailtui")
    reader, writer = os.pipe2(os.O_CLOEXEC)
    with warnings.catch_warnings():
        # The child touches nothing but files and this pipe, so that locks of other threads do not concern it.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _answer(writer, uid, gid, work)
    os.close(writer)
    try:
        told = _read_until(reader, time.monotonic() + timeout)
    finally:
        os.close(reader)
        _end(child)
    return _understood(told)


def _answer(writer: int, uid: int, gid: int, work: Callable[[], Any]) -> None:
    """The child's whole life."""
    try:
        _become(uid, gid)
        told: dict[str, Any] = {"value": work()}
    except PermissionError as error:
        told = {"denied": str(error)}
    except (MailtuiError, OSError) as error:
        told = {"failed": str(error)}
    except BaseException:
        told = {"failed": traceback.format_exc(limit=-2)}
    try:
        data = json.dumps(told).encode()
        while data:
            data = data[os.write(writer, data) :]
    finally:
        os._exit(0)


def _become(uid: int, gid: int) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    os.umask(0o077)


def _read_until(reader: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([reader], [], [], left)[0]:
            raise HostError("the work on the user's files took too long and was ended")
        part = os.read(reader, 2**16)
        if not part:
            return b"".join(parts)
        size += len(part)
        if size > _LIMIT:
            raise HostError("the work on the user's files answered with too much")
        parts.append(part)


def _end(child: int) -> None:
    if os.waitpid(child, os.WNOHANG)[0] == 0:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _understood(told: bytes) -> Any:
    if not told:
        raise HostError("the work on the user's files was killed")
    answer = json.loads(told)
    if "denied" in answer:
        raise PermissionDenied(answer["denied"])
    if "failed" in answer:
        raise HostError(answer["failed"])
    return answer["value"]
