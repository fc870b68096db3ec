"""What is told of a failure: what it was, and what can be done."""

from __future__ import annotations

import pytest

from mailtui.host.errors import HostError, ToolFailed, ToolMissing


@pytest.mark.parametrize(
    ("message", "unlock", "told"),
    [
        ("Dovecot is stopped", "start it", "Dovecot is stopped; start it"),
        ("No mail log was found.", "Name one.", "No mail log was found. Name one."),
        ("it is gone", "", "it is gone"),
    ],
)
def test_the_next_step_stands_behind_the_failure(message: str, unlock: str, told: str) -> None:
    assert HostError(message, unlock=unlock).told == told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "/usr/sbin/postconf: fatal: /etc/postfix/main.cf, line 3: missing '='",
            "postconf: fatal: /etc/postfix/main.cf, line 3: missing '='; mend line 3 of /etc/postfix/main.cf",
        ),
        (
            "doveconf: Fatal: Error in configuration file /etc/dovecot/dovecot.conf line 2: Garbage after '{'",
            "doveconf: Fatal: Error in configuration file /etc/dovecot/dovecot.conf line 2: Garbage after '{'; mend line 2",
        ),
        ("postqueue: fatal: mail system is down", "postqueue: fatal: mail system is down"),
    ],
)
def test_the_line_that_a_program_cannot_read_is_named(said: str, told: str) -> None:
    assert ToolFailed([said.partition(":")[0].rpartition("/")[2]], 1, said).told.startswith(told)


def test_a_missing_program_is_found_in_its_package() -> None:
    assert ToolMissing("doveadm").told == "doveadm is not installed; apt install dovecot-core"
    assert ToolMissing("frobnicate").told == "frobnicate is not installed"


@pytest.mark.parametrize(
    ("tool", "said", "status"),
    [
        ("postconf", "postconf: fatal: anything", 3),
        ("postqueue", "postqueue: fatal: /etc/postfix/main.cf, line 36: missing '='", 3),
        ("postqueue", "postqueue: fatal: bad boolean configuration: soft_bounce = maybe", 3),
        ("postcat", "postcat: fatal: open /etc/postfix/main.cf: No such file or directory", 3),
        ("postmap", "postmap: fatal: bad string length 0 < 1: mail_version =", 3),
        ("doveadm", "doveconf: Fatal: Error in configuration file /etc/dovecot/conf.d/x line 7: Unknown setting", 3),
        ("postmap", "postmap: warning: /etc/postfix/virtual, line 3: expected format: key whitespace value", 1),
        ("postsuper", "postsuper: fatal: invalid queue ID", 1),
    ],
)
def test_a_program_that_cannot_read_its_configuration_does_not_work(tool: str, said: str, status: int) -> None:
    assert ToolFailed([tool], 1, said).exit_code == status
