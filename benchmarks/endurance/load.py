"""What keeps a lab busy while the console is looked at: processes of their own, so that the console shares nothing.

And sessions of their own: kernels share processors out among sessions (sched(7), autogroup), and who takes the time
must not wait with them.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

from benchmarks.endurance.churn import Churn
from benchmarks.endurance.rotation import Rotation
from mailtui.lab import Lab
from mailtui.lab.traffic import Traffic

_fork = multiprocessing.get_context("fork")  # a lab belongs to the process that started it; these only talk to it
_GRACE = 120.0
"""Seconds after which a process ends though nobody told it to."""
_MAIL_KEPT = "2mins"
_YIELDING = 10


@dataclass(frozen=True, slots=True)
class Pace:
    """How busy, how often, how long."""

    minutes: float = 60.0
    per_minute: float = 2_000.0
    rotate_seconds: float = 300.0
    churn_seconds: float = 10.0
    tidy_seconds: float = 10.0
    """Often, so that no minute has seconds of work that no mail server has."""


@dataclass(frozen=True, slots=True)
class Load:
    """What was done to the lab."""

    minutes: float
    lines: int
    messages: int
    rotations: int
    acted_on: dict[str, int]
    problems: tuple[str, ...]

    @property
    def pace(self) -> float:
        """Messages a minute."""
        return self.messages / self.minutes


class Loading(AbstractContextManager["Loading"]):
    """Traffic, rotation and churn between begin and end of the context; start it before any thread."""

    def __init__(self, lab: Lab, pace: Pace) -> None:
        self._stop = _fork.Event()
        self._results, told = _fork.Pipe(duplex=False)
        self._processes = (
            _fork.Process(target=_send, args=(lab, pace, self._stop), daemon=True),
            _fork.Process(target=_keep, args=(lab, pace, self._stop, told), daemon=True),
        )

    def __enter__(self) -> Loading:
        for process in self._processes:
            process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for process in self._processes:
            process.join()

    def end(self) -> Load:
        """Stop, and tell what was done."""
        self._stop.set()
        load: Load = self._results.recv()
        return load


def _send(lab: Lab, pace: Pace, stop: Event) -> None:
    """In the place of other machines: it may have what processor the mail server and the console leave."""
    os.setsid()
    os.nice(_YIELDING)
    traffic = Traffic(lab, per_minute=pace.per_minute)
    traffic.start()
    stop.wait(pace.minutes * 60 + _GRACE)
    traffic.stop()


def _keep(lab: Lab, pace: Pace, stop: Event, told: Connection) -> None:
    """Each thing as often as the pace says, until stopped."""
    os.setsid()
    rotation, churn = Rotation(lab), Churn(lab)
    every = (
        (pace.rotate_seconds, rotation.rotate),
        (pace.churn_seconds, churn.turn),
        (pace.tidy_seconds, lambda: _tidy(lab)),
    )
    begin = time.monotonic()
    # What comes every ten seconds does not come at the same moment.
    due = [begin + seconds * (number + 1) / len(every) for number, (seconds, _) in enumerate(every)]
    while (
        not stop.wait(max(0.0, min(due) - time.monotonic())) and time.monotonic() < begin + pace.minutes * 60 + _GRACE
    ):
        for number, (seconds, work) in enumerate(every):
            if time.monotonic() >= due[number]:
                work()
                due[number] += seconds
    rotation.count_rest()
    minutes = (time.monotonic() - begin) / 60
    told.send(
        Load(minutes, rotation.lines, rotation.messages, rotation.times, dict(churn.targets), tuple(churn.problems))
    )


def _tidy(lab: Lab) -> None:
    """Users delete what they have read, so that mailboxes are as long after an hour as after ten minutes."""
    lab.command("doveadm", "expunge", "-A", "mailbox", "INBOX", "savedbefore", _MAIL_KEPT)
