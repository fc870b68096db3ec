"""Somebody who acts on the queue all the time, by the services that the console acts by."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence

from mailtui.changes.plan import Plan, Receipt
from mailtui.host.errors import MailtuiError
from mailtui.lab import Lab
from mailtui.services.container import Services
from mailtui.services.postfix.queue.model import QueueEntry
from mailtui.settings import Settings

_HELD = 20
"""Messages put on hold at a time."""
_OLD = 90.0
"""Seconds after which a message is deleted, so that the queue is as long after an hour as after ten minutes."""


class Churn:
    """Holds some, releases those held before, deletes the old; what became of it is counted."""

    def __init__(self, lab: Lab) -> None:
        self._services = Services(Settings(lab.postfix_config, lab.dovecot_config, state=lab.state))
        self.targets: Counter[str] = Counter()
        """Messages acted on, by verb, and ``skipped``: those that were delivered in the meantime."""
        self.problems: list[str] = []

    def turn(self) -> None:
        """Once all three."""
        try:
            entries = self._services.queue.read().entries
            oldest = time.time() - _OLD
            plans = self._services.queue_plans
            self._act("release", plans.release, [entry for entry in entries if entry.queue_name == "hold"])
            waiting = [entry for entry in entries if entry.queue_name == "deferred"]
            self._act("delete", plans.delete, [entry for entry in waiting if entry.arrival_time < oldest])
            self._act("hold", plans.hold, [entry for entry in waiting if entry.arrival_time >= oldest][:_HELD])
        except MailtuiError as error:
            self.problems.append(f"{error} {error.unlock}".strip())

    def _act(self, verb: str, plan: Callable[[Sequence[QueueEntry]], Plan], entries: Sequence[QueueEntry]) -> None:
        if entries:
            self._count(verb, self._services.changes.apply(plan(entries)))

    def _count(self, verb: str, receipt: Receipt) -> None:
        self.targets[verb] += len(receipt.done)
        self.targets["skipped"] += len(receipt.skipped)
        self.problems += [f"{verb} {missed.target}: {missed.why}" for missed in receipt.failed]
