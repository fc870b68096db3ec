"""No password that a log holds goes any further."""

import json

import pytest

from mailtui.maillog.grammar.secrets import MASK
from mailtui.maillog.parser import Parser

from .lines import parsed

SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    "message",
    [
        f"auth: passwd-file(u,192.0.2.9): Password mismatch (given password: {SECRET})",
        f"auth: passwd-file(u,192.0.2.9): Password mismatch (given password: a) {SECRET})",
        f"auth: passwd-file(u,192.0.2.9): unknown user (SHA1 of given password: {SECRET})",
        f"auth(u,192.0.2.9,sasl:plain)<S3ss>: passwd-file: Password mismatch (given password: {SECRET})",
        f"auth-worker(7): Info: conn unix:auth-worker (pid=1): auth-worker<1>: sql(u): x (given password: {SECRET})",
        f"auth: Debug: sql(u,192.0.2.9): PLAIN({SECRET}) != '{{SHA256-CRYPT}}$5${SECRET}'",
        f"auth: Debug: client in: AUTH\t1\tPLAIN\tservice=imap\tresp={SECRET}",
        f"auth: Debug: client passdb out: OK\t1\tuser=u\tpass={SECRET}",
        f"auth: Debug: Generating CRAM-MD5 from user 'u', password '{SECRET}'",
        f"auth: Debug: auth(u): Credentials: {SECRET}",
    ],
)
def test_dovecots_passwords_are_masked(message: str) -> None:
    event = parsed("dovecot", message)
    assert SECRET not in repr(event)
    assert MASK in event.text


@pytest.mark.parametrize(
    "message",
    [
        f"< mail.example.net[192.0.2.9]: AUTH PLAIN {SECRET}",
        f"< mail.example.net[192.0.2.9]: {SECRET}==",
        f"> mx.example.org[192.0.2.9]:587: {SECRET}",
        f"smtpd_sasl_authenticate: sasl_method PLAIN, init_response {SECRET}",
    ],
)
def test_a_verbose_postfix_tells_no_passwords(message: str) -> None:
    event = parsed("postfix/smtpd[1]", message)
    assert event.event == "debug"
    assert SECRET not in repr(event)


@pytest.mark.parametrize("command", ["DATA", "QUIT", "RSET", "EHLO mail.example.net", "RCPT TO:<u@example.org>"])
def test_commands_are_no_secrets(command: str) -> None:
    assert parsed("postfix/smtpd[1]", f"< x[192.0.2.9]: {command}").text.endswith(command)


def test_dovecots_own_hiding_is_left_alone() -> None:
    message = "auth: Debug: client in: AUTH\t1\tPLAIN\tresp=<hidden>"
    assert parsed("dovecot", message).text == message


def test_neither_a_line_without_header_nor_one_too_long_leaks() -> None:
    assert SECRET not in repr(Parser().parse(f"no header (given password: {SECRET})".encode()))
    assert SECRET not in repr(parsed("dovecot", f"auth: {'x' * 9500} (given password: {SECRET})"))


def test_nor_does_a_journal_entry() -> None:
    entry = {"MESSAGE": f"auth: sql(u): Password mismatch (given password: {SECRET})", "SYSLOG_IDENTIFIER": "dovecot"}
    assert SECRET not in repr(Parser().parse(json.dumps(entry).encode()))
