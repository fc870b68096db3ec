"""Postfix's and Dovecot's configuration, as their own tools print it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtui.host.errors import ToolFailed
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import MasterService, PostfixConfig
from tests.support.tools import Answer, RecordedTools

MASTER = """\
smtp       inet  n       -       y       -       -       smtpd
submission inet  n       -       y       -       -       smtpd -o syslog_name=postfix/submission
127.0.0.1:10025 inet n   -       n       -       -       smtpd
maildrop   unix  -       n       n       -       -       pipe user=vmail argv=/usr/bin/maildrop -d ${recipient}
"""
OVERRIDES = """\
submission/inet/syslog_name = postfix/submission
submission/inet/smtpd_tls_security_level = encrypt
"""


@pytest.fixture
def tools() -> RecordedTools:
    return RecordedTools(
        {
            "postconf -c /etc/postfix-out -x": "mail_version = 3.7.11\nmyhostname = mx.example.org\nrelayhost =\n",
            "postconf -c /etc/postfix-out -nx": "myhostname = mx.example.org\n",
            "postconf -c /etc/postfix-out -M": MASTER,
            "postconf -c /etc/postfix-out -Px": OVERRIDES,
        }
    )


def test_parameters_are_asked_once_of_the_instance_that_was_named(tools: RecordedTools) -> None:
    postfix = PostfixConfig(tools, Path("/etc/postfix-out"))
    assert (postfix.version, postfix.get("myhostname"), postfix.get("relayhost")) == ("3.7.11", "mx.example.org", "")
    assert postfix.get("no_such_parameter") == ""
    assert tools.calls == [("postconf", "-c", "/etc/postfix-out", "-x")]
    assert postfix.set_here == {"myhostname": "mx.example.org"}


def test_services_carry_their_command_and_their_overrides(tools: RecordedTools) -> None:
    smtp, submission, content_filter, maildrop = PostfixConfig(tools, Path("/etc/postfix-out")).services
    assert smtp == MasterService("smtp", "inet", "smtpd", (), chroot=True)
    assert dict(submission.overrides)["smtpd_tls_security_level"] == "encrypt"
    assert content_filter.name == "127.0.0.1:10025"
    assert maildrop.command.endswith("argv=/usr/bin/maildrop -d ${recipient}")


@pytest.mark.parametrize(
    ("said", "version", "new_names"),
    [
        ("2.3.19.1 (9b53102964)\n", "2.3.19.1", False),
        ("2.4.1-4 (7d8c0e5759)\n", "2.4.1-4", True),
        ("2.10.0\n", "2.10.0", True),
    ],
)
def test_dovecot_s_version_tells_which_names_it_knows(said: str, version: str, new_names: bool) -> None:
    dovecot = DovecotConfig(RecordedTools({"dovecot --version": said}))
    assert (dovecot.version, dovecot.new_names) == (version, new_names)


def test_settings_are_asked_by_name_and_one_this_dovecot_does_not_know_is_empty() -> None:
    tools = RecordedTools(
        {
            "doveconf ssl_server_cert_file": "",
            "doveconf log_path": "log_path = syslog\n",
            "doveconf info_log_path": "info_log_path = \n",
            "doveconf mail_path": 'mail_path = "~/my \\"mail\\""\n',
        }
    )
    dovecot = DovecotConfig(tools)
    assert dovecot.get("ssl_server_cert_file") == dovecot.get("info_log_path") == ""
    assert dovecot.get("log_path") == dovecot.get("log_path") == "syslog"
    assert dovecot.get("mail_path") == '~/my "mail"'
    assert len(tools.calls) == 4


def test_a_configuration_dovecot_refuses_is_told_in_its_words() -> None:
    words = "doveconf: Fatal: Error in configuration file /etc/dovecot/dovecot.conf line 7: Unknown section name: foo\n"
    dovecot = DovecotConfig(RecordedTools({"doveconf log_path": Answer(stderr=words, code=89)}))
    with pytest.raises(ToolFailed, match="line 7"):
        dovecot.get("log_path")


def test_a_configuration_that_is_held_is_not_asked_again_when_postconf_refuses_it() -> None:
    said = "postconf: fatal: /etc/postfix/main.cf, line 37: missing '=' after attribute name"
    tools = RecordedTools({"postconf -x": ToolFailed(["postconf"], 1, said)})
    for postfix, asked in ((PostfixConfig(tools).held(), 1), (PostfixConfig(tools), 3)):
        for _ in range(2):
            with pytest.raises(ToolFailed) as refused:
                postfix.get("myhostname")
            assert refused.value.unlock == "mend line 37 of /etc/postfix/main.cf, then try again"
        assert len(tools.calls) == asked


def test_a_dovecot_that_is_held_is_asked_once_for_all_settings_that_it_does_not_hide() -> None:
    everything = (
        'log_path = syslog\nmail_log_prefix = "%s: "\nssl_key = # hidden, use -P to show it\nprotocol imap {\n'
        "  log_path = elsewhere\n}\n"
    )
    tools = RecordedTools({"doveconf -a": everything, "doveconf ssl_key": "ssl_key = </etc/key.pem\n"})
    dovecot = DovecotConfig(tools).held()
    assert [dovecot.get(name) for name in ("log_path", "mail_log_prefix", "ssl_key")] == [
        "syslog",
        "%s:",
        "</etc/key.pem",
    ]
    assert len(tools.calls) == 2
    assert dovecot.again() is dovecot.held() is dovecot
