"""``python -m mailtui.lab``: a lab with traffic until Ctrl-C, for a console or a tool in another terminal."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Sequence

from mailtui.host.errors import MailtuiError
from mailtui.lab.demo import run_demo


def _wait(options: Sequence[str]) -> int:
    print(f"mailtui {shlex.join(options)}", flush=True)  # noqa: T201 - what this command is for
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    return 0


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        sys.exit(run_demo(_wait))
    except MailtuiError as error:
        sys.exit(f"mailtui lab: {error.message}. {error.unlock}")
