"""A message that goes on at another host, whose log is read with that of the first."""

from __future__ import annotations

import pytest

from tests.unit.stories.support import told

AT_THE_GATEWAY = """
Mar  3 10:00:00 gw postfix/smtpd[1]: AAAAAA0001: client=out.example.net[192.0.2.1]
Mar  3 10:00:00 gw postfix/cleanup[2]: AAAAAA0001: message-id=<1@example.net>
Mar  3 10:00:00 gw postfix/qmgr[3]: AAAAAA0001: from=<s@example.net>, size=10, nrcpt=1 (queue active)
"""
HANDED_ON = """
Mar  3 10:00:01 gw postfix/smtp[4]: AAAAAA0001: to=<a@far.example>, relay=mbox[192.0.2.2]:25, delay=1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as BBBBBB0002)
Mar  3 10:00:01 gw postfix/qmgr[3]: AAAAAA0001: removed
"""
AT_THE_MAILBOX_HOST = """
Mar  3 10:00:01 mbox postfix/smtpd[7]: BBBBBB0002: client=gw[192.0.2.3]
Mar  3 10:00:01 mbox postfix/cleanup[7]: BBBBBB0002: message-id=<1@example.net>
Mar  3 10:00:01 mbox postfix/qmgr[7]: BBBBBB0002: from=<s@example.net>, size=12, nrcpt=1 (queue active)
"""
THERE = """
Mar  3 10:00:02 mbox postfix/lmtp[8]: BBBBBB0002: to=<a@far.example>, relay=mbox[private/dovecot-lmtp], delay=1, dsn=5.2.2, status=bounced (552 5.2.2 Quota exceeded)
Mar  3 10:00:02 mbox postfix/qmgr[7]: BBBBBB0002: removed
"""


@pytest.mark.parametrize(
    "parts",
    [
        (AT_THE_GATEWAY, AT_THE_MAILBOX_HOST, HANDED_ON, THERE),
        (AT_THE_GATEWAY, HANDED_ON, AT_THE_MAILBOX_HOST, THERE),
        (AT_THE_GATEWAY, AT_THE_MAILBOX_HOST, THERE, HANDED_ON),
    ],
    ids=["as written", "the other's clock is late", "the gateway's clock is late"],
)
def test_a_message_is_followed_to_the_host_behind_the_gateway(parts: tuple[str, ...]) -> None:
    (story,) = told("".join(parts))
    assert story.queue_ids == ("AAAAAA0001", "BBBBBB0002")
    assert (story.client, story.host) == ("out.example.net[192.0.2.1]", "gw")
    assert [(one.to, one.status) for one in story.recipients] == [("a@far.example", "bounced")]
    assert story.outcome == "bounced" and len(story.lines) == 10


def test_the_same_queue_id_of_another_message_elsewhere_is_not_followed() -> None:
    text = AT_THE_GATEWAY + AT_THE_MAILBOX_HOST.replace("<1@", "<2@") + HANDED_ON + THERE
    assert [story.queue_ids for story in told(text)] == [("AAAAAA0001",), ("BBBBBB0002",)]
