"""Log excerpts as an operator would paste them, and the events in them."""

from __future__ import annotations

import re

from mailtui.maillog.incidents import IncidentBook
from mailtui.maillog.model import Event, Incident, Story
from mailtui.maillog.parser import Parser
from mailtui.maillog.stories import StoryBook

_DATED = re.compile(r"[A-Z][a-z]{2} [ \d]\d |\d{4}-")
DELIVERED = """
postfix/smtpd[100]: connect from out.example.net[192.0.2.1]
postfix/smtpd[100]: 4F1A2B3C4D: client=out.example.net[192.0.2.1]
postfix/cleanup[101]: 4F1A2B3C4D: message-id=<a@example.net>
postfix/qmgr[102]: 4F1A2B3C4D: from=<s@example.net>, size=1234, nrcpt=1 (queue active)
postfix/lmtp[103]: 4F1A2B3C4D: to=<u@example.org>, orig_to=<info@example.org>, relay=mx1[private/dovecot-lmtp], delay=0.3, delays=0.1/0/0.1/0.1, dsn=2.0.0, status=sent (250 2.0.0 <u@example.org> AbCdEf Saved)
dovecot: lmtp(u@example.org)<104><AbCdEf>: msgid=<a@example.net>: saved mail to INBOX
postfix/qmgr[102]: 4F1A2B3C4D: removed
"""

BOUNCE_37 = """
postfix/pickup[1]: AAAAAA0001: uid=0 from=<root>
postfix/cleanup[2]: AAAAAA0001: message-id=<b@mx1>
postfix/qmgr[3]: AAAAAA0001: from=<root@mx1>, size=500, nrcpt=1 (queue active)
postfix/error[4]: AAAAAA0001: to=<x@alias.example>, relay=none, delay=0.1, delays=0/0/0/0.1, dsn=5.1.1, status=bounced (User unknown in virtual alias table)
postfix/cleanup[2]: BBBBBB0002: message-id=<c@mx1>
postfix/bounce[5]: AAAAAA0001: sender non-delivery notification: BBBBBB0002
postfix/qmgr[3]: BBBBBB0002: from=<>, size=900, nrcpt=1 (queue active)
postfix/qmgr[3]: AAAAAA0001: removed
postfix/local[6]: BBBBBB0002: to=<root@mx1>, relay=local, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (delivered to mailbox)
postfix/qmgr[3]: BBBBBB0002: removed
"""
FILTER = """
postfix/smtpd[1]: AAAAAA0001: client=out.example.net[192.0.2.1], sasl_method=PLAIN, sasl_username=u@example.org
postfix/cleanup[2]: AAAAAA0001: message-id=<f@example.org>
postfix/qmgr[3]: AAAAAA0001: from=<u@example.org>, size=500, nrcpt=2 (queue active)
postfix/reinject/smtpd[4]: BBBBBB0002: client=localhost[127.0.0.1]
postfix/cleanup[2]: BBBBBB0002: message-id=<f@example.org>
postfix/qmgr[3]: BBBBBB0002: from=<u@example.org>, size=700, nrcpt=2 (queue active)
postfix/smtp[5]: AAAAAA0001: to=<a@far.example>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as BBBBBB0002)
postfix/smtp[5]: AAAAAA0001: to=<b@far.example>, orig_to=<list@example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as BBBBBB0002)
postfix/qmgr[3]: AAAAAA0001: removed
postfix/smtp[6]: BBBBBB0002: to=<a@far.example>, relay=mx.far.example[198.51.100.1]:25, delay=2, delays=0/0/1/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 9999999999)
postfix/smtp[6]: BBBBBB0002: to=<b@far.example>, relay=mx.far.example[198.51.100.1]:25, delay=2, delays=0/0/1/1, dsn=5.1.1, status=bounced (host mx.far.example[198.51.100.1] said: 550 5.1.1 no such user (in reply to RCPT TO command))
postfix/qmgr[3]: BBBBBB0002: removed
"""


def events(text: str, source: str = "mail.log") -> list[Event]:
    """The events of an excerpt; lines without a date get one."""
    parser = Parser(source, now=1_800_000_000.0)
    found, offset = [], 0
    for line in text.strip().splitlines():
        full = line if _DATED.match(line) else f"Mar  3 10:00:00 mx1 {line}"
        found.append(parser.parse(full.encode(), offset))
        offset += len(full) + 1
    return found


def book(*texts: str) -> IncidentBook:
    """The failures in excerpts, one after another."""
    made = IncidentBook()
    for event in events("\n".join(texts)):
        made.add(event)
    return made


def incidents(*texts: str) -> tuple[Incident, ...]:
    """What fails in them."""
    return book(*texts).incidents()


def only(*texts: str) -> Incident:
    """The one thing that does."""
    (incident,) = incidents(*texts)
    return incident


def told(text: str) -> list[Story]:
    """The stories of an excerpt, oldest first."""
    book = StoryBook()
    for event in events(text):
        book.add(event)
    return [story for story in map(book.story, book.keys()) if story]
