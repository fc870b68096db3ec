"""``python -m mailtui.lab``: a lab with traffic until Ctrl-C, for a console or a tool in another terminal."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Callable, Sequence

from mailtui.host.errors import MailtuiError
from mailtui.lab.demo import run_demo


def _until_told() -> Callable[[Sequence[str]], int]:
    """Waits for Ctrl-C or SIGTERM, also one that came while the lab was started.

    With handlers, which end with an exec: signals that are blocked stay so in what is started, and Dovecot could not
    be stopped any more.
    """
    told, tell = os.pipe()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os.write(tell, b"."))

    def wait(options: Sequence[str]) -> int:
        print(f"mailtui {shlex.join(options)}", flush=True)  # noqa: T201 - what this command is for
        os.read(told, 1)
        return 0

    return wait


if __name__ == "__main__":
    if sys.argv[1:]:
        print(f"{__doc__}\nIt takes no options.")  # noqa: T201 - what was asked for
        sys.exit(0 if sys.argv[1:] in (["--help"], ["-h"]) else 2)
    try:
        sys.exit(run_demo(_until_told()))
    except MailtuiError as error:
        sys.exit(f"mailtui lab: {error.message}. {error.unlock}")
