"""What holds for every test."""

from __future__ import annotations

import signal

from hypothesis import settings

settings.register_profile("mailtui", deadline=None)  # how long an example takes is no part of what a test claims
settings.load_profile("mailtui")

# A run in the background of a shell ignores ctrl+c, and so would every program that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
