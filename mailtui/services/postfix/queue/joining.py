"""Entries of postqueue joined with what configuration, queue files and log know."""

from __future__ import annotations

from collections.abc import Mapping, MutableSequence
from dataclasses import replace
from functools import lru_cache

from mailtui.services.postfix.queue.logfacts import LogFacts
from mailtui.services.postfix.queue.model import QueueEntry, QueueMessage
from mailtui.services.postfix.queue.schedule import Schedule

_NOTHING = LogFacts()


def join(
    entries: MutableSequence[QueueEntry], schedule: Schedule, times: Mapping[str, float], facts: Mapping[str, LogFacts]
) -> None:
    """Put in the place of each entry the same with all that is known; ``times`` are those of the deferred queue files.

    An entry that was joined before and of which nothing is new stays the same object: of a long queue that is looked at
    every few seconds nearly all do.
    """
    once: dict[float, float] = {}
    for at, entry in enumerate(entries):
        entries[at] = _joined(entry, schedule, times, facts.get(entry.queue_id, _NOTHING), once)


def _joined(
    entry: QueueEntry, schedule: Schedule, times: Mapping[str, float], facts: LogFacts, once: dict[float, float]
) -> QueueEntry:
    """``once`` keeps each moment once: many messages come, and are tried, in the same second."""
    expires = schedule.expires(entry)
    next_attempt = times.get(entry.queue_id) if entry.queue_name == "deferred" else None
    if next_attempt is None:
        next_attempt = schedule.next_attempt(entry, facts.last_attempt)
    # Not dataclasses.replace, which takes as long as all else here.
    joined = QueueEntry(
        entry.queue_name,
        entry.queue_id,
        entry.arrival_time,
        entry.message_size,
        entry.sender,
        entry.recipients,
        entry.forced_expire,
        facts.client,
        facts.sasl_username,
        facts.message_id,
        facts.attempts,
        facts.last_attempt,
        None if next_attempt is None else once.setdefault(next_attempt, next_attempt),
        once.setdefault(expires, expires),
        cause_of(entry.reason),
        facts.transport,
        facts.relay,
    )
    was_joined = entry.expires is not None
    return entry if was_joined and entry.learned == joined.learned else joined


def with_envelope(entry: QueueEntry, message: QueueMessage) -> QueueEntry:
    """``entry`` with what its own queue file tells where the log did not."""
    name, address = message.attribute("log_client_name"), message.attribute("log_client_address")
    local = "local" if message.attribute("log_message_origin") == "local" else ""
    return replace(
        entry,
        client=entry.client or (f"{name}[{address}]" if address else local),
        sasl_username=entry.sasl_username or message.attribute("sasl_username"),
    )


@lru_cache(maxsize=16_384)
def cause_of(reason: str) -> str:
    """What a reason means in a few words; ``""`` where there is none or no rule knows it."""
    from mailtui.maillog.causes import classify

    verdict = classify(reason) if reason else None
    return verdict.cause if verdict else ""
