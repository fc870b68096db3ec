"""Running checks side by side: each has its own time limit, and none can stop the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue

from mailtui.findings import SEVERITIES, Finding
from mailtui.host.errors import MailtuiError, PermissionDenied, ToolMissing
from mailtui.services.checks.model import Check, Report, Unchecked
from mailtui.text import clean

_UNCHECKED = "checks"

Progress = Callable[[str], None]
"""Hears the name of each check that is done."""


def run_checks(checks: Sequence[Check], progress: Progress = lambda _name: None) -> Report:
    """What they all found; of one that gives no answer in its time, that.

    A check that is waited for no longer goes on in a thread that ends with the process: it only looks.
    """
    started = time.monotonic()
    ended: SimpleQueue[_Running] = SimpleQueue()
    running = [_Running(check, ended) for check in checks]
    _wait(running, ended, progress)
    findings: list[Finding] = []
    checked: list[str] = []
    unchecked: list[Unchecked] = []
    for one in running:
        answer = one.answer()
        if isinstance(answer, Unchecked):
            unchecked.append(answer)
        else:
            checked.append(one.check.name)
            findings += answer
    findings += _told(unchecked)
    return Report(
        tuple(sorted(_each_once(findings), key=_place)),
        tuple(checked),
        tuple(unchecked),
        time.monotonic() - started,
        tuple(dict.fromkeys(check.area for check in checks)),
        time.time(),
    )


def _wait(running: Sequence[_Running], ended: SimpleQueue[_Running], progress: Progress) -> None:
    """Until each has ended or was silent for its limit since any of them ended.

    For as long as others end the machine may be slow; when none does, what is left hangs.
    """
    waiting, heard = set(running), time.monotonic()
    while waiting:
        try:
            one = ended.get(timeout=max(0.0, heard + min(one.check.limit for one in waiting) - time.monotonic()))
        except Empty:
            silent = time.monotonic() - heard
            over = {one for one in waiting if one.check.limit <= silent}
        else:
            heard, over = time.monotonic(), waiting & {one}
        waiting -= over
        for one in over:
            progress(one.check.name)


class _Running:
    """A check in a thread of its own."""

    def __init__(self, check: Check, ended: SimpleQueue[_Running]) -> None:
        self.check = check
        self._answer: tuple[Finding, ...] | Unchecked | None = None
        self._ended = ended
        threading.Thread(target=self._run, name=f"check {check.name}", daemon=True).start()

    def answer(self) -> tuple[Finding, ...] | Unchecked:
        """What it found, or that it has not answered."""
        return self._unchecked(f"no answer within {self.check.limit:g} s") if self._answer is None else self._answer

    def _run(self) -> None:
        try:
            self._answer = self.check.run()
        except MailtuiError as error:
            refused = isinstance(error, PermissionDenied | ToolMissing)
            self._answer = self._unchecked(error.message, error.unlock, refused)
        except Exception as error:  # a mistake in one check must not hide what the others see
            self._answer = self._unchecked(f"a mistake in mailtui: {type(error).__name__}: {error}")
        self._ended.put(self)

    def _unchecked(self, why: str, unlock: str = "", refused: bool = False) -> Unchecked:
        return Unchecked(self.check.area, self.check.name, clean(why), clean(unlock), refused)


def _place(finding: Finding) -> tuple[int, bool]:
    """The gravest first; of those, what a command mends before what that may heal."""
    return SEVERITIES.index(finding.severity), not finding.fix


def _told(unchecked: Sequence[Unchecked]) -> list[Finding]:
    """What could not be looked at, each reason once."""
    by_reason: dict[str, list[Unchecked]] = {}
    for one in unchecked:
        by_reason.setdefault(one.why, []).append(one)
    return [
        Finding(
            f"checks.unchecked:{reason}",
            "notice" if all(one.refused for one in those) else "warning",
            _UNCHECKED,
            ", ".join(one.name for one in those),
            f"not checked: {reason}",
            advice=those[0].unlock,
        )
        for reason, those in by_reason.items()
    ]


def _each_once(findings: Sequence[Finding]) -> list[Finding]:
    return list({finding.id: finding for finding in reversed(findings)}.values())[::-1]
