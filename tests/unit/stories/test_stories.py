"""One message, one story: the correlation rules on excerpts as Postfix 3.7 to 3.11 and Dovecot write them."""

from __future__ import annotations

from tests.unit.stories.support import BOUNCE_37, DELIVERED, told


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
