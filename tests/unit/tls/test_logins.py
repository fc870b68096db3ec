"""Who logs in without TLS, or with an old version, out of the lines that Postfix and Dovecot write."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from mailtui.host.errors import UsageError
from mailtui.services.configuration.model import Program
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.listeners import Listener
from mailtui.services.tls.logins import LoginBook, Way, logins_in
from mailtui.services.tls.visitors import Visitors
from tests.support.parsing import parse_lines
from tests.support.tools import RecordedTools

_DOVECOT = "{}-login: Login: user=<{}>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, mpid=11{}, session=<abc>"
LINES = (
    "dovecot: " + _DOVECOT.format("imap", "anna@b.example", ", TLS"),
    "dovecot: " + _DOVECOT.format("pop3", "old@b.example", ""),
    "dovecot: " + _DOVECOT.format("pop3", "old@b.example", ""),
    "dovecot: " + _DOVECOT.format("imap", "web@b.example", ", secured"),
    "dovecot: " + _DOVECOT.format("imap", "ann@b.example", ", TLSv1.1 with cipher AES128-SHA (128/128 bits)"),
    "postfix/smtpd[7]: Anonymous TLS connection established from mx.example[198.51.100.9]: TLSv1 with cipher AES128-SHA"
    " (128/128 bits)",
    "postfix/smtpd[7]: 4ABC100000: client=mx.example[198.51.100.9]",
    "postfix/smtpd[9]: Anonymous TLS connection established from scanner[198.51.100.66]: TLSv1 with cipher AES128-SHA"
    " (128/128 bits)",
    "postfix/submission/smtpd[8]: Anonymous TLS connection established from pc[192.0.2.8]: TLSv1.1 with cipher"
    " AES128-SHA (128/128 bits)",
    "postfix/submission/smtpd[8]: 4ABC100001: client=pc[192.0.2.8], sasl_method=PLAIN, sasl_username=scan@b.example",
    "postfix/submission/smtpd[8]: disconnect from pc[192.0.2.8] ehlo=2 starttls=1 auth=1 commands=4",
    "postfix/smtpd[7]: 4ABC100002: client=pc[192.0.2.8], sasl_method=LOGIN, sasl_username=copier@b.example",
)
TEXT = "".join(f"Nov 20 08:00:{number:02} mx {line}\n" for number, line in enumerate(LINES))


@pytest.fixture
def book() -> LoginBook:
    book = LoginBook()
    for event in parse_lines("log", TEXT.encode().splitlines()):
        book.add(event)
    return book


def names(ways: tuple[Way, ...]) -> set[str]:
    return {way.who for way in ways}


def test_who_breaks_when_tls_is_required(book: LoginBook) -> None:
    assert names(book.without_tls()) == {"old@b.example", "copier@b.example"}
    (way,) = book.without_tls("imap", "pop3")
    assert (way.door, way.count, way.client) == ("pop3", 2, "192.0.2.7")


def test_who_breaks_when_old_versions_go(book: LoginBook) -> None:
    assert {(way.who, way.door, way.tls, way.is_user) for way in book.with_old_versions()} == {
        ("ann@b.example", "imap", "TLSv1.1", True),
        ("mx.example", "smtpd", "TLSv1", False),
        ("scan@b.example", "submission", "TLSv1.1", True),
    }
    assert names(book.with_old_versions("submission")) == {"scan@b.example"}


def test_who_breaks_when_a_port_is_closed(book: LoginBook) -> None:
    assert names(book.through("pop3")) == {"old@b.example"}
    assert names(book.through("smtpd")) == {"copier@b.example"}


def test_a_session_ends_with_its_connection(book: LoginBook) -> None:
    line = b"Nov 20 08:01:00 mx postfix/submission/smtpd[8]: 4ABC100003: client=pc[192.0.2.8], sasl_method=PLAIN, sasl_username=late@b.example"
    for event in parse_lines("log", [line]):
        book.add(event)
    assert {way.tls for way in book.ways if way.who == "late@b.example"} == {""}


def test_in_words(book: LoginBook) -> None:
    first, second = book.evidence(book.through("pop3"), "by POP3")
    assert "1 came by POP3 since" in first and "old@b.example" in first and "2 times by pop3" in second
    assert "nobody" in book.evidence((), "by POP3")[0]
    assert "no log" in LoginBook().evidence((), "by POP3")[0]


def test_whole_files_and_those_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(TEXT)
    with gzip.open(tmp_path / "b.gz", "wt") as file:
        file.write(TEXT)
    (tmp_path / "c.gz").write_bytes(b"\x1f\x8bno")
    book = logins_in([tmp_path / name for name in ("a", "b.gz", "c.gz", "none")])
    assert {way.count for way in book.through("pop3")} == {4}
    assert logins_in([tmp_path / "a"], since=2e10).ways == ()


def listener(protocol: str, port: int, program: Program = "dovecot", service: str = "imap-login/imap") -> Listener:
    return Listener(program, service, "192.0.2.1", port, "mailbox", protocol)


def test_who_came_by_a_port(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_text(TEXT)
    answers = {
        "postconf -M": "submission inet n - y - - smtpd\nsmtp inet n - y - - smtpd\n",
        "postconf -Px": "submission/inet/syslog_name = postfix/submission\n",
        "postconf -x": "syslog_name = postfix\n",
        "postconf -x -o syslog_name=postfix/submission": "syslog_name = postfix/submission\n",
    }
    visitors = Visitors(PostfixConfig(RecordedTools(answers)), lambda _since: [file])
    imap, imaps = listener("imap", 143), listener("imap", 993, service="imap-login/imaps")
    submission, smtp = (listener("smtp", 587, "postfix", f"{name}/inet") for name in ("submission", "smtp"))
    every = (imap, imaps, submission, smtp)
    found = visitors.of(imap, every, days=10_000)
    assert names(found.ways) == {"anna@b.example", "web@b.example", "ann@b.example"} and found.shared
    found = visitors.of(submission, every, days=10_000)
    assert names(found.ways) == {"scan@b.example"} and not found.shared
    assert names(visitors.of(smtp, every, days=10_000).ways) == {"mx.example", "copier@b.example"}
    with pytest.raises(UsageError):
        visitors.of(listener("lmtp", 24), every)
