"""Every column of the queue as a field of the filter language and as a key to sort by.

Named as postqueue and the log name them. What a shared prefix cannot express has a field of its own: ``retry_in`` and
``expires_in`` count from now on into the future, as ``age`` does into the past.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from operator import attrgetter

from mailtui.filters import Filter, FilterError
from mailtui.filters.fields import DOMAIN_SUFFIX, sources
from mailtui.filters.getters import ANYWHERE, Getter, Readers, Value
from mailtui.host.errors import UsageError
from mailtui.services.postfix.queue.model import QueueEntry, QueueRecipient

_DSN = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_Read = Callable[[QueueEntry], Value]


def _of_recipients(told: Callable[[QueueRecipient], str]) -> _Read:
    """What is told of every recipient, where there is such; most messages have one recipient."""

    def read(entry: QueueEntry) -> Value:
        recipients = entry.recipients
        if len(recipients) == 1:
            return told(recipients[0]) or None
        return [value for recipient in recipients if (value := told(recipient))]

    return read


@lru_cache(2**14)
def _code(reason: str) -> str:
    """The enhanced status code in a reason; thousands of recipients wait for the same one."""
    found = _DSN.search(reason)
    return found[0] if found else ""


def _until(moment: float | None, now: float) -> float | None:
    return None if moment is None else round(moment - now)


def _texts(entry: QueueEntry) -> Value:
    """What a word without a field is looked for in."""
    texts = [entry.queue_id, entry.queue_name, entry.sender, entry.client, entry.sasl_username, entry.message_id]
    for recipient in entry.recipients:
        texts += (recipient.address, recipient.delay_reason, recipient.orig_address, recipient.bounce_reason)
    return [*texts, entry.cause, entry.relay]


def _from_now(now: float) -> Mapping[str, _Read]:
    return {
        "age": lambda entry: round(now - entry.arrival_time),
        "retry_in": lambda entry: _until(entry.next_attempt, now),
        "expires_in": lambda entry: _until(entry.expires, now),
    }


_LASTING: Mapping[str, _Read] = {
    "recipient": _of_recipients(attrgetter("address")),
    "orig_address": _of_recipients(attrgetter("orig_address")),
    "nrcpt": lambda entry: len(entry.recipients),
    "reason": _of_recipients(attrgetter("delay_reason")),
    "bounce_reason": _of_recipients(attrgetter("bounce_reason")),
    "dsn": _of_recipients(lambda recipient: _code(recipient.delay_reason)),
    "forced_expire": lambda entry: "yes" if entry.forced_expire else "no",
    "bounce": lambda entry: "yes" if entry.is_bounce else "no",
}
"""Those that are not an attribute as it stands."""
FIELDS = (
    "queue_name", "queue_id", "arrival_time", "age", "message_size", "sender", "recipient", "orig_address", "nrcpt",
    "reason", "bounce_reason", "dsn", "cause", "forced_expire", "bounce", "client", "sasl_username", "message_id",
    "attempts", "last_attempt", "next_attempt", "retry_in", "expires", "expires_in", "transport", "relay",
)  # fmt: skip
"""The columns."""

FROM_LOG = frozenset(
    {"client", "sasl_username", "message_id", "attempts", "last_attempt", "transport", "relay"},
)
"""Those that stand in the log alone."""
JOINED = FROM_LOG | {"cause", "next_attempt", "retry_in", "expires", "expires_in"}
"""Those that postqueue does not tell."""
_ALSO = {"delay_reason": "reason", "address": "recipient"}
"""Names of postqueue's that lie deeper in its JSON."""


def column_of(name: str) -> str | None:
    """The column a field name stands for, under any of its names; None if there is none."""
    if name in FIELDS:
        return name
    if name in _ALSO:
        return _ALSO[name]
    found = next((source for source in sources(name) if source in FIELDS), None)
    if found is None and name.endswith(DOMAIN_SUFFIX):
        return column_of(name.removesuffix(DOMAIN_SUFFIX))
    return found


def checked_filter(wanted: Filter) -> Filter:
    """``wanted`` if the queue has all of its fields; raises FilterError."""
    for name in wanted.fields():
        if column_of(name) is None:
            raise FilterError(_no_column(name), max(0, str(wanted).find(name)), str(wanted))
    return wanted


def checked_key(name: str) -> str:
    """``name``, with ``-`` in front for the reverse order, if the queue can be sorted by it; raises UsageError."""
    if column_of(name.removeprefix("-")) is None:
        raise UsageError(_no_column(name.removeprefix("-")))
    return name


def _no_column(name: str) -> str:
    return f"the queue has no field {name}; it has {', '.join(sorted(FIELDS))}"


def need_joining(names: Iterable[str]) -> bool:
    """Whether any of the fields is one that postqueue does not tell."""
    return any(column_of(name) in JOINED for name in names)


def need_log(names: Iterable[str]) -> bool:
    """Whether any of the fields stands in the log alone."""
    return any(column_of(name) in FROM_LOG for name in names)


def readers(now: float) -> Readers[QueueEntry]:
    """What reads each column of an entry at that moment; words search all of its texts."""
    return {**_READERS, **_from_now(now)}


def entry_fields(entry: QueueEntry, now: float | None = None) -> Getter:
    """The columns of ``entry`` as a filter asks for them; words search all of its texts."""
    known = readers(time.time() if now is None else now)

    def get(name: str) -> Value:
        return known[name](entry) if name in known else None

    return get


_READERS: Mapping[str, _Read] = {
    **{name: attrgetter(name) for name in FIELDS if name in QueueEntry.__slots__},
    **_LASTING,
    **{name: _LASTING[column] for name, column in _ALSO.items()},
    ANYWHERE: _texts,
}
