"""Runs work in a child that is killed at one of its calls to the file system, and counts those calls."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable, Iterator
from typing import Any

CALLS = ("write", "fsync", "rename", "link", "unlink", "ftruncate", "mkdir", "fchmod")


def killed_at_every_call(prepare: Callable[[], Callable[[], object]]) -> Iterator[str]:
    """For each call and each way to die at it: ``prepare`` afresh, run what it returns in a child, kill, and yield.

    Ends after the first run that nobody killed.
    """
    for number in range(1000):
        for way in ("before", "half", "after"):
            work = prepare()
            killed = killed_at(work, number, way)
            if not killed and way == "before":
                yield f"not killed at {number}"
                return
            yield f"killed {way} call {number}"
    raise AssertionError("it never ends")


def killed_at(work: Callable[[], object], number: int, way: str) -> bool:
    """Whether a child that does ``work`` came to its call ``number``, and died there."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            _arm(number, way)
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def _arm(number: int, way: str) -> None:
    left = [number]

    def deadly(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            left[0] -= 1
            if left[0] != -1:
                return real(*args, **more)
            if way == "half" and name == "write":
                real(args[0], bytes(args[1])[: len(args[1]) // 2])
            elif way == "after":
                real(*args, **more)
            os.kill(os.getpid(), signal.SIGKILL)
            return None

        return call

    for name in CALLS:
        setattr(os, name, deadly(name, getattr(os, name)))
