"""A proposed entry, tried on a log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailtui.maillog.model import Event
from mailtui.maillog.parser import Parser
from mailtui.services.postfix.restrictions.replaying.model import Entry, Replay, Try
from mailtui.services.postfix.restrictions.replaying.tries import tries

LOG = """\
Nov 20 08:00:01 mx postfix/smtpd[9]: 3Pt2mN2VXxznjll: client=mail.b.example[192.0.2.7]
Nov 20 08:00:01 mx postfix/cleanup[10]: 3Pt2mN2VXxznjll: message-id=<1@b.example>
Nov 20 08:00:01 mx postfix/qmgr[11]: 3Pt2mN2VXxznjll: from=<anna@b.example>, size=900, nrcpt=2 (queue active)
Nov 20 08:00:02 mx postfix/lmtp[12]: 3Pt2mN2VXxznjll: to=<bob@lab.example>, orig_to=<info@lab.example>, relay=mx[private/dovecot-lmtp], delay=1, delays=0.1/0/0/0.9, dsn=2.0.0, status=sent (250 2.0.0 Ok)
Nov 20 08:00:02 mx postfix/lmtp[12]: 3Pt2mN2VXxznjll: to=<eve@lab.example>, relay=mx[private/dovecot-lmtp], delay=1, delays=0.1/0/0/0.9, dsn=5.2.2, status=bounced (quota)
Nov 20 08:00:03 mx postfix/qmgr[11]: 3Pt2mN2VXxznjll: removed
Nov 20 08:01:00 mx postfix/smtpd[9]: NOQUEUE: reject: RCPT from x.b.example[192.0.2.8]: 554 5.7.1 <z@c.example>: Relay access denied; from=<spam@b.example> to=<z@c.example> proto=ESMTP helo=<x.b.example>
Nov 20 08:02:00 mx postfix/pickup[13]: 3Pt2mN2VXyznjll: uid=0 from=<root>
Nov 20 08:02:00 mx postfix/cleanup[10]: 3Pt2mN2VXyznjll: message-id=<2@mx>
Nov 20 08:02:00 mx postfix/qmgr[11]: 3Pt2mN2VXyznjll: from=<root@mx>, size=9, nrcpt=1 (queue active)
"""


def events() -> Iterator[Event]:
    parser = Parser("log", now=1_800_000_000.0)
    for line in LOG.splitlines():
        yield parser.parse(line.encode(), 0)


def test_what_clients_asked_for_is_told_recipient_by_recipient() -> None:
    found = sorted(tries(events()), key=lambda one: (one.time, one.recipient))
    assert [(one.sender, one.recipient, one.status) for one in found] == [
        ("anna@b.example", "eve@lab.example", "bounced"),
        ("anna@b.example", "info@lab.example", "sent"),
        ("spam@b.example", "z@c.example", "rejected"),
    ]
    refused = found[-1]
    assert (refused.refused, refused.helo, refused.reason) == (
        True,
        "x.b.example",
        "554 5.7.1 <z@c.example>: Relay access denied",
    )
    assert found[1].delivered
    assert found[1].client == "mail.b.example[192.0.2.7]"


@pytest.mark.parametrize(
    ("kind", "key", "expected"),
    [
        ("client", "192.0.2.0/24", "cidr"),
        ("client", "192.0.2", "texthash"),
        ("sender", "/^spam@/", "regexp"),
        ("recipient", "a/b@c.example", "texthash"),
    ],
)
def test_a_key_says_which_table_it_is_for(kind: str, key: str, expected: str) -> None:
    assert Entry(kind, key, "REJECT").type == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("action", "effect"),
    [
        ("REJECT no", "refuses"),
        ("554 5.7.1 no", "refuses"),
        ("ok", "lets pass"),
        ("DUNNO", "nothing"),
        ("HOLD", "other"),
    ],
)
def test_an_action_says_what_it_does(action: str, effect: str) -> None:
    assert Entry("sender", "b.example", action).effect == effect


def test_the_sum_says_who_would_have_missed_mail() -> None:
    one = Try(1.0, "Q", "a[192.0.2.1]", "", "a@b.example", "c@d.example", "anna", "sent", "")
    other = Try(2.0, "", "a[192.0.2.1]", "a", "a@b.example", "c@d.example", "", "rejected", "554 no")
    found = Replay(Entry("sender", "b.example", "REJECT"), 9, (one, other))
    assert found.summary == (
        "would have refused 2 of 9 recipients: 1 of them delivered, 1 of them refused anyway,"
        " 1 of them from users who had logged in"
    )
    assert Replay(found.entry, 9, ()).summary == "would have met none of 9 recipients"
