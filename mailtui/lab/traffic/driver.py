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
_EACH = 60.0
"""Things a minute that one thread does at least: most of the time it waits for a server, which may let it wait."""
_MOST = 40
"""Threads."""
_BEHIND = 5.0
"""Seconds of things that are made up for; a server that was slower for longer has missed the rest."""


class Schedule:
    """When the next thing is due, for whoever asks first: a slow thing costs no other its time."""

    def __init__(self, per_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._pause = 60.0 / per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._due = clock()

    def take(self) -> float:
        """Seconds until the thing that the caller is to do; 0 when it is late."""
        with self._lock:
            now = self._clock()
            self._due = max(self._due, now - _BEHIND)
            left = self._due - now
            self._due += self._pause
        return max(0.0, left)


class Traffic:
    """Does ``per_minute`` things of the mix to a lab, from threads, between ``start`` and ``stop``."""

    def __init__(self, lab: Lab, *, per_minute: float = 120.0, seed: int = 1) -> None:
        self._lab = lab
        self._threads = min(max(math.ceil(per_minute / _EACH), 1), _MOST)
        self._schedule = Schedule(per_minute)
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
            if not self._once(kind):
                return
        for _ in range(self._threads - 1):
            self._begin(self._go_on)
        self._go_on()

    def _go_on(self) -> None:
        kinds, weights = zip(*MIX, strict=True)
        while self._once(self._random.choices(kinds, weights)[0]):
            pass

    def _once(self, kind: Callable[[Lab], None]) -> bool:
        """Do it when it is due, unless stopped before."""
        if self._stop.wait(self._schedule.take()):
            return False
        with contextlib.suppress(*_EXPECTED):
            kind(self._lab)
        return True
