"""Starting a program that runs beside us with the package ``sh``, in the one form that leaves no children behind.

No pseudo terminal, in the background, in a session of its own, with a timer of ours that ends the whole process group.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from mailtui.host.capped import Capped
from mailtui.host.errors import HostError
from mailtui.host.groups import end_group

_FORM: dict[str, Any] = {
    "_bg": True,
    "_bg_exc": False,
    "_new_session": True,
    "_tty_in": False,
    "_tty_out": False,
    "_encoding": "utf-8",
    "_err_bufsize": 2**16,
    "_ok_code": range(-255, 256),
    # Output is ours alone: sh keeps no copy of it.
    "_no_out": True,
    "_no_err": True,
    "_no_pipe": True,
}
_FORKING = threading.Lock()


def start(
    path: str,
    words: Sequence[str],
    environment: Mapping[str, str],
    *,
    stdin: bytes | int,
    out: Capped | int,
    err: Capped | int,
    keeps: Sequence[int] = (),
) -> Any:
    """The running process. A number stands for a file descriptor of ours, which then is the program's own.

    Those in ``keeps`` it has open until it ends. Raises HostError where it cannot be started.
    """
    import sh  # costs more than all else a command that runs no tool does

    options: dict[str, Any] = {} if isinstance(out, int) else {"_out_bufsize": 2**20}
    if keeps:
        options["_pass_fds"] = set(keeps)
    # sh forks; from Python 3.12 on that warns wherever a thread runs, though sh's child only calls exec. Filters
    # of warnings are the whole process's, hence one start at a time.
    with _FORKING, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        command: Any = sh.Command(path)
        try:
            return command(*words, _in=stdin, _out=out, _err=err, _env=environment, **_FORM, **options)
        except (sh.ForkException, OSError) as error:
            last = str(error).strip().splitlines()[-1:]
            raise HostError(f"{path} could not be started: {' '.join(last)}") from error


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
