"""Who submitted queued mail: the queue file knows it where the log was not read."""

from __future__ import annotations

from collections.abc import Sequence

from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.model import QueueEntry
from mailtui.services.postfix.queue.queuefile import read_head
from mailtui.services.postfix.queue.spool import Spool
from mailtui.text import clean


def with_logins(entries: Sequence[QueueEntry], postfix: PostfixConfig) -> list[tuple[str, QueueEntry]]:
    """Each with the SASL user name it was submitted under; ``""`` where there is none, or it is not for us to read."""
    unknown = {entry.queue_id for entry in entries if not entry.sasl_username}
    places = Spool.of(postfix).find(unknown) if unknown else {}
    found = []
    for entry in entries:
        place = places.get(entry.queue_id)
        found.append((entry.sasl_username or (_login(place.path) if place else ""), entry))
    return found


def _login(path: str) -> str:
    try:
        head = read_head(path)
    except (ValueError, OSError):
        return ""
    return clean(head.sasl_username) if head else ""
