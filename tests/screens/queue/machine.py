"""A queue on the bad night of ``tests.screens.fakes``: one domain slow, one spammer, some held, strangers' text."""

from __future__ import annotations

from mailtui.services.postfix.queue.joining import cause_of
from mailtui.services.postfix.queue.model import Attachment, QueueEntry, QueueMessage, QueueRecipient
from tests.screens.fake_queue import FakeQueue
from tests.screens.fake_stories import HOSTILE, NOW
from tests.screens.fakes import FakeServices

SLOW = "host mx.slow.example[192.0.2.7] said: 451 4.7.1 Greylisted, try again in 300 s (in reply to RCPT TO command)"
FULL = "452 4.2.2 <carl@full.example> Quota exceeded (mailbox for user is full)"
DEFANGED = HOSTILE.replace("\x1b", "␛").replace("\x07", "␇").replace("\u202e", "<RLO>")


def entry(
    queue_id: str,
    sender: str,
    to: str,
    *,
    state: str = "deferred",
    age: float = 3600.0,
    reason: str = SLOW,
    user: str = "",
    size: int = 12_730,
) -> QueueEntry:
    waits = state == "deferred"
    return QueueEntry(
        state,
        queue_id,
        NOW - age,
        size,
        sender,
        tuple(QueueRecipient(address, reason if waits else "") for address in to.split()),
        client="client.example.net[198.51.100.7]",
        sasl_username=user,
        message_id=f"<{queue_id}@client.example.net>",
        attempts=3 if waits else 0,
        last_attempt=NOW - 400 if waits else None,
        next_attempt=NOW + 840 if waits else None,
        expires=NOW - age + 5 * 86400,
        cause=cause_of(reason) if waits else "",
        transport="smtp" if waits else "",
        relay="mx.slow.example[192.0.2.7]:25" if waits else "",
    )


ENTRIES = (
    entry("4dXz1k2PqRzaaaa", "anna@client.example.net", "boss@slow.example", age=7200, user="anna"),
    entry("4dXz1k2PqRzbbbb", "news@shop.example", "x@slow.example y@slow.example z@a.example", age=300, size=2_400_000),
    entry("4dXz1k2PqRzcccc", "carl@example.org", "carl@full.example", age=93_784, reason=FULL),
    entry("4dXz1k2PqRzdddd", "win@spam.example", "a@b.example", state="hold", age=500, user="carl"),
    entry("4dXz1k2PqRzeeee", "win@spam.example", "c@d.example", state="active", age=3, user="carl"),
    entry("4dXz1k2PqRzffff", "", "nobody@slow.example", age=40_000),
    entry("4dXz1k2PqRzgggg", "win@spam.example", "e@f.example", age=1000, user="carl"),
    entry("4dXz1k2PqRzhhhh", f"{DEFANGED}@evil.example", f"{DEFANGED}@here.example", age=60, reason=f"said {DEFANGED}"),
)

MESSAGE = QueueMessage(
    "4dXz1k2PqRzaaaa",
    "deferred",
    "all",
    envelope=(("sender", "anna@client.example.net"), ("recipient", "boss@slow.example"), ("sasl_username", "anna")),
    headers=(("From", "Anna <anna@client.example.net>"), ("Subject", "=?utf-8?q?Gr=C3=BC=C3=9Fe?=")),
    decoded=(("From", "Anna <anna@client.example.net>"), ("Subject", f"Grüße {DEFANGED}")),
    body=f"Hello,\nthe [red]report[/] is attached. {HOSTILE}\n",
    attachments=(Attachment("application/pdf", "report.pdf", 11_000),),
)


def services(**changes: object) -> FakeServices:
    """The machine with this queue."""
    queue = FakeQueue(ENTRIES, {MESSAGE.queue_id: MESSAGE})
    return FakeServices(queue=queue, **changes)  # type: ignore[arg-type]
