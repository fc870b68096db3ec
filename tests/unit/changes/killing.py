"""Runs work in a child that is killed at one of its calls to the file system, and counts those calls."""

from __future__ import annotations

import os
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any

CALLS = ("write", "fsync", "rename", "link", "unlink", "ftruncate", "mkdir", "fchmod")
NO_WRITE = 77
"""Exit status of a child whose fatal call would not have been a write."""


def killed_at_every_call(prepare: Callable[[], Callable[[], object]]) -> Iterator[str]:
    """For each call: ``prepare`` afresh, run what it returns in a child, kill it there, and yield.

    A write is also cut in half. Ends after the first run that nobody killed.
    """
    for number in range(1000):
        if not killed_at(prepare(), number):
            yield f"not killed at {number}"
            return
        yield f"killed before call {number}"
        if killed_at(prepare(), number, half=True):
            yield f"killed in the write {number}"
    raise AssertionError("it never ends")


def killed_at(work: Callable[[], object], number: int, *, half: bool = False) -> bool:
    """Whether a child that does ``work`` came to its call ``number``, for ``half`` a write, and died there."""

    def deadly() -> None:
        _arm(number, half=half)
        work()

    _, status = os.waitpid(in_child(deadly), 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) in ((0, NO_WRITE) if half else (0,))
    return False


def in_child(work: Callable[[], object]) -> int:
    """The process ID of a child that does ``work``; its exit status is 0 if it was done."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads that earlier tests left take no part in it
        child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    return child


def _arm(number: int, *, half: bool) -> None:
    left, armed = [number], os.getpid()

    def deadly(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            if os.getpid() != armed:  # a tool about to be started
                return real(*args, **more)
            left[0] -= 1
            if left[0] != -1:
                return real(*args, **more)
            if half and name != "write":
                os._exit(NO_WRITE)
            if half:
                real(args[0], bytes(args[1])[: len(args[1]) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
            return None

        return call

    for name in CALLS:
        setattr(os, name, deadly(name, getattr(os, name)))
