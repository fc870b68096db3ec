"""What a report says beyond totals, and how it reads."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest

from benchmarks.generate import Plan
from mailtui.cli.output import Output
from mailtui.cli.report_text import report_lines
from mailtui.maillog.report import report
from mailtui.maillog.report.domains import AS_LOGGED, host_domain
from mailtui.maillog.report.reasons import WarningTexts, reject_reason, remote_reason
from tests.unit.report.support import STAMP, message, report_of, written

KEYS = (
    "first last lines unparsed totals per_day per_hour sender_domains recipient_domains senders recipients deferrals"
    " bounces expired rejects warnings fatals panics smtpd postscreen tls delays dovecot"
)
TOTALS = (
    "received delivered forwarded deferred deferrals bounced expired rejected reject_warnings held discarded"
    " bytes_received bytes_delivered senders sender_domains recipients recipient_domains"
)
SMTPD = f"{STAMP} postfix/smtpd[7]:"


def test_the_keys_other_programs_rely_on(tmp_path: Path) -> None:
    told = report_of(tmp_path, message("0A1B2C3D4E5")).as_json()
    assert set(KEYS.split()) <= set(told)
    assert list(told["totals"]) == TOTALS.split()


def test_top_shortens_lists_but_not_totals(tmp_path: Path) -> None:
    written(Plan(3_000, seed=31, days=1), tmp_path / "mail.log")
    whole = report([tmp_path / "mail.log"], workers=1)
    short = whole.as_json(2)
    assert len(short["senders"]) == len(short["smtpd"]["by_domain"]) == 2
    assert short["senders"] == whole.senders[:2]
    assert short["totals"] == whole.totals
    assert len(short["per_hour"]) == 24
    assert short["smtpd"]["connections"] == whole.smtpd["connections"]


def test_delays_are_told_by_percentile(tmp_path: Path) -> None:
    lines = [
        line.replace("delays=0.1/0/0.1/0.1", f"delays={number / 10}/0/0/3")
        for number in range(100)
        for line in message(f"0A1B2C3D4{number:02}")
    ]
    delays = report_of(tmp_path, lines).delays
    assert delays["before_qmgr"] == {"p50": 4.9, "p90": 8.9, "p95": 9.4, "p99": 9.8, "max": 9.9}
    assert delays["transmission"]["p50"] == delays["transmission"]["max"] == 3


def test_rejects_by_class_code_and_whom(tmp_path: Path) -> None:
    told = "from=<s@bad.example> to=<x@y.example> proto=ESMTP helo=<bad>"
    client = "bad.example[198.51.100.7]"
    found = report_of(tmp_path, [
        f"{SMTPD} NOQUEUE: reject: RCPT from {client}: 554 5.7.1 <x@y.example>: Relay access denied; {told}",
        f"{SMTPD} NOQUEUE: reject: RCPT from {client}: 450 4.1.8 <s@bad.example>: Sender address rejected:"
        f" Domain not found; {told}",
        f"{STAMP} postfix/postscreen[7]: NOQUEUE: reject: RCPT from [198.51.100.7]:4711: 550 5.7.1 Service"
        " unavailable; client [198.51.100.7] blocked using zen.example; from=<s@bad.example>, to=<x@y.example>,"
        " proto=ESMTP, helo=<b>",
        f"{STAMP} postfix/cleanup[7]: 0A1B2C3D4E5: reject: header Subject: reject: RCPT from x; y from {client};"
        f" {told}: 5.7.1 no",
    ])  # fmt: skip
    assert found.rejects["RCPT"] == {
        "Relay access denied": {client: 1},
        "Sender address rejected: Domain not found": {"s@bad.example": 1},
        "blocked using zen.example": {"[198.51.100.7]": 1},
    }
    assert found.rejects["header"] == {"Subject: reject: RCPT from x; y": {client: 1}}
    assert found.reject_classes == {"relaying denied": 1, "sender": 1, "blocklist": 1, "header check": 1}
    assert found.reject_codes == {"450": 1, "550": 1, "554": 1}


def test_sessions_sasl_tls_and_notices(tmp_path: Path) -> None:
    client = "pc.example[192.0.2.7]"
    later = STAMP.replace(":00.0", ":42.0")
    found = report_of(tmp_path, [
        f"{SMTPD} connect from {client}",
        f"{SMTPD} Anonymous TLS connection established from {client}: TLSv1.3 with cipher X (256/256)",
        f"{SMTPD} 0A1B2C3D4E5: client={client}, sasl_method=PLAIN, sasl_username=u@example.org",
        f"{SMTPD} warning: {client}: SASL LOGIN authentication failed: UGFzc3dvcmQ6",
        f"{SMTPD} warning: database /etc/postfix/v.db is older than source file /etc/postfix/v",
        f"{STAMP} postfix/smtpd[8]: table hash:/etc/postfix/v(0,lock|fold_fix) has changed -- restarting",
        f"{SMTPD} NOQUEUE: lost connection after AUTH from {client}",
        f"{later} postfix/smtpd[7]: disconnect from {client} ehlo=1 commands=1",
        f"{later} postfix/anvil[9]: statistics: max connection rate 61/60s for (smtp:192.0.2.7) at Mar  1 10:00:00",
    ])  # fmt: skip
    assert (found.smtpd["connections"], found.smtpd["seconds"], found.smtpd["seconds_max"]) == (1, 42, 42)
    assert found.sasl["users"] == {"u@example.org": 1}
    assert found.sasl["failures_by_address"] == {"192.0.2.7": 1}
    assert found.tls["smtpd"] == {"connections": 1, "trust": {"anonymous": 1}, "protocols": {"TLSv1.3": 1}}
    assert found.notices["database older than its source"] == 1
    assert found.notices["restarted for a changed table"] == 1
    assert found.lost_connections == {"lost connection": {"AUTH": 1}}
    assert found.anvil == [{"what": "connection rate", "client": "smtp:192.0.2.7", "max": 61}]


@pytest.mark.parametrize(
    ("client", "domain"),
    [
        ("mail.a.example.com[192.0.2.1]", "example.com"),
        ("mail.a.b.example.de[192.0.2.1]", "a.b.example.de"),
        ("unknown[192.0.2.1]", "192.0.2.1"),
        ("unknown[2001:db8::1]", "2001:db8::1"),
        ("1.2.0.192.in-addr.arpa[192.0.2.1]", "192.0.2.1"),
        ("localhost[127.0.0.1]", "localhost"),
        ("", ""),
    ],
)
def test_hosts_are_grouped_by_domain(client: str, domain: str) -> None:
    assert host_domain(client) == domain


def test_users_differ_by_case_domains_do_not() -> None:
    assert AS_LOGGED.recipient("User@EXAMPLE.org") == "User@example.org"
    assert AS_LOGGED.recipient("Root") == "Root"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "host mx.x[192.0.2.1] said: 450 4.7.1 <a@b.example>: Recipient address rejected: Greylisted (wait 300 s)"
            " (in reply to RCPT TO command)",
            "Recipient address rejected: Greylisted (wait 300 s)",
        ),
        ("connect to mx.x[192.0.2.1]:25: Connection timed out", "connect: Connection timed out"),
        ("mail for x loops back to myself", "mail for x loops back to myself"),
        ("", ""),
    ],
)
def test_remote_reasons_lose_what_differs(text: str, reason: str) -> None:
    assert remote_reason(text) == reason


def test_reject_and_warning_texts_lose_what_differs() -> None:
    text = "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]; from=<a> to=<b>"
    assert reject_reason(text) == "Client host rejected: cannot find your hostname"
    condensed = WarningTexts().condensed
    assert condensed("hostname h1.x does not resolve to address 192.0.2.1") == condensed(
        "hostname h2.y does not resolve to address 192.0.2.77"
    )
    assert condensed("x[192.0.2.1]: SASL LOGIN failed") == "H[IP]: SASL LOGIN failed"


def test_it_reads_in_eighty_columns_without_escapes(tmp_path: Path) -> None:
    written(Plan(4_000, seed=32, days=2), tmp_path / "mail.log")
    hostile = "\x1b]0;owned\x07[bold]‮"
    lines = (tmp_path / "mail.log").read_text().splitlines()
    lines += message("0A1B2C3D4E5", sender=f"{hostile}@x", to=f"{hostile}@y")
    lines.append(f"{SMTPD} fatal: {hostile} died")
    output = Output(StringIO(), StringIO())
    shown = list(report_lines(report_of(tmp_path, lines), 500, output))
    assert max(map(len, shown)) <= 80
    assert all(line.isprintable() for line in shown)
    assert any("owned" in line for line in shown)
    assert "Totals" in shown and "Dovecot logins by user" in shown
