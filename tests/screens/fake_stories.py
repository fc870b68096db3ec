"""One message that bounced, one that waits, and lines that strangers wrote: what the console is to tell of."""

from __future__ import annotations

from datetime import UTC, datetime

from mailtui.maillog.model import Attempt, Event, LineRef, Recipient, Story, Verdict

NOW = datetime(2026, 3, 4, 14, 3, 22, tzinfo=UTC).timestamp()
LOG = "/var/log/mail.log"

UNKNOWN_USER = Verdict(
    "unknown-user-virtual-alias",
    "User unknown in virtual alias table",
    "us / sender",
    "No key of virtual_alias_maps matches the recipient, and its domain is a virtual alias domain.",
    "Add the address to the table named below, or tell the sender that it does not exist.",
)
GREYLISTED = Verdict(
    "greylisted",
    "Greylisted",
    "wait",
    "The other side asks to try again later.",
    "Nothing: the next retry gets through.",
)
HOSTILE = "\x1b]0;pwned\x07[red]bold[/][/x]\u202e"


def line(number: int, text: str) -> LineRef:
    """A line of the log."""
    return LineRef(LOG, number * 200, text)


def _attempt(seconds: float, status: str, dsn: str, reason: str, ref: LineRef, relay: str = "none") -> Attempt:
    delays = (0.03, 0.01, 2.4, 0.31)
    return Attempt(NOW - seconds, status, dsn, relay, sum(delays), delays, "", reason, 1, ref)


BOUNCE_REASON = (
    "host mx.shop.example[192.0.2.25] said: 550 5.1.1 <boss@shop.example>: Recipient address rejected: "
    "User unknown in virtual alias table (in reply to RCPT TO command)"
)
BOUNCE_LINES = (
    line(1, "Mar  4 14:02:11 mx1 postfix/smtpd[811]: connect from client.example.net[198.51.100.7]"),
    line(2, "Mar  4 14:02:11 mx1 postfix/smtpd[811]: 4dXz1k2PqRz: client=client.example.net[198.51.100.7]"),
    line(
        3,
        "Mar  4 14:02:11 mx1 postfix/cleanup[815]: 4dXz1k2PqRz: message-id=<20260304.1402@client.example.net>",
    ),
    line(
        4,
        "Mar  4 14:02:12 mx1 postfix/qmgr[702]: 4dXz1k2PqRz: from=<anna@client.example.net>, size=12730, nrcpt=2",
    ),
    line(
        5,
        "Mar  4 14:02:14 mx1 dovecot: lmtp(carl)<901><x>: msgid=<20260304.1402@client.example.net>: saved to INBOX",
    ),
    line(
        6,
        "Mar  4 14:02:14 mx1 postfix/lmtp[820]: 4dXz1k2PqRz: to=<carl@example.org>, status=sent (250 2.0.0 Saved)",
    ),
    line(
        7,
        f"Mar  4 14:02:14 mx1 postfix/smtp[822]: 4dXz1k2PqRz: to=<boss@shop.example>, status=bounced ({BOUNCE_REASON})",
    ),
    line(
        8,
        "Mar  4 14:02:14 mx1 postfix/bounce[823]: 4dXz1k2PqRz: sender non-delivery notification: 4dXz1m3QrSz",
    ),
    line(9, "Mar  4 14:02:14 mx1 postfix/qmgr[702]: 4dXz1k2PqRz: removed"),
)


def bounce_story() -> Story:
    """A message with one recipient reached and one that does not exist."""
    sent = _attempt(68, "sent", "2.0.0", "250 2.0.0 Saved", BOUNCE_LINES[5], "mx1.example.org[private/dovecot-lmtp]")
    failed = _attempt(68, "bounced", "5.1.1", BOUNCE_REASON, BOUNCE_LINES[6], "mx.shop.example[192.0.2.25]:25")
    return Story(
        key="mx1/postfix/4dXz1k2PqRz/1",
        host="mx1",
        instance="postfix",
        queue_ids=("4dXz1k2PqRz",),
        message_ids=("<20260304.1402@client.example.net>",),
        sender="anna@client.example.net",
        size=12730,
        client="client.example.net[198.51.100.7]",
        sasl_username="",
        arrived=NOW - 71,
        ended=NOW - 68,
        outcome="mixed",
        recipients=(
            Recipient(
                "boss@shop.example",
                "sales@example.org",
                "bounced",
                "5.1.1",
                failed.relay,
                BOUNCE_REASON,
                UNKNOWN_USER,
                "",
                (failed,),
            ),
            Recipient("carl@example.org", "", "sent", "2.0.0", sent.relay, sent.reason, None, "INBOX", (sent,)),
        ),
        bounces=("4dXz1m3QrSz",),
        parents=(),
        lines=BOUNCE_LINES,
    )


def event(number: int, seconds: float, queue_id: str, to: str, status: str, reason: str, sender: str = "") -> Event:
    """A delivery as the log tells it."""
    fields = {
        "to": to,
        "status": status,
        "dsn": "5.1.1",
        "relay": "mx.shop.example[192.0.2.25]:25",
        "reason": reason,
    }
    if sender:
        fields["from"] = sender
    return Event(
        LOG,
        number * 200,
        NOW - seconds,
        "mx1",
        "postfix/smtp",
        "postfix",
        "",
        "smtp",
        822,
        "info",
        queue_id,
        "delivery",
        fields,
        f"to=<{to}>, status={status} ({reason})",
    )


INCIDENT_EVENTS = tuple(
    event(
        7 + n,
        68 + 240 * n,
        "4dXz1k2PqRz" if n == 0 else f"4dXz{n}k2PqRz",
        f"boss{n or ''}@shop.example",
        "bounced",
        BOUNCE_REASON,
    )
    for n in range(12)
)
