"""Accounts whose mail piles up: what a stolen password looks like from the queue."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from mailtui.findings import Finding
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.logins import with_logins
from mailtui.services.postfix.queue.model import QueueEntry
from mailtui.services.postfix.queue.service import Queue
from mailtui.text import clean, local

MANY = 100
"""Queued messages of one login that no person writes."""
MOST_READ = 20_000
"""Queue files whose heads are read: the youngest, about half a second's work."""


def flooding(queue: Queue, postfix: PostfixConfig) -> tuple[Finding, ...]:
    """Logins that have more in the queue than a person writes. Raises what reading the queue raises."""
    youngest, queued = _youngest(queue)
    if queued < MANY:
        return ()
    theirs: dict[str, list[QueueEntry]] = defaultdict(list)
    for login, entry in with_logins(youngest, postfix):
        if login and entry.queue_name != "hold":
            theirs[login].append(entry)
    many = sorted(theirs.items(), key=lambda item: -len(item[1]))
    return tuple(_finding(login, own, queued) for login, own in many if len(own) >= MANY)


def _youngest(queue: Queue) -> tuple[list[QueueEntry], int]:
    """As many as are read, and how many messages there are; of a long queue never more than twice that is kept."""
    youngest: list[QueueEntry] = []
    queued = 0
    for portion in queue.portions():
        queued += len(portion)
        youngest += portion
        if len(youngest) > 2 * MOST_READ:
            youngest = _newest(youngest)
    return _newest(youngest), queued


def _newest(entries: Sequence[QueueEntry]) -> list[QueueEntry]:
    return sorted(entries, key=lambda entry: -entry.arrival_time)[:MOST_READ]


def _finding(login: str, own: Sequence[QueueEntry], queued: int) -> Finding:
    domains = Counter(address.rpartition("@")[2].lower() for entry in own for address in entry.addresses)
    senders = Counter(entry.sender for entry in own)
    times = [entry.arrival_time for entry in own]
    return Finding(
        f"queue.account:{clean(login)}",
        "warning",
        "queue",
        clean(login),
        f"{len(own):,} of {queued:,} queued messages were submitted with this login",
        (
            f"{local(min(times))} to {local(max(times))}, from {len(senders):,} sender addresses, "
            f"such as <{clean(next(iter(senders)))}>",
            f"to {len(domains):,} domains: {', '.join(f'{clean(name)} ({n:,})' for name, n in domains.most_common(3))}",
        ),
        "If its owner did not send them, the password is stolen: hold them, block the login, end its sessions, then "
        "give it a new password. A newsletter looks the same: acknowledge it.",
        ("mailtui", "queue", "compromised", login),
    )
