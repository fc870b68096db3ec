"""A message that goes through a content filter is one story, and what only looks like it joins nothing."""

from __future__ import annotations

from tests.unit.stories.support import DELIVERED, FILTER, told


def test_a_content_filter_does_not_make_two_messages_of_one() -> None:
    (story,) = told(FILTER)
    assert story.queue_ids == ("AAAAAA0001", "BBBBBB0002")
    assert story.sasl_username == "u@example.org"
    assert {r.to: r.status for r in story.recipients} == {"a@far.example": "sent", "b@far.example": "bounced"}
    assert story.outcome == "mixed"
    assert [r.orig_to for r in story.recipients] == ["", "list@example.org"]


def test_a_remote_queue_id_that_looks_like_ours_joins_nothing() -> None:
    text = (
        DELIVERED
        + """
postfix/smtpd[9]: CCCCCC0003: client=other.example[192.0.2.9]
postfix/cleanup[9]: CCCCCC0003: message-id=<other@example>
postfix/qmgr[9]: CCCCCC0003: from=<o@example>, size=10, nrcpt=1 (queue active)
postfix/smtp[9]: CCCCCC0003: to=<z@far.example>, relay=mx.far.example[198.51.100.1]:25, delay=1, dsn=2.0.0, status=sent (250 Ok: queued as 4F1A2B3C4D)
"""
    )
    assert [story.queue_ids for story in told(text)] == [("4F1A2B3C4D",), ("CCCCCC0003",)]


PROXIED = """
postfix/smtpd[1]: connect from out.example.net[192.0.2.1]
postfix/smtpd[1]: NOQUEUE: client=out.example.net[192.0.2.1], sasl_method=PLAIN, sasl_username=anna
postfix/10025/smtpd[2]: connect from localhost[127.0.0.1]
postfix/10025/smtpd[2]: BBBBBB0002: client=localhost[127.0.0.1]
postfix/cleanup[3]: BBBBBB0002: message-id=<p@example.net>
postfix/qmgr[4]: BBBBBB0002: from=<s@example.net>, size=10, nrcpt=1 (queue active)
postfix/smtpd[1]: proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok: queued as BBBBBB0002; from=<s@example.net> to=<u@example.org> proto=ESMTP helo=<h>
postfix/smtpd[1]: disconnect from out.example.net[192.0.2.1] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
"""


def test_a_filter_asked_before_the_queue_hides_no_client() -> None:
    (story,) = told(PROXIED)
    assert (story.client, story.sasl_username) == ("out.example.net[192.0.2.1]", "anna")
    assert len(story.lines) == 8
    assert [line.offset for line in story.lines] == sorted(line.offset for line in story.lines)


def test_amavis_tells_the_next_queue_id_itself() -> None:
    (story,) = told(
        """
postfix/cleanup[2]: AAAAAA0001: message-id=<f@example.org>
postfix/cleanup[2]: BBBBBB0002: message-id=<f@example.org>
amavis[7]: (7-1) Passed CLEAN {RelayedInbound}, [192.0.2.1] <s@x> -> <u@x>, Queue-ID: AAAAAA0001, Message-ID: <f@example.org>, mail_id: x, Hits: -, size: 5, queued_as: BBBBBB0002, 99 ms
"""
    )
    assert story.queue_ids == ("AAAAAA0001", "BBBBBB0002")


def test_a_filter_on_another_instance_is_followed() -> None:
    text = FILTER.replace("postfix/reinject/smtpd[4]: BBBBBB0002: client=localhost[127.0.0.1]",
                          "postfix-out/smtpd[4]: BBBBBB0002: client=localhost[127.0.0.1], orig_queue_id=AAAAAA0001")  # fmt: skip
    lines = [line.replace("postfix/", "postfix-out/") if "BBBBBB0002: " in line else line for line in text.splitlines()]
    (story,) = told("\n".join(lines))
    assert (story.queue_ids, story.outcome) == (("AAAAAA0001", "BBBBBB0002"), "mixed")


def test_what_the_filter_delivered_stays_delivered_when_its_reply_comes_late() -> None:
    lines = FILTER.strip().splitlines()
    late = [line for line in lines if "queued as BBBBBB0002" in line]
    rest = [line for line in lines if line not in late and "AAAAAA0001: removed" not in line]
    (story,) = told("\n".join([*rest, *late, "postfix/qmgr[3]: AAAAAA0001: removed"]))
    assert {r.to: r.status for r in story.recipients} == {"a@far.example": "sent", "b@far.example": "bounced"}
