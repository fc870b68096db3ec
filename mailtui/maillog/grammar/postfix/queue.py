"""pickup, cleanup, qmgr, bounce, postsuper: what becomes of a queue file.

Texts from pickup/pickup.c, cleanup/cleanup_*.c, qmgr/qmgr_*.c, bounce/bounce_*.c and postsuper/postsuper.c.
"""

from __future__ import annotations

from mailtui.maillog.grammar.postfix_patterns import ACTIVE, EXPIRED, MESSAGE_ID, NOTIFICATION, PICKUP
from mailtui.maillog.grammar.rules import Row, Typed


def read_message_id(text: str) -> Typed | None:
    """The header's value as it stands, under the log's own name for it."""
    found = MESSAGE_ID.match(text)
    if found is None:
        return None
    fields = {"message-id": found["message_id"]}
    if found["resent"]:
        fields["resent"] = "yes"
    return "message-id", fields


PICKUP_EVENTS: tuple[Row, ...] = (
    ("uid", "pickup", PICKUP),
    ("sender", "pickup", r"sender=(?P<from>.*)"),
)
PICKUP_WARNINGS: tuple[Row, ...] = (("message", "queued-long", r"message has been queued for (?P<days>\d+) days"),)

CLEANUP_EVENTS: tuple[Row, ...] = (
    ("message-id resent-message-id", "message-id", read_message_id),
    ("removed", "canceled", r"removed \((?P<reason>[a-z]+)\)"),
    ("queue", "queue-full", r"(?P<reason>queue file size limit exceeded.*)"),
    ("table", "lookup-failure", r"table (?P<table>\S+): (?P<reason>.*)"),
)
CLEANUP_WARNINGS: tuple[Row, ...] = (
    ("queue", "queue-full", r"(?P<reason>queue file size limit exceeded.*)"),
    ("write", "queue-write", r"write queue file: (?P<reason>.*)"),
    ("unreasonable", "map-nesting",
     r"unreasonable (?P<table>\S+) map (?P<reason>(?:nesting|expansion size) for (?P<key>\S+).*)"),
    ("message", "hops-exceeded", r"message rejected: (?P<reason>hopcount exceeded)"),
    ("*", "lookup-failure",
     r"(?P<table>[a-z_]+) (?:map )?(?:lookup problem|lookup error|map lookup problem)"
     r"(?: for (?P<key>\S+))?(?P<reason>.*)"),
    ("milter", "milter-failure", r"milter (?P<milter>\S+): (?P<reason>.*)"),
    ("connect", "milter-failure", r"connect to Milter service (?P<milter>\S+): (?P<reason>.*)"),
)  # fmt: skip

QMGR_EVENTS: tuple[Row, ...] = (
    ("from", "active", ACTIVE),
    ("from", "expired", EXPIRED),
    ("removed", "removed", r"removed(?! \()"),
    ("skipped", "skipped", r"skipped, (?P<reason>.*)"),
    ("status", "delivery-deferred", r"status=(?P<status>deferred) \((?P<reason>.*?)\)?$"),
)  # fmt: skip
QMGR_WARNINGS: tuple[Row, ...] = (
    ("connect", "transport-unavailable", r"connect to transport (?P<transport>\S+): (?P<reason>.*)"),
    ("transport", "transport-failure", r"transport (?P<transport>\S+) failure(?P<reason>.*)"),
    ("*", "transport-failure", r"(?P<transport>(?:private|public)/\S+) socket: (?P<reason>.*)"),
    ("premature", "transport-failure",
     r"premature end-of-input on (?P<transport>\S+) (?:socket )?(?P<reason>.*)"),
    ("mail", "active-queue-full",
     r"mail for (?P<domain>\S+) is using up (?P<count>\d+) of (?P<limit>\d+) active queue entries"),
    ("you your", "active-queue-full", r"(?P<reason>you(?:r)? .*)"),
    ("saving", "corrupt-queue-file", r"saving corrupt file \"(?P<name>[^\"]*)\"(?P<reason>.*)"),
    ("this please", "advice", r"(?P<reason>.*)"),
    ("unable", "lookup-failure", r"(?P<reason>unable to look up .*)"),
)  # fmt: skip

BOUNCE_EVENTS: tuple[Row, ...] = (
    ("sender postmaster", "notification", NOTIFICATION),
    ("not", "notification-skipped", r"not sending (?P<kind>.*?) notification for (?P<reason>.*)"),
)  # fmt: skip
BOUNCE_WARNINGS: tuple[Row, ...] = (
    ("undeliverable", "notification-discarded", r"undeliverable (?P<kind>.*?) discarded"),
    ("sender postmaster", "notification-failed",
     r"(?P<who>sender|postmaster) notification failed(?: to (?P<to>\S+?))?: (?P<reason>.*)"),
)  # fmt: skip

POSTSUPER_EVENTS: tuple[Row, ...] = (
    ("removed", "removed", r"removed$"),
    ("requeued", "requeued", r"requeued$"),
    ("placed", "held", r"placed on hold$"),
    ("released", "released", r"released from hold$"),
    ("expired", "expired", r"expired$"),
    ("renamed", "renamed", r"renamed to \"?(?P<child>\w+)"),
    ("Deleted Requeued Placed Released Force-expired Renamed", "postsuper-summary",
     r"(?P<action>[A-Za-z -]+): (?P<count>\d+) messages?"),
)  # fmt: skip
