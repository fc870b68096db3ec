"""What a line of a message leads to: other queue IDs, and what other programs call the same delivery."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mailtui.maillog.grammar.postfix_patterns import FORWARDED, QUEUED_AS
from mailtui.maillog.model import NOQUEUE, Event
from mailtui.maillog.story_saves import LMTP_SAVED

_OWN_NETWORK = re.compile(
    r"\[(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|::1\]|f[cde][0-9a-f]{2}:|/|private/|public/)"
)
"""Where a content filter may stand: on this host or in its own network (RFC 1918, RFC 4193)."""

_LINKS = ("child", "orig_queue_id", "orig_id")


class Name(NamedTuple):
    """Something to search for."""

    text: str
    is_queue_id: bool = True
    is_ours: bool = True
    """Whether it is surely of this machine: another server's queue ID looks the same."""


def names_of(event: Event) -> Iterator[Name]:
    """What to search for after this line."""
    if event.queue_id and event.queue_id != NOQUEUE:
        yield Name(event.queue_id)
    for field in _LINKS:
        if event.fields.get(field):
            yield Name(event.fields[field])
    for queue_id in event.fields.get("queued_as", "").split("/"):
        if queue_id:
            yield Name(queue_id, is_ours=False)
    if event.event in ("delivery", "proxy-accept"):
        yield from _in_reply(event.fields)


def _in_reply(fields: Mapping[str, str]) -> Iterator[Name]:
    reply = fields.get("reason", "")
    if forwarded := FORWARDED.match(reply):
        yield Name(forwarded["child"])
    elif (queued := QUEUED_AS.search(reply)) and _OWN_NETWORK.search(fields.get("relay", "[/")):
        yield Name(queued["child"], is_ours=False)
    elif saved := LMTP_SAVED.match(reply):
        yield Name(f"<{saved['session']}>", is_queue_id=False)
