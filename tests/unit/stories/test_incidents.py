"""One cause is one incident: who must act, what waits, what was lost, what has passed; bounded whatever comes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.maillog.data import table
from mailtui.maillog.incident_group import MAX_EVENTS, MAX_QUEUE_IDS
from mailtui.maillog.incident_known import KEPT
from mailtui.maillog.incident_trouble import rows
from mailtui.maillog.incidents import MAX_GROUPS, IncidentBook
from mailtui.maillog.parser import Parser
from tests.unit.stories.support import book, events, incidents, only

DEFERRED = (
    "postfix/smtp[9]: AAAA{0:06X}: to=<u{0}@{1}>, relay=none, delay=30, delays=0/0/30/0, dsn=4.4.1, "
    "status=deferred (connect to mx.{1}[192.0.2.9]:25: Connection timed out)"
)
SENT = (
    "postfix/smtp[9]: AAAA{0:06X}: to=<u{0}@{1}>, relay=mx.{1}[192.0.2.9]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, "
    "status=sent (250 ok)"
)
EXPIRED = "postfix/qmgr[2]: AAAA{0:06X}: from=<s@example.org>, status=expired, returned to sender"
REMOVED = "postfix/qmgr[2]: AAAA{0:06X}: removed"
BOUNCED = (
    "postfix/smtp[9]: AAAA{0:06X}: to=<u@{1}>, relay=mx.{1}[192.0.2.9]:25, delay=1, delays=0/0/1/0, dsn=5.7.26, "
    "status=bounced (host mx.{1}[192.0.2.9] said: 550 5.7.26 Unauthenticated email is not accepted "
    "(in reply to end of DATA command))"
)
LMTP_UNKNOWN = (
    "postfix/lmtp[9]: AAAA000001: to=<gone@lab.example>,{0} relay=mx[private/dovecot-lmtp], delay=1, dsn=5.1.1, "
    "status=bounced (host mx[private/dovecot-lmtp] said: 550 5.1.1 <gone@lab.example> User doesn't exist: "
    "gone@lab.example (in reply to RCPT TO command))"
)
REFUSED = (
    "postfix/smtpd[1]: NOQUEUE: reject: RCPT from bot.example[192.0.2.66]: {0}; from=<s@bot.example> "
    "to=<no@example.org> proto=ESMTP helo=<bot>"
)


def test_one_destination_is_theirs() -> None:
    incident = only(*(DEFERRED.format(n, "shop.example") for n in range(42)))
    assert incident.title == "42 messages deferred: no answer from the server (shop.example)"
    assert (incident.count, incident.messages, incident.recipients) == (42, 42, 42)
    assert (incident.severity, incident.cause) == ("warning", "network")
    assert incident.first <= incident.last
    assert incident.queue_ids[0] == "AAAA000029"
    assert "Connection timed out" in incident.samples[0].text


def test_messages_are_counted_right_though_not_all_are_kept() -> None:
    bounced = only(*(BOUNCED.format(n, "shop.example") for n in range(KEPT + 500)))
    assert (bounced.messages, bounced.title.split()[0]) == (KEPT + 500, str(KEPT + 500))


def test_a_message_that_waits_counts_once_however_many_came_between() -> None:
    lines = [DEFERRED.format(n, "shop.example") for n in range(KEPT + 500)]
    assert only(*lines, lines[0], lines[1]).messages == KEPT + 500


def test_one_cause_at_many_destinations_and_none_reached_is_ours() -> None:
    lines = [DEFERRED.format(n, f"d{n}.example") for n in range(4)]
    incident = only(*lines)
    assert (incident.severity, incident.who) == ("error", "us")
    assert incident.title == "4 messages deferred: no answer from the server (d0.example, d1.example and 2 more)"
    assert len(book(*lines).events(incident.id)) == 4


def test_many_destinations_among_many_reached_are_theirs() -> None:
    incident = only(
        *(DEFERRED.format(n, f"d{n}.example") for n in range(6)),
        *(SENT.format(100 + n, f"ok{n}.example") for n in range(20)),
    )
    assert (incident.severity, incident.who) == ("warning", "remote")


def test_what_is_delivered_later_has_healed() -> None:
    waiting = [DEFERRED.format(n, "shop.example") for n in range(2)]
    half = only(*waiting, SENT.format(0, "shop.example"), REMOVED.format(0))
    assert (half.severity, half.title[:18]) == ("warning", "1 message deferred")
    healed = only(*waiting, SENT.format(0, "shop.example"), SENT.format(1, "shop.example"))
    assert healed.severity == "notice"
    assert healed.title == "2 messages delayed, all delivered since: no answer from the server (shop.example)"
    assert healed.action.startswith("Nothing more")
    assert healed.id == half.id


def test_what_has_left_the_queue_waits_no_more() -> None:
    deleted = "postfix/postsuper[3]: AAAA000000: removed"
    assert only(DEFERRED.format(0, "shop.example"), deleted).severity == "notice"


def test_what_expires_is_lost_for_the_cause_it_waited_for() -> None:
    incident = only(
        DEFERRED.format(0, "shop.example"), DEFERRED.format(1, "shop.example"), EXPIRED.format(0), REMOVED.format(0)
    )
    assert incident.title == "1 message deferred, 1 returned: no answer from the server (shop.example)"
    unknown = only(EXPIRED.format(7))
    assert unknown.title == "1 message returned: given up after maximal_queue_lifetime"


def test_a_recipient_that_fails_for_another_reason_waits_for_that_one() -> None:
    refused = DEFERRED.format(0, "shop.example").replace("Connection timed out", "Connection refused")
    first, second = sorted(
        incidents(DEFERRED.format(0, "shop.example"), refused), key=lambda incident: incident.severity
    )
    assert (first.severity, first.title[:17]) == ("notice", "1 message delayed")
    assert (second.severity, second.title[:18]) == ("warning", "1 message deferred")


def test_what_only_has_to_wait_is_no_error_behind_our_own_relay_either() -> None:
    greylisted = "dsn=4.7.1, status=deferred (host mx said: 450 4.7.1 Greylisted, try again in 60 seconds)"
    incident = only(
        f"postfix/smtp[9]: AAAA000001: to=<u@example.org>, relay=mx[127.0.0.1]:10025, delay=1, {greylisted}"
    )
    assert (incident.who, incident.severity) == ("wait", "warning")


def test_what_is_about_us_is_one_incident_whoever_says_it() -> None:
    incident = only(*(BOUNCED.format(n, f"d{n}.example") for n in range(3)))
    assert (incident.severity, incident.who, incident.cause) == ("error", "us", "auth-dmarc")
    assert incident.title.startswith("3 messages returned: the message passed neither SPF nor DKIM (d0.example, ")


def test_an_alias_that_leads_nowhere_is_ours() -> None:
    incident = only(LMTP_UNKNOWN.format(" orig_to=<leaver@alias.example>,"))
    assert (incident.severity, incident.who) == ("error", "us")
    assert "leaver@alias.example → gone@lab.example" in incident.title
    assert only(LMTP_UNKNOWN.format("")).severity == "warning"


@pytest.mark.parametrize(
    ("reason", "severity", "who"),
    [
        ("554 5.7.1 <no@example.org>: Relay access denied", "notice", "us / remote"),
        ("550 5.1.1 <no@example.org>: Recipient address rejected: User unknown in virtual mailbox table", "notice", ""),
        ("451 4.3.5 Server configuration error", "error", "us"),
        ("451 4.3.0 <no@example.org>: Temporary lookup failure", "error", "us"),
        ("452 4.3.1 Insufficient system storage", "error", "us / remote"),
        ("554 5.7.1 Service unavailable; Client host [192.0.2.66] blocked using zen.example; x", "notice", "wait"),
        ("554 5.7.1 Service unavailable; blocked using zen.example; 127.255.255.254 Query Refused", "error", "us"),
        ("450 4.2.0 <no@example.org>: Recipient address rejected: Greylisted", "notice", "wait"),
        ("553 5.7.1 <a@example.org>: Sender address rejected: not owned by user b", "warning", "sender"),
        ("504 5.5.2 <bot>: Helo command rejected: need fully-qualified hostname", "notice", "remote"),
        ("550 5.9.9 zork", "notice", ""),
    ],
)
def test_of_what_we_refuse_only_what_matters_is_more_than_a_notice(reason: str, severity: str, who: str) -> None:
    incident = only(REFUSED.format(reason))
    assert incident.severity == severity
    assert not who or incident.who == who
    assert incident.title.startswith("1 attempt refused: ")


def test_a_milter_that_asks_to_try_again_is_ours_now() -> None:
    incident = only(
        "postfix/cleanup[1]: AAAA000001: milter-reject: END-OF-MESSAGE from a.example[192.0.2.1]: 4.7.1 Service "
        "unavailable - try again later; from=<a@a.example> to=<b@example.org> proto=ESMTP helo=<a>"
    )
    assert (incident.severity, incident.who, incident.cause) == ("error", "us", "config-local")


def test_logins_are_counted_by_address_and_user() -> None:
    incident = only(
        *(
            f"postfix/smtpd[1]: warning: unknown[192.0.2.{n % 3}]: SASL LOGIN authentication failed: bad, "
            f"sasl_username=user{n}"
            for n in range(9)
        )
    )
    assert (incident.count, incident.recipients, incident.severity) == (9, 9, "notice")
    assert incident.title == "9 × SMTP logins refused (192.0.2.0, 192.0.2.1 and 1 more)"


def test_a_process_that_dies_is_told_of_once() -> None:
    incident = only(
        "postfix/smtpd[77]: fatal: open database /etc/postfix/x.db: No such file or directory",
        "postfix/master[1]: warning: process /usr/lib/postfix/sbin/smtpd pid 77 exit status 1",
    )
    assert (incident.severity, incident.count) == ("error", 1)


@pytest.mark.parametrize(
    ("line", "severity", "word"),
    [
        ("postfix/smtpd[1]: warning: TLS library problem: error:x:ssl/rec.c:1:SSL alert number 45:", "warning", "our"),
        ("postfix/smtpd[1]: warning: TLS library problem: error:x:no shared cipher:ssl/x.c:1:", "notice", "handshakes"),
        ("postfix/master[1]: panic: something impossible", "error", "panic"),
        ("postfix/trivial-rewrite[1]: warning: database /etc/postfix/v.db is older than source file /etc/postfix/v",
         "error", "compiled"),
        ("dovecot: lmtp(u@x.example)<1><S>: msgid=<m>: save failed to INBOX: Quota exceeded (mailbox for user is full)",
         "warning", "full"),
        ("dovecot: imap(u@x.example)<1><S>: Panic: file mail-index.c: line 12 (f): assertion failed: (x)",
         "error", "crashed"),
        ("postfix/smtpd[1]: warning: something nobody has ever seen", "warning", "nobody has ever seen"),
    ],
)  # fmt: skip
def test_warnings_and_errors_are_incidents(line: str, severity: str, word: str) -> None:
    incident = only(line)
    assert incident.severity == severity
    assert word in incident.title


def test_every_trouble_has_its_words_and_only_known_fields() -> None:
    for name, own in rows().items():
        # What none of the rows of these fits is told in its own words, or is no trouble.
        is_general = name in ("fatal", "error", "warning", "panic", "*", "master-note")
        assert is_general or not own[-1].text, "the last row of an event must fit any text"
    for row in table("troubles"):
        assert row["severity"] in ("error", "warning", "notice")
        assert set(row["who"].split(" / ")) <= {"us", "remote", "recipient", "sender", "wait"}
        optional = {"text", "by", "of", "users", "wide"}
        assert set(row) - optional == {"events", "cause", "severity", "who", "title", "action"}


def test_lines_that_syslog_counted_are_counted() -> None:
    head, trouble = "Mar  3 10:00:00 mx1 ", "postfix/smtpd[1]: warning: something odd"
    assert only(trouble, "Mar  3 10:00:01 last message repeated 7 times").count == 8
    assert only(f"{head}postfix/smtpd[1]: message repeated 3 times: [ warning: something odd]").count == 4
    endless = "9" * 5000
    assert only(f"{head}postfix/smtpd[1]: message repeated {endless} times: [ warning: something odd]").count > 0
    assert only(trouble, f"Mar  3 10:00:01 last message repeated {endless} times").count > 0
    assert incidents("Mar  3 10:00:01 last message repeated 7 times") == ()


def test_the_names_of_incidents_are_the_same_in_every_run() -> None:
    assert only(DEFERRED.format(0, "shop.example")).id == "delivery-f8c53a3d"


def test_memory_is_bounded() -> None:
    incidents = IncidentBook()
    parser = Parser("mail.log", now=1_800_000_000.0)
    for n in range(1500):
        for text in (
            DEFERRED.format(n, f"d{n}.example"),
            f"postfix/smtpd[1]: warning: trouble of kind {'x' * (n % 700)}",
            LMTP_UNKNOWN.format(f" orig_to=<a{n}@alias.example>,"),
        ):
            incidents.add(parser.parse(f"Mar  3 10:00:00 mx1 {text}".encode()))
    shown = incidents.incidents()
    assert len(shown) <= MAX_GROUPS
    for incident in shown:
        assert len(incident.queue_ids) <= MAX_QUEUE_IDS
        assert len(incidents.events(incident.id)) <= MAX_EVENTS
        assert len(incident.title) < 400


MIXED = events(
    "\n".join(
        [
            *(DEFERRED.format(n, f"d{n % 7}.example") for n in range(12)),
            *(SENT.format(n, f"d{n % 7}.example") for n in range(12)),
            *(EXPIRED.format(n) for n in range(0, 12, 3)),
            *(REMOVED.format(n) for n in range(12)),
            *(BOUNCED.format(n, "x.example") for n in range(3)),
            LMTP_UNKNOWN.format(""),
            REFUSED.format("554 5.7.1 <no@example.org>: Relay access denied"),
            "postfix/smtpd[77]: fatal: x",
            "postfix/master[1]: warning: process /usr/lib/postfix/sbin/smtpd pid 77 exit status 1",
        ]
    )
)


@given(st.randoms(use_true_random=False), st.integers(0, 80))
def test_lines_in_any_order_lost_or_twice_keep_the_totals(shuffle: random.Random, keep: int) -> None:
    incidents = IncidentBook()
    chosen = [shuffle.choice(MIXED) for _ in range(keep)]
    for event in chosen:
        incidents.add(event)
    shown = incidents.incidents()
    assert sum(incident.count for incident in shown) <= 2 * len(chosen)
    assert len({incident.id for incident in shown}) == len(shown)
    for incident in shown:
        assert incident.count >= 1
        assert incident.messages <= incident.count
        assert incident.first <= incident.last
        assert incidents.events(incident.id)
        assert incident.severity in ("error", "warning", "notice")
