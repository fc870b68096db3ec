"""What lines of Dovecot and Postfix say of a login, as they write them."""

from __future__ import annotations

import pytest

from mailtui.maillog.model import LineRef
from mailtui.services.probes.meanings import meanings


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("auth: Info: passwd-file(anna,192.0.2.1,<x>): Password mismatch", "not the one in passdb"),
        ("auth: Info: sql(anna,192.0.2.1): unknown user (SHA1 of given password: 5e88)", "does not know this user"),
        ("auth: Info: passdb(anna,192.0.2.1): allow_nets check failed: IP not in allowed networks", "allow_nets"),
        ("auth: Error: sql(anna,192.0.2.1): Password query failed: no connection", "could not be asked"),
        ("imap-login: Info: Disconnected (auth service reported temporary failure): user=<anna>", "could not be asked"),
        ("imap(anna)<1><x>: Error: stat(/var/vmail/anna) failed: Permission denied (euid=5000)", "may not be read"),
        (
            "imap-login: Info: Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
            "as many",
        ),
        ("postfix/smtpd[1]: warning: SASL: Connect to private/auth failed: No such file or directory", "auth socket"),
        ("postfix/smtpd[1]: fatal: no SASL authentication mechanisms", "auth socket"),
        ("imap(anna): Error: User not found from userdb", "userdb does not know"),
    ],
)
def test_a_line_of_the_log_is_told_in_words(line: str, word: str) -> None:
    assert any(word in told for told in meanings([LineRef("log", 0, line)]))


@pytest.mark.parametrize(
    "line",
    [
        "imap-login: Info: Login: user=<anna>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.2, TLS, session=<x>",
        "postfix/smtpd[1]: connect from unknown[192.0.2.1]",
    ],
)
def test_lines_that_say_nothing_wrong(line: str) -> None:
    assert meanings([LineRef("log", 0, line)]) == ()
