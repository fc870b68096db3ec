"""Does the things of ``kinds`` to a lab, in a realistic mix and at a rate."""

from __future__ import annotations

import contextlib
import imaplib
import math
import poplib
import random
import smtplib
import subprocess
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from mailtui.lab.traffic import kinds

if TYPE_CHECKING:
    from mailtui.lab.lab import Lab

MIX: tuple[tuple[Callable[[Lab], None], int], ...] = (
    (kinds.deliver, 30),
    (kinds.to_world, 25),
    (kinds.alias_chain, 6),
    (kinds.through_filter, 6),
    (kinds.newsletter, 1),
    (kinds.imap_login, 10),
    (kinds.pop3_login, 4),
    (kinds.unknown_user, 5),
    (kinds.relay_denied, 3),
    (kinds.sender_refused, 1),
    (kinds.alias_to_nowhere, 3),
    (kinds.local_to_unknown_alias, 2),
    (kinds.local_to_root, 2),
    (kinds.no_mail_program, 1),
    (kinds.wrong_password, 2),
    (kinds.imap_wrong_password, 1),
    (kinds.hostile, 2),
    (kinds.beyond_ascii, 1),
)
"""What happens, and how often."""
_EXPECTED = (
    OSError,
    EOFError,
    smtplib.SMTPException,
    imaplib.IMAP4.error,
    poplib.error_proto,
    subprocess.SubprocessError,
)
"""What a client sees of a server that is being stopped, or broken on purpose."""
_EACH = 120.0
"""Things a minute that one thread does, most of whose time it waits for a server."""
_MOST = 20
"""Threads."""


class Traffic:
    """Does ``per_minute`` things of the mix to a lab, from threads, between ``start`` and ``stop``."""

    def __init__(self, lab: Lab, *, per_minute: float = 120.0, seed: int = 1) -> None:
        self._lab = lab
        self._threads = min(max(math.ceil(per_minute / _EACH), 1), _MOST)
        self._pause = 60.0 / per_minute
        self._random = random.Random(seed)
        self._stop = threading.Event()

    def start(self) -> None:
        """Begin."""
        self._begin(self._run)

    def stop(self) -> None:
        """Do nothing more; what is under way, a login that is made to wait perhaps, is not waited for."""
        self._stop.set()

    def _begin(self, work: Callable[[], None]) -> None:
        threading.Thread(target=work, name="traffic", daemon=True).start()

    def _run(self) -> None:
        """Everything once, so that a demo has all of it soon; then all threads as it comes."""
        for kind, _ in MIX:
            if self._once(kind, self._pause):
                return
        for _ in range(self._threads - 1):
            self._begin(self._go_on)
        self._go_on()

    def _go_on(self) -> None:
        kinds, weights = zip(*MIX, strict=True)
        while not self._once(self._random.choices(kinds, weights)[0], self._pause * self._threads):
            pass

    def _once(self, kind: Callable[[Lab], None], seconds: float) -> bool:
        """Do it, and rest for what is left of its ``seconds``; whether that was the last."""
        begin = time.monotonic()
        with contextlib.suppress(*_EXPECTED):
            kind(self._lab)
        return self._stop.wait(max(0.0, begin + seconds - time.monotonic()))
