"""One message, one story: the correlation rules on excerpts as Postfix 3.7 to 3.11 and Dovecot write them."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from mailtui.maillog.stories import StoryBook
from tests.unit.stories.support import events, told

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


def test_a_delivery_is_told_from_arrival_to_mailbox() -> None:
    (story,) = told(DELIVERED)
    assert (story.queue_ids, story.message_ids) == (("4F1A2B3C4D",), ("<a@example.net>",))
    assert (story.sender, story.size, story.client) == ("s@example.net", 1234, "out.example.net[192.0.2.1]")
    assert (story.outcome, story.ended is not None) == ("delivered", True)
    (recipient,) = story.recipients
    assert (recipient.to, recipient.orig_to, recipient.status) == ("u@example.org", "info@example.org", "sent")
    assert recipient.mailbox == "INBOX"
    assert recipient.attempts[0].delays == (0.1, 0.0, 0.1, 0.1)
    assert len(story.lines) == 7


def test_dovecots_line_may_come_before_postfixs() -> None:
    lines = DELIVERED.strip().splitlines()
    lines[4], lines[5] = lines[5], lines[4]
    (story,) = told("\n".join(lines))
    assert story.recipients[0].mailbox == "INBOX"
    assert len(story.lines) == 7


def test_a_bounce_and_its_notification_know_each_other() -> None:
    message, notification = told(BOUNCE_37)
    assert (message.outcome, message.bounces, message.client) == ("bounced", ("BBBBBB0002",), "local")
    assert message.recipients[0].verdict is not None
    assert message.recipients[0].verdict.rule == "unknown_alias"
    assert (notification.parents, notification.sender, notification.outcome) == (("AAAAAA0001",), "", "delivered")


def test_postfix_311_names_the_notification_before_it_appears() -> None:
    lines = BOUNCE_37.strip().splitlines()
    lines[4], lines[5] = lines[5], lines[4]
    assert [(s.queue_ids, s.bounces, s.parents) for s in told("\n".join(lines))] == [
        (("AAAAAA0001",), ("BBBBBB0002",), ()),
        (("BBBBBB0002",), (), ("AAAAAA0001",)),
    ]


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


def test_a_forward_is_followed() -> None:
    (story,) = told(
        """
postfix/smtpd[1]: AAAAAA0001: client=out.example.net[192.0.2.1]
postfix/cleanup[1]: AAAAAA0001: message-id=<w@example.net>
postfix/cleanup[1]: BBBBBB0002: message-id=<w@example.net>
postfix/local[1]: AAAAAA0001: to=<j@mx1>, relay=local, delay=0, dsn=2.0.0, status=sent (forwarded as BBBBBB0002)
postfix/qmgr[1]: AAAAAA0001: removed
postfix/smtp[1]: BBBBBB0002: to=<j@away.example>, orig_to=<j@mx1>, relay=mx.away.example[192.0.2.3]:25, delay=1, dsn=2.0.0, status=sent (250 ok)
postfix/qmgr[1]: BBBBBB0002: removed
"""
    )
    assert {(r.to, r.status) for r in story.recipients} == {("j@mx1", "forwarded"), ("j@away.example", "sent")}
    assert story.outcome == "delivered"


def test_retries_are_attempts_of_one_recipient_and_expiry_ends_them() -> None:
    deferred = "postfix/smtp[1]: AAAAAA0001: to=<x@slow.example>, relay=none, delay={0}, dsn=4.4.1, status=deferred (connect to mx.slow.example[192.0.2.7]:25: Connection timed out)"
    (story,) = told(
        "\n".join(
            [
                "postfix/cleanup[1]: AAAAAA0001: message-id=<d@x>",
                deferred.format(30),
                deferred.format(400),
                "postfix/qmgr[1]: AAAAAA0001: from=<s@example.net>, status=expired, returned to sender",
                "postfix/qmgr[1]: AAAAAA0001: removed",
            ]
        )
    )
    (recipient,) = story.recipients
    assert (recipient.status, len(recipient.attempts), story.outcome) == ("expired", 2, "expired")
    assert recipient.verdict is not None
    assert recipient.verdict.rule == "conn_timeout"


def test_a_deleted_message_is_discarded_not_queued() -> None:
    (story,) = told("postfix/cleanup[1]: AAAAAA0001: message-id=<d@x>\npostfix/postsuper[2]: AAAAAA0001: removed")
    assert (story.outcome, story.ended is not None) == ("discarded", True)


def test_hold_and_release() -> None:
    held = told("postfix/cleanup[1]: AAAAAA0001: message-id=<d@x>\npostfix/postsuper[2]: AAAAAA0001: placed on hold")
    assert held[0].outcome == "held"
    again = "\npostfix/postsuper[2]: AAAAAA0001: released from hold"
    text = "postfix/cleanup[1]: AAAAAA0001: message-id=<d@x>\npostfix/postsuper[2]: AAAAAA0001: placed on hold" + again
    assert told(text)[0].outcome == "queued"


def test_a_requeued_message_keeps_its_story() -> None:
    (story,) = told(
        """
postfix/smtpd[1]: AAAAAA0001: client=out.example.net[192.0.2.1]
postfix/cleanup[1]: AAAAAA0001: message-id=<r@example.net>
postfix/postsuper[2]: AAAAAA0001: requeued
postfix/pickup[3]: BBBBBB0002: uid=1 from=<s@example.net> orig_id=AAAAAA0001
postfix/cleanup[1]: BBBBBB0002: message-id=<r@example.net>
"""
    )
    assert story.queue_ids == ("AAAAAA0001", "BBBBBB0002")


def test_a_reused_queue_id_is_another_message() -> None:
    first, second = told(DELIVERED + DELIVERED.replace("a@example.net", "b@example.net"))
    assert first.message_ids == ("<a@example.net>",)
    assert second.message_ids == ("<b@example.net>",)


def test_the_same_queue_id_on_two_instances_is_two_messages() -> None:
    assert len(told(DELIVERED + DELIVERED.replace("postfix/", "postfix-out/"))) == 2


def test_a_refusal_without_a_queue_file_is_a_story_of_its_own() -> None:
    (story,) = told(
        "postfix/smtpd[1]: NOQUEUE: reject: RCPT from bad.example[192.0.2.66]: 550 5.1.1 <no@example.org>: Recipient "
        "address rejected: User unknown in virtual mailbox table; from=<s@bad.example> to=<no@example.org> proto=ESMTP helo=<bad>"
    )
    assert (story.outcome, story.queue_ids, story.sender) == ("rejected", (), "s@bad.example")
    assert story.recipients[0].verdict is not None
    assert story.recipients[0].verdict.rule == "unknown_vmbox"


def test_a_message_whose_beginning_is_not_in_the_log_is_still_told() -> None:
    (story,) = told(
        "postfix/smtp[1]: AAAAAA0001: to=<x@far.example>, relay=mx[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)"
    )
    assert (story.outcome, story.arrived, story.sender) == ("delivered", None, None)


def test_memory_is_bounded_and_ended_messages_leave_first() -> None:
    book = StoryBook(max_stories=10)
    for number in range(200):
        queue_id = f"AAAAAA{number:04X}"
        text = f"postfix/cleanup[1]: {queue_id}: message-id=<{number}@x>"
        if number % 2:
            text += f"\npostfix/qmgr[1]: {queue_id}: removed"
        for event in events(text):
            book.add(event)
    assert len(book.keys()) <= 10


def test_numbers_no_server_logs_are_taken_for_none() -> None:
    nines = "9" * 5000
    (story,) = told(
        f"postfix/qmgr[1]: AAAAAA0001: from=<s@example.net>, size={nines}, nrcpt=1 (queue active)\n"
        f"postfix/smtp[1]: AAAAAA0001: to=<x@far.example>, relay=mx[192.0.2.1]:25, conn_use={nines}, delay=1, "
        "dsn=2.0.0, status=sent (250 ok)"
    )
    assert story.size is None
    assert story.recipients[0].attempts[0].conn_use == 0


@given(st.randoms(use_true_random=False), st.integers(1, 40))
def test_lines_in_any_order_lost_or_twice_never_break_the_book(shuffle: random.Random, keep: int) -> None:
    mixed = events(DELIVERED + BOUNCE_37 + FILTER)
    chosen = [shuffle.choice(mixed) for _ in range(keep)]
    book = StoryBook(max_stories=5)
    for event in chosen:
        book.add(event)
    stories = [story for story in map(book.story, book.keys()) if story]
    assert len(stories) == len(book.keys())
    for story in stories:
        assert len({line.offset for line in story.lines}) <= len(chosen)
        assert all(book.find(queue_id) for queue_id in story.queue_ids)


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


def test_sessions_are_told_with_the_message_they_served() -> None:
    first, second = told(
        """
postfix/smtpd[1]: connect from out.example.net[192.0.2.1]
postfix/smtpd[1]: Anonymous TLS connection established from out.example.net[192.0.2.1]: TLSv1.3 with cipher X (256/256 bits)
postfix/smtpd[1]: AAAAAA0001: client=out.example.net[192.0.2.1]
postfix/cleanup[2]: AAAAAA0001: message-id=<1@example.net>
postfix/smtpd[1]: AAAAAA0002: client=out.example.net[192.0.2.1]
postfix/cleanup[2]: AAAAAA0002: message-id=<2@example.net>
postfix/smtpd[1]: lost connection after DATA from out.example.net[192.0.2.1]
postfix/smtpd[1]: disconnect from out.example.net[192.0.2.1] ehlo=1 mail=2 rcpt=2 data=2 commands=7
postfix/smtpd[1]: connect from bot.example[192.0.2.66]
postfix/smtpd[1]: disconnect from bot.example[192.0.2.66] commands=0/0
postfix/smtp[5]: connect to a.far.example[198.51.100.1]:25: Connection refused
postfix/smtp[6]: AAAAAA0001: to=<y@near.example>, relay=mx[192.0.2.3]:25, delay=1, dsn=2.0.0, status=sent (250 ok)
postfix/smtp[5]: AAAAAA0002: to=<x@far.example>, relay=b[198.51.100.2]:25, delay=1, dsn=2.0.0, status=sent (250 ok)
"""
    )
    assert [line.offset for line in first.lines][:2] == [0, first.lines[1].offset]
    texts = [line.text.partition(" mx1 ")[2] for line in second.lines]
    assert [text.split(": ", 1)[1][:12] for text in texts] == [
        "AAAAAA0002: ", "AAAAAA0002: ", "lost connect", "disconnect f", "connect to a", "AAAAAA0002: ",
    ]  # fmt: skip
    assert len(first.lines) == 5


def test_a_reused_queue_id_whose_end_was_lost_is_another_message() -> None:
    cut = DELIVERED.replace("postfix/qmgr[102]: 4F1A2B3C4D: removed\n", "")
    first, second = told(cut + DELIVERED.replace("a@example.net", "b@example.net"))
    assert (first.message_ids, second.message_ids) == (("<a@example.net>",), ("<b@example.net>",))
    without_client = "\n".join(line for line in DELIVERED.splitlines() if "client=" not in line)
    assert len(told(cut + without_client.replace("a@example.net", "b@example.net"))) == 2


def test_every_recipient_has_the_mailbox_its_own_session_names() -> None:
    (story,) = told(
        """
postfix/cleanup[2]: AAAAAA0001: message-id=<m@x>
dovecot: lmtp(u@x)<9><SeSsIoN1>: sieve: msgid=<m@x>: stored mail into mailbox 'Junk'
dovecot: lmtp(v@x)<9><SeSsIoN1:2>: msgid=<m@x>: saved mail to INBOX
postfix/lmtp[3]: AAAAAA0001: to=<u@x>, relay=mx1[private/dovecot-lmtp], delay=1, dsn=2.0.0, status=sent (250 2.0.0 <u@x> SeSsIoN1 Saved)
postfix/lmtp[3]: AAAAAA0001: to=<v@x>, relay=mx1[private/dovecot-lmtp], delay=1, dsn=2.0.0, status=sent (250 2.0.0 <v@x> SeSsIoN1:2 Saved)
"""
    )
    assert {r.to: r.mailbox for r in story.recipients} == {"u@x": "Junk", "v@x": "INBOX"}
    assert len(story.lines) == 5


def test_dovecot_lda_is_joined_by_message_id_and_user() -> None:
    (story,) = told(
        """
postfix/cleanup[2]: AAAAAA0001: message-id=<m@x>
postfix/pipe[3]: AAAAAA0001: to=<u@x>, relay=dovecot, delay=1, dsn=2.0.0, status=sent (delivered via dovecot service)
dovecot: lda(u@x)<9><abcdef>: msgid=<m@x>: saved mail to Archive
"""
    )
    assert (story.recipients[0].mailbox, len(story.lines)) == ("Archive", 3)


def test_a_refused_message_is_rejected_and_over_on_either_postfix() -> None:
    text = """
postfix/smtpd[1]: AAAAAA0001: client=out.example.net[192.0.2.1]
postfix/cleanup[2]: AAAAAA0001: message-id=<m@x>
postfix/cleanup[2]: AAAAAA0001: milter-reject: END-OF-MESSAGE from out.example.net[192.0.2.1]: 5.7.1 spam; from=<s@example.net> to=<u@x> proto=ESMTP helo=<h>
"""
    for ending in ("", "postfix/cleanup[2]: AAAAAA0001: removed (canceled)"):
        (story,) = told(text + ending)
        assert (story.outcome, story.recipients[0].status) == ("rejected", "rejected")
        assert story.ended is not None
    (discarded,) = told(
        "postfix/cleanup[2]: AAAAAA0001: message-id=<m@x>\npostfix/cleanup[2]: AAAAAA0001: removed (discarded)"
    )
    assert discarded.outcome == "discarded"


def test_a_recipient_refused_within_a_message_does_not_refuse_the_others() -> None:
    (story,) = told(
        DELIVERED.replace(
            "postfix/cleanup",
            "postfix/smtpd[100]: 4F1A2B3C4D: reject: RCPT from out.example.net[192.0.2.1]: 550 5.1.1 <no@example.org>: "
            "Recipient address rejected: User unknown in local recipient table; from=<s@example.net> "
            "to=<no@example.org> proto=ESMTP helo=<h>\npostfix/cleanup",
        )
    )
    assert {r.to: r.status for r in story.recipients} == {"no@example.org": "rejected", "u@example.org": "sent"}
    assert story.outcome == "mixed"


def test_a_message_that_expires_without_a_known_recipient_has_expired() -> None:
    (story,) = told("postfix/qmgr[1]: AAAAAA0001: from=<s@example.net>, status=expired, returned to sender")
    assert story.outcome == "expired"


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


def test_a_message_of_twenty_thousand_recipients_costs_no_square() -> None:
    book = StoryBook()
    to = "postfix/smtp[1]: AAAAAA0001: to=<u{0}@x>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, dsn=2.0.0, status=sent (250 ok)"
    client = "postfix/smtpd[1]: BBBBBB0002: client=localhost[127.0.0.1], orig_queue_id=AAAAAA0001"
    for event in events("\n".join([to.format(0), client, *(to.format(n) for n in range(1, 20_500))])):
        book.add(event)
    story = book.story(book.keys()[0])
    assert story is not None
    assert len(story.recipients) == 20_000
    assert len(story.lines) == 2_000


def test_those_that_must_leave_are_handed_out() -> None:
    left: list[str] = []
    book = StoryBook(max_stories=3, leaving=lambda story: left.append(story.queue_ids[0]))
    for number in range(6):
        for event in events(f"postfix/cleanup[1]: AAAAAA{number:04X}: message-id=<{number}@x>"):
            book.add(event)
    assert left == ["AAAAAA0000", "AAAAAA0001", "AAAAAA0002"]


@given(st.lists(st.integers(0, 60), max_size=30, unique=True))
def test_lines_lost_make_no_delivery_twice(lost: list[int]) -> None:
    """Whatever is missing, no recipient of the excerpts is sent to more than once, nor bounced beside."""
    kept = [event for number, event in enumerate(events(DELIVERED + BOUNCE_37 + FILTER)) if number not in lost]
    book = StoryBook()
    for event in kept:
        book.add(event)
    stories = [story for story in map(book.story, book.keys()) if story]
    reached = [(r.to, r.status) for story in stories for r in story.recipients if r.status in ("sent", "bounced")]
    said = [e for e in kept if e.event == "delivery" and e.fields["status"] in ("sent", "bounced")]
    assert len(reached) <= len(said)
    assert sum(len(r.attempts) for story in stories for r in story.recipients) == len(said)
