"""Every form of line is read or counted as unparsed; nothing is dropped and nothing crashes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtui.maillog.report import report
from mailtui.maillog.report.lane import Lane
from mailtui.maillog.report.sections import total
from mailtui.maillog.scan import Part
from tests.unit.report.support import STAMP, message, report_of, report_of_parts

REJECT = (
    "NOQUEUE: reject: RCPT from bad.example[198.51.100.7]: 554 5.7.1 <x@y.example>: Relay access denied;"
    " from=<s@bad.example> to=<x@y.example> proto=ESMTP helo=<bad>"
)
FORMS = {
    "RFC 3339": "2026-03-01T10:00:00.123456+00:00 mx1 postfix/smtpd[7]: {}",
    "RFC 3339, Z": "2026-03-01T10:00:00Z mx1 postfix/smtpd[7]: {}",
    "short-iso": "2026-03-01T10:00:00+0100 mx1 postfix/smtpd[7]: {}",
    "RFC 3164": "Mar  1 10:00:00 mx1 postfix/smtpd[7]: {}",
    "postlogd": "Mar 01 10:00:00 mx1 postfix/smtpd[7]: {}",
    "priority": "<22>Mar  1 10:00:00 mx1 postfix/smtpd[7]: {}",
    "RFC 5424": "<22>1 2026-03-01T10:00:00.5+00:00 mx1 postfix/smtpd 7 - - {}",
    "short-full": "Sun 2026-03-01 10:00:00 UTC mx1 postfix/smtpd[7]: {}",
    "TAI64N": "@4000000069a40f0a077a9e94 mx1 postfix/smtpd[7]: {}",
    "Solaris": "Mar  1 10:00:00 mx1 postfix/smtpd[7]: [ID 197553 mail.info] {}",
    "another instance": "Mar  1 10:00:00 mx1 postfix-out/10025/smtpd[7]: {}",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_header_is_read(form: str, tmp_path: Path) -> None:
    found = report_of(tmp_path, [form.format(REJECT)])
    assert (found.totals["rejected"], found.unparsed) == (1, 0)
    assert found.per_day[0]["date"] == "2026-03-01"


def test_forms_may_change_from_line_to_line(tmp_path: Path) -> None:
    lines = [form.format(REJECT) for form in FORMS.values()] * 3
    found = report_of(tmp_path, ["nothing of a header", *lines, ""])
    assert (found.lines, found.unparsed) == (len(lines) + 2, 2)
    assert found.totals["rejected"] == len(lines)


def test_a_journal_entry_is_a_line(tmp_path: Path) -> None:
    entry = {
        "__REALTIME_TIMESTAMP": "1772359200000000", "_HOSTNAME": "mx1", "SYSLOG_IDENTIFIER": "postfix/smtpd",
        "_PID": "7", "MESSAGE": REJECT,
    }  # fmt: skip
    assert report_of(tmp_path, [json.dumps(entry), '{"no": "entry"}']).totals["rejected"] == 1


def test_a_login_that_failed_in_words_cut_short_ends_without_a_reason(tmp_path: Path) -> None:
    line = "Mar  1 10:00:00 mx1 dovecot: imap-login: Disconnected (tried to use: user=<u@example.org>, rip=192.0.2.7"
    assert report_of(tmp_path, [line]).dovecot["logins_ended"] == {"imap": {"Disconnected (tried to use": 1}}


def test_dovecots_own_log_file(tmp_path: Path) -> None:
    who = "user=<u@example.org>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, mpid=9, TLS, session=<abc>"
    found = report_of(tmp_path, [
        f"Mar 01 10:00:00 imap-login: Info: Login: {who}",
        f"2026-03-01 10:00:01 imap-login: Info: Logged in: {who}",
        "Mar 01 10:00:02 imap(u@example.org)<9><abc>: Error: Corrupted index cache file /x: bad",
        "Mar 01 10:00:03 lmtp(u@example.org)<9><abc>: Info: msgid=<m>: saved mail to INBOX",
    ])  # fmt: skip
    assert found.unparsed == 0
    assert found.dovecot["logins_by_user"] == {"u@example.org": 2}
    assert total(found.dovecot["errors"]) == 1
    assert found.dovecot["saved_by_mailbox"] == {"INBOX": 1}


def test_repeated_messages_count_as_often(tmp_path: Path) -> None:
    """rsyslog wraps the text, BSD syslogd only tells the number."""
    assert report_of(tmp_path, [
        f"{STAMP} postfix/smtpd[7]: message repeated 3 times: [ {REJECT}]",
        f"{STAMP} last message repeated 2 times",
        f"{STAMP} postfix/smtpd[7]: {REJECT}",
        f"{STAMP} last message repeated 4 times",
    ]).totals["rejected"] == 3 + 3 * 2 + 1 + 4  # fmt: skip


def test_a_hand_off_needs_a_message_that_came_back(tmp_path: Path) -> None:
    """A satellite's relay on the local network is no content filter."""
    status = (
        "relay=10.0.0.5[10.0.0.5]:25, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (250 Ok: queued as FEDCBA98765)"
    )
    lines = [line for line in message("0A1B2C3D4E5") if "lmtp" not in line]
    lines.insert(-1, f"{STAMP} postfix/smtp[3]: 0A1B2C3D4E5: to=<b@far.example>, {status}")
    found = report_of(tmp_path, lines)
    assert (found.totals["received"], found.totals["delivered"]) == (1, 1)
    assert found.totals["bytes_delivered"] == 1000


def test_a_filters_queue_id_may_be_another_messages_later(tmp_path: Path) -> None:
    """First a content filter's, told by the reply; then sendmail(1)'s of a pipe filter, told by the Message-ID."""

    def handed(qid: str, agent: str, relay: str, reply: str) -> str:
        where = "delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent"
        return f"{STAMP} postfix/{agent}: {qid}: to=<b@example.org>, relay={relay}, {where} ({reply})"

    inner = [line.replace("mail.far.example[203.0.113.5]", "localhost[127.0.0.1]") for line in message("FEDCBA98765")]
    outer = [line.replace("0A1B2C3D4E5@", "FEDCBA98765@") for line in message("0A1B2C3D4E5")]
    by_smtp = handed("0A1B2C3D4E5", "smtp[3]", "127.0.0.1[127.0.0.1]:10024", "250 Ok: queued as FEDCBA98765")
    piped = [line.replace("0A1B2C3D4E5@", "second@") for line in message("0A1B2C3D4E5", second=30)]
    by_pipe = handed("0A1B2C3D4E5", "pipe[3]", "spamd", "delivered via spamd service")
    back = [line.replace("FEDCBA98765@", "second@") for line in message("FEDCBA98765", second=31)]
    back[0] = f"{STAMP} postfix/pickup[2]: FEDCBA98765: uid=111 from=<a@far.example>"
    first = [*outer[:3], *inner[:3], by_smtp, outer[4], *inner[3:]]
    second = [line.replace("T10:", "T15:") for line in (*piped[:3], by_pipe, piped[4], *back)]
    found = report_of(tmp_path, [*first, *second])
    assert (found.totals["received"], found.totals["delivered"]) == (2, 2)


def test_a_queue_id_may_come_back(tmp_path: Path) -> None:
    again = message("0A1B2C3D4E5", second=30, sender="other@far.example")
    found = report_of(tmp_path, [*message("0A1B2C3D4E5"), *[line.replace("size=1000", "size=7") for line in again]])
    assert (found.totals["received"], found.totals["delivered"]) == (2, 2)
    assert (found.totals["bytes_received"], found.totals["bytes_delivered"]) == (1007, 1007)


def test_hosts_and_instances_do_not_share_queue_ids(tmp_path: Path) -> None:
    lines = message("0A1B2C3D4E5")
    others = [line.replace(" mx1 ", " mx2 ") for line in lines] + [
        line.replace("postfix/", "postfix-in/") for line in lines
    ]
    assert report_of(tmp_path, [*lines[:3], *others, *lines[3:]]).totals["received"] == 3


def test_a_message_from_before_the_log_is_delivered_not_received(tmp_path: Path) -> None:
    found = report_of(tmp_path, message("0A1B2C3D4E5")[3:])
    assert (found.totals["received"], found.totals["delivered"]) == (0, 1)
    assert found.no_size == {"0A1B2C3D4E5": "b@example.org"}


def test_a_message_on_its_way_when_the_log_ends_is_received(tmp_path: Path) -> None:
    assert report_of(tmp_path, message("0A1B2C3D4E5")[:2]).totals["received"] == 1
    late = STAMP.replace("T10:", "T11:")
    lines = [*message("0A1B2C3D4E5")[:2], f"{late} postfix/smtpd[7]: connect from x[192.0.2.1]"]
    assert report_of(tmp_path, lines).totals["received"] == 0


def test_a_rejected_recipient_does_not_refuse_the_message(tmp_path: Path) -> None:
    lines = message("0A1B2C3D4E5")
    lines.insert(1, f"{STAMP} postfix/smtpd[7]: {REJECT.replace('NOQUEUE', '0A1B2C3D4E5')}")
    found = report_of(tmp_path, lines)
    assert (found.totals["received"], found.totals["rejected"]) == (1, 1)


def test_what_was_held_before_it_had_a_queue_file_is_received(tmp_path: Path) -> None:
    what = "<b>: Recipient address triggers HOLD action; from=<a> to=<b>"
    hold = f"NOQUEUE: hold: RCPT from mail.far.example[203.0.113.5]: {what}"
    late = STAMP.replace("T10:", "T23:")
    lines = [f"{STAMP} postfix/smtpd[7]: {hold}", *message("0A1B2C3D4E5")[:2], f"{late} postfix/anvil[2]: idle"]
    found = report_of(tmp_path, lines)
    assert (found.totals["received"], found.totals["held"]) == (1, 1)


def test_unknown_statuses_are_no_deliveries(tmp_path: Path) -> None:
    status = "to=<b@x.example>, relay=mx[192.0.2.9]:25, delay=1, delays=1/0/0/0, dsn=2.1.5, status={} (250 ok)"
    lines = [f"{STAMP} postfix/smtp[3]: 0A1B2C3D4E5: {status.format(word)}" for word in ("deliverable", "SOFTBOUNCE")]
    found = report_of(tmp_path, lines)
    assert (found.totals["delivered"], found.totals["deferrals"], found.totals["bounced"]) == (0, 1, 0)


LINE_PIECES = st.sampled_from([
    "2026-03-01T10:00:00.000000+00:00 mx1 ", "Mar  1 10:00:00 mx1 ", "Feb 31 10:00:00 mx1 ",
    "postfix/smtpd[7]: ", "postfix/qmgr[9]: ", "postfix/smtp[1]: ", "postfix/cleanup[8]: ", "postfix/pickup[8]: ",
    "postfix/postsuper[8]: ", "dovecot: ", "imap-login: ", "0A1B2C3D4E5: ", "NOQUEUE: ", "client=", "x[192.0.2.1]",
    "from=<a@b>, size=1, nrcpt=1", " (queue active)", "removed", "to=<a@b>, relay=none, delay=1, delays=1/0/0/0, ",
    "dsn=4.0.0, status=deferred (x", "status=expired, returned to sender", "connect from ", "disconnect from ",
    "reject: ", "RCPT from ", "hold: header ", "warning: ", "fatal: ", "message repeated 3 times: [ ",
    "last message repeated 2 times", "msgid=<x>: saved mail to ", "delays=", "uid=0 from=<root>", "orig_queue_id=", "9" * 400,
    ", ", "<", ">", "(", "[", "]", ":", "\x00", "\r", "é", "\udcff",
])  # fmt: skip


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.lists(LINE_PIECES, max_size=9).map("".join), max_size=12))
def test_no_arrangement_of_words_breaks_it(lines: list[str], tmp_path: Path) -> None:
    found = report_of(tmp_path, lines)
    assert found.lines == len(lines)
    json.dumps(found.as_json(5), allow_nan=False)
    compared = report([tmp_path / "mail.log"], compat=True)
    assert compared.lines == len(lines)
    json.dumps(compared.as_json(), allow_nan=False)


@settings(max_examples=150)
@given(data=st.binary(max_size=400))
def test_no_bytes_break_it(data: bytes) -> None:
    lane = Lane()
    lane.feed(data.decode("utf-8", "surrogateescape").split("\n"))
    lane.finish()
    assert lane.tally.unparsed <= lane.tally.lines == data.count(b"\n") + 1


def test_a_line_of_a_megabyte_and_half_a_line_at_the_end(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_bytes(b"x" * 1_000_000 + b"\n" + f"{STAMP} postfix/smtpd[7]: {REJECT}".encode())
    found = report_of_parts([Part(log)])
    assert (found.lines, found.unparsed, found.totals["rejected"]) == (2, 1, 1)


def test_nothing_to_read(tmp_path: Path) -> None:
    (tmp_path / "mail.log").touch()
    found = report([tmp_path / "mail.log"])
    assert (found.first, found.last, found.lines, found.totals["received"]) == (None, None, 0, 0)
    assert report([]).lines == 0


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damaged_byte_breaks_it(data: st.DataObject, tmp_path: Path) -> None:
    """Any byte of a good log may be another, in a stamp as well."""
    lines = "\n".join([*message("0A1B2C3D4E5"), FORMS["RFC 3164"].format(REJECT), *message("0A1B2C3D4E6", second=9)])
    damaged = bytearray(lines.encode())
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    log = tmp_path / "mail.log"
    log.write_bytes(damaged)
    found = report_of_parts([Part(log)])
    assert found.lines == damaged.removesuffix(b"\n").count(b"\n") + 1
    json.dumps(found.as_json())
