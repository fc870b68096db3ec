"""Starting a program, and ending it together with whatever it started.

By ``subprocess``, which does not copy this process first. The package ``sh`` forks: ten milliseconds for each of the
dozens of questions that a view of a console of 150 MB asks, where this takes one. ``sh`` starts what is followed for
as long as it runs, see ``host.stream``.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from mailtui.host.errors import HostError
from mailtui.host.groups import end_group


def start(
    path: str,
    words: Sequence[str],
    environment: Mapping[str, str],
    *,
    stdin: int,
    out: int,
    err: int,
    keeps: Sequence[int] = (),
    folder: str | None = None,
) -> subprocess.Popen[bytes]:
    """The running process: a session of its own, no terminal, of our file descriptors only those in ``keeps``.

    It works in ``folder``, or in ours. ``stdin``, ``out`` and ``err`` are file descriptors or what ``subprocess`` calls
    PIPE and DEVNULL. Raises HostError where it cannot be started.
    """
    try:
        return subprocess.Popen(
            [path, *(word.encode("utf-8", "surrogateescape") for word in words)],
            bufsize=0,
            stdin=stdin,
            stdout=out,
            stderr=err,
            env=environment,
            start_new_session=True,
            pass_fds=keeps,
            cwd=folder,
        )
    except (OSError, ValueError) as error:
        raise HostError(f"{path} could not be started: {getattr(error, 'strerror', None) or error}") from error


def outlasts(process: Any, timeout: float) -> bool:
    """Wait for a process; whether it had to be ended, together with its group, after ``timeout`` seconds."""
    late = threading.Event()

    def end_it() -> None:
        late.set()
        end_group(process.pid)

    timer = threading.Timer(timeout, end_it)
    timer.start()
    try:
        process.wait()
    except BaseException:
        end(process)
        raise
    finally:
        timer.cancel()
    return late.is_set()


def end(process: Any) -> None:
    """End a process group and reap its leader; children that will not end are killed meanwhile."""
    threading.Thread(target=end_group, args=(process.pid,)).start()
    process.wait()
