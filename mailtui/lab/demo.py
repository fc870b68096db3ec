"""``mailtui demo``: a lab, traffic on it, and the console that watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from mailtui.lab.lab import Lab
from mailtui.lab.namespace import become_root
from mailtui.lab.traffic import Traffic


def run_demo(console: Callable[[Sequence[str]], int], *, per_minute: float = 120.0) -> int:
    """Run ``console`` with the options of a fresh lab; everything is stopped when it returns, or dies."""
    become_root()
    print("starting a private Postfix and Dovecot…", file=sys.stderr)  # noqa: T201
    with Lab() as lab:
        traffic = Traffic(lab, per_minute=per_minute)
        traffic.start()
        try:
            return console(lab.options())
        finally:
            traffic.stop()
