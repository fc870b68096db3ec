"""What is left to do once a cause is mended: the mail that waits because of it is tried again.

Addresses are rewritten by cleanup(8) as a message comes in, so that mail to a wrong address goes through it anew
(postsuper(1), ``-r``); all other mail finds the new settings at its next attempt (postqueue(1), ``-f``).
"""

from __future__ import annotations

import re

from mailtui.changes.plan import Plan
from mailtui.services.configuration import reloading
from mailtui.services.control import action as service_control
from mailtui.services.postfix.maps import save as map_save
from mailtui.services.postfix.queue.plans import QueuePlans
from mailtui.services.postfix.queue.service import Queue

_MENDS = frozenset({map_save.NAME, reloading.NAME, service_control.NAME})
"""Actions after which mail may go where it could not."""
_ADDRESS = re.compile(r"\b[45]\.1\.\d\b|\bunknown user\b|\buser unknown\b", re.IGNORECASE)
"""A reason that blames the recipient's address (RFC 3463, 3.2)."""


def afterwards(done: Plan, queue: Queue, plans: QueuePlans) -> Plan | None:
    """The plan that tries what waits, after ``done``; None where that changes nothing for mail, or none waits.

    Raises what reading the queue raises.
    """
    actions = {step.action for step in done.steps}
    if not actions & _MENDS:
        return None
    waiting = [entry for entry in queue.read().entries if entry.queue_name == "deferred"]
    wrong = [entry for entry in waiting if any(_ADDRESS.search(one.delay_reason) for one in entry.recipients)]
    if wrong and map_save.NAME in actions:
        return plans.requeue(wrong)
    return plans.flush() if waiting else None
