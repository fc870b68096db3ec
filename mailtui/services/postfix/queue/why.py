"""Why a message is still here and when it is tried again, in a sentence or two."""

from __future__ import annotations

import time

from mailtui.services.postfix.queue.joining import cause_of
from mailtui.services.postfix.queue.model import QueueEntry
from mailtui.services.postfix.queue.schedule import Schedule
from mailtui.text import age, human_duration, local

_PLACES = {
    "hold": "It is on hold: Postfix leaves it alone until somebody releases it.",
    "active": "It is being delivered now.",
    "incoming": "It has come in and waits for the queue manager.",
    "maildrop": "It was handed in on this machine and waits for pickup(8) to take it in.",
    "corrupt": "Its queue file is damaged; Postfix has put it aside and will not touch it.",
}
_LONG_WAIT = 120.0
"""Seconds after which waiting for a running queue manager is no matter of course."""


def why(entry: QueueEntry, schedule: Schedule, now: float | None = None) -> str:
    """Cleaned text for people; the more is joined into ``entry``, the more it tells."""
    now = time.time() if now is None else now
    sentences = [_place(entry, now), _last(entry, now), _next(entry, schedule, now), _end(entry, now)]
    return " ".join(filter(None, sentences))


def _place(entry: QueueEntry, now: float) -> str:
    if entry.queue_name in ("incoming", "maildrop") and entry.age(now) > _LONG_WAIT:
        waits = human_duration(entry.age(now))
        return f"{_PLACES[entry.queue_name]} It has waited {waits}: Postfix is stopped or cannot keep up."
    if entry.queue_name != "deferred":
        return _PLACES.get(entry.queue_name, f"It is in the {entry.queue_name} queue.")
    if not entry.reason:
        return "It could not be delivered yet; the reason is not known."
    cause = entry.cause or cause_of(entry.reason)
    waiting = sum(bool(recipient.delay_reason) for recipient in entry.recipients)
    others = f" (the first of {waiting} recipients)" if waiting > 1 else ""
    return f"It could not be delivered yet: {cause + ': ' if cause else ''}{entry.reason.rstrip('.')}{others}."


def _last(entry: QueueEntry, now: float) -> str:
    if entry.last_attempt is None:
        return ""
    count = f"{entry.attempts} times, last" if entry.attempts and entry.attempts > 1 else "last"
    through = f" by {entry.transport}" if entry.transport else ""
    relay = f" at {entry.relay}" if entry.relay not in ("", "none") else ""
    return f"It was tried {count} {age(entry.last_attempt, now)} ago{through}{relay}."


def _next(entry: QueueEntry, schedule: Schedule, now: float) -> str:
    if entry.queue_name != "deferred":
        return ""
    run = human_duration(schedule.queue_run_delay)
    if entry.next_attempt is None:
        shortest, longest = human_duration(schedule.minimal_backoff), human_duration(schedule.maximal_backoff)
        return f"Postfix waits {shortest} to {longest} between attempts, longer the older it is."
    if entry.next_attempt <= now:
        return f"It is due: the next queue run, at most {run} away, tries it."
    ahead = human_duration(entry.next_attempt - now)
    return f"It is tried again in {ahead} ({local(entry.next_attempt)}), or up to {run} later."


def _end(entry: QueueEntry, now: float) -> str:
    if entry.forced_expire:
        return "It was expired by hand: the next time it is touched it " + _returned(entry)
    if entry.expires is None:
        return ""
    if entry.queue_name == "hold":
        return (
            "" if entry.expires > now else "It is past its lifetime: once released, a failed attempt is the last one."
        )
    if entry.expires <= now:
        return "It is past its lifetime: if the next attempt fails it " + _returned(entry)
    return f"If it still fails in {human_duration(entry.expires - now)} ({local(entry.expires)}) it " + _returned(entry)


def _returned(entry: QueueEntry) -> str:
    return "is thrown away, since it is a notification itself." if entry.is_bounce else "is returned to its sender."
