"""What else kept a message back is explained from this machine's own settings, and what cannot be asked is said."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from mailtui.host.errors import MailtuiError, PermissionDenied, ToolMissing
from mailtui.services.explain.userdb import user_databases
from tests.support.tools import Answer
from tests.unit.stories.explaining import DOVECOT_24, LMTP_REASON, a_recipient, a_story, explained

NO_SUCH_KEY = Answer(code=1)


def test_userdb_blocks_of_both_dovecots() -> None:
    assert user_databases(DOVECOT_24) == ("passwd-file /etc/dovecot/users",)
    assert user_databases("userdb {\n  driver = passwd\n}\n") == ("passwd",)
    assert user_databases("protocol imap {\n}\n") == ()


def test_relay_denied_says_whose_domain_it_is() -> None:
    recipient = a_recipient("victim@far.example", "<victim@far.example>: Relay access denied", status="rejected")
    explanation = explained(recipient, postfix={"mydestination": "localhost", "mynetworks": "127.0.0.0/8"})
    assert "far.example is in none of mydestination, virtual_alias_domains" in explanation.evidence[0]
    assert "The client c.example[192.0.2.1] had not logged in" in explanation.evidence
    assert len(explanation.next_steps) == 3


@pytest.fixture
def queue_directory() -> Iterator[Path]:
    with TemporaryDirectory() as folder:  # short enough for a socket's name
        (Path(folder) / "private").mkdir()
        yield Path(folder)


def test_a_missing_socket_is_named_with_who_names_it(queue_directory: Path) -> None:
    path = queue_directory / "private/dovecot-lmtp"
    reason = "connect to mx.lab.example[private/dovecot-lmtp]: No such file or directory"
    recipient = a_recipient("a@lab.example", reason, status="deferred")
    postfix = {"queue_directory": str(queue_directory), "virtual_transport": "lmtp:unix:private/dovecot-lmtp"}
    missing = explained(recipient, postfix=postfix)
    assert missing.evidence[:3] == (
        f"{path}: there is no such file",
        "virtual_transport = lmtp:unix:private/dovecot-lmtp",
        f"Dovecot's configuration has no unix_listener {path}",
    )
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        path.chmod(0o600)
        there = explained(recipient, postfix=postfix, dovecot=f"service lmtp {{\n  unix_listener {path} {{\n")
    assert there.evidence[0].startswith(f"{path}: a socket, mode 0600, owner ")
    assert there.evidence[2] == f"Dovecot's configuration has unix_listener {path}"


def test_a_relayhost_login_shows_the_key_and_never_the_password() -> None:
    explanation = explained(
        a_recipient(
            "a@far.example",
            "SASL authentication failed; server smtp.provider.example[192.0.2.9] said: 535 5.7.8 Error",
            status="deferred",
            relay="smtp.provider.example[192.0.2.9]:587",
        ),
        {"postmap -q [smtp.provider.example]:587 hash:/etc/postfix/sasl": "user:s3cret\n"},
        postfix={
            "relayhost": "[smtp.provider.example]:587",
            "smtp_sasl_password_maps": "hash:/etc/postfix/sasl",
            "smtp_sasl_auth_enable": "yes",
        },
    )
    assert "smtp_sasl_password_maps has an entry for [smtp.provider.example]:587" in explanation.evidence
    assert "s3cret" not in repr(explanation)


def test_tls_policy_in_force_is_found_by_the_parent_domain() -> None:
    table = "hash:/etc/postfix/tls_policy"
    explanation = explained(
        a_recipient(
            "a@mail.bank.example", "TLS is required, but was not offered by host mx[192.0.2.4]", status="deferred"
        ),
        {
            f"postmap -q mail.bank.example {table}": NO_SUCH_KEY,
            f"postmap -q .bank.example {table}": "encrypt\n",
        },
        postfix={"smtp_tls_security_level": "may", "smtp_tls_policy_maps": table},
    )
    assert explanation.evidence == (
        "smtp_tls_security_level = may",
        f"smtp_tls_policy_maps ({table}) asks for encrypt at .bank.example",
    )


def test_retries_are_told_for_what_passes_by_itself() -> None:
    explanation = explained(
        a_recipient(
            "a@grey.example",
            "host mx.grey.example[192.0.2.7] said: 450 4.2.0 <a@grey.example>: Greylisted, try later",
            status="deferred",
            relay="mx.grey.example[192.0.2.7]:25",
        ),
        postfix={
            "minimal_backoff_time": "300s",
            "maximal_backoff_time": "4000s",
            "maximal_queue_lifetime": "5d",
        },
    )
    assert explanation.evidence[0].startswith("Postfix tries again after 5m at first, later every 1h")
    assert explanation.evidence[1].startswith("It gives up 1970-01-0")


def test_a_size_limit_of_ours_stands_beside_the_size_of_the_message() -> None:
    recipient = a_recipient("a@b.example", "552 5.3.4 Message size exceeds fixed limit", status="rejected", dsn="5.3.4")
    explanation = explained(
        recipient, postfix={"message_size_limit": "10240000"}, story=a_story(recipient, size=20_480_000)
    )
    assert explanation.evidence == (
        "The message has 20 MB (20480000 bytes)",
        "message_size_limit = 10240000 (9.8 MB)",
    )


@pytest.mark.parametrize(
    "error", [ToolMissing("postmap"), PermissionDenied("postmap may not be run by this user", unlock="become root")]
)
def test_what_cannot_be_asked_is_said_and_not_raised(error: MailtuiError) -> None:
    explanation = explained(
        a_recipient("boss@shop.example", "User unknown in virtual alias table"),
        {"postmap -q boss@shop.example hash:/v": error},
        postfix={"virtual_alias_maps": "hash:/v"},
    )
    assert explanation.verdict.rule == "unknown_alias"
    assert len(explanation.evidence) == 1
    assert "could not be looked at" in explanation.evidence[0]
    assert error.unlock in explanation.evidence[0]


def test_a_broken_table_is_told_in_postmaps_words() -> None:
    explanation = explained(
        a_recipient("boss@shop.example", "User unknown in virtual alias table"),
        {"postmap -q boss@shop.example hash:/v": Answer(stderr="postmap: fatal: open database /v.db: No such", code=1)},
        postfix={"virtual_alias_maps": "hash:/v"},
    )
    assert "open database /v.db" in explanation.evidence[0]


def test_an_address_that_looks_like_an_option_is_an_argument() -> None:
    explanation = explained(
        a_recipient("-", "User unknown in virtual alias table"),
        postfix={"virtual_alias_maps": "hash:/v"},
    )
    assert explanation.evidence[0] == "virtual_alias_maps = hash:/v has no key -"
    doveadm = explained(
        a_recipient("-A@lab.example", LMTP_REASON, relay="mx[private/dovecot-lmtp]"),
        {"doveadm user -- -A@lab.example": Answer(code=67)},
    )
    assert "doveadm user does not find -A@lab.example" in doveadm.evidence


def test_a_text_no_rule_knows_is_still_explained() -> None:
    explanation = explained(a_recipient("a@b.example", "zork", dsn=""))
    assert explanation.verdict.rule == "unknown"
    assert explanation.evidence == ()
