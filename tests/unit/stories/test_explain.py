"""Explanations name the parameter, the table, the key and the file, and only what was really read."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from mailtui.host.errors import MailtuiError, PermissionDenied, ToolMissing
from mailtui.host.tools import ToolResult
from mailtui.maillog.model import Attempt, LineRef, Recipient, Story
from mailtui.services.explain import Explainer, Explanation
from mailtui.services.explain.userdb import user_databases
from tests.support.tools import Answer, RecordedTools

NO_SUCH_KEY = Answer(code=1)
DOVECOT_23 = """\
passdb {
  args = scheme=CRYPT /etc/dovecot/users
  driver = passwd-file
}
service lmtp {
  unix_listener /var/spool/postfix/private/dovecot-lmtp {
    mode = 0600
  }
}
userdb {
  args = username_format=%u /etc/dovecot/users
  driver = passwd-file
}
userdb {
  args = /etc/dovecot/dovecot-sql.conf.ext
  driver = sql
}
"""
DOVECOT_24 = """\
userdb passwd-file {
  auth_username_format = %{user}
  passwd_file_path = /etc/dovecot/users
}
"""


@dataclass
class Settings:
    """A configuration as ``PostfixConfig`` and ``DovecotConfig`` answer it."""

    values: dict[str, str] = field(default_factory=dict)
    where: tuple[str, ...] = ()
    text: str = ""

    def get(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass
class TablesTools(RecordedTools):
    """Tables asked for keys on standard input, with answers written as ``postmap -q KEY TABLE``."""

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes = b"",
        timeout: float = 10.0,
        max_output: int = 2**24,
        check: bool = True,
    ) -> ToolResult:
        if tuple(argv[:3]) != ("postmap", "-q", "-"):
            return super().run(argv, stdin=stdin, timeout=timeout, max_output=max_output, check=check)
        found, said = [], b""
        for key in stdin.decode().splitlines():
            answer = self.answers.get(f"postmap -q {key} {argv[3]}", "")
            if isinstance(answer, MailtuiError):
                raise answer
            if isinstance(answer, Answer):
                said += answer.stderr if isinstance(answer.stderr, bytes) else answer.stderr.encode()
            elif answer:
                found.append(f"{key}\t{answer if isinstance(answer, str) else answer.decode()}")
        return ToolResult(tuple(argv), 1 if said or not found else 0, "".join(found).encode(), said, 0.0, False)


def explained(
    recipient: Recipient,
    answers: dict[str, str | bytes | Answer | MailtuiError] | None = None,
    *,
    postfix: dict[str, str] | None = None,
    dovecot: str = DOVECOT_23,
    story: Story | None = None,
) -> Explanation:
    explainer = Explainer(Settings(postfix or {}), Settings(text=dovecot), TablesTools(answers or {}))
    return explainer.cause(recipient, story or a_story(recipient))


def a_recipient(
    to: str, reason: str, *, orig_to: str = "", status: str = "bounced", relay: str = "none", dsn: str = ""
) -> Recipient:
    line = LineRef("/var/log/mail.log", 0, "")
    attempt = Attempt(1000.0, status, dsn, relay, 1.0, None, "", reason, 1, line)
    return Recipient(to, orig_to, status, dsn, relay, reason, None, "", (attempt,))


def a_story(recipient: Recipient, *, size: int | None = 900, sasl_username: str = "") -> Story:
    return Story(
        key="k", host="mx", instance="postfix", queue_ids=("4F1B2C3D",), message_ids=(), sender="a@b.example",
        size=size, client="c.example[192.0.2.1]", sasl_username=sasl_username, arrived=1000.0, ended=None,
        outcome="bounced", recipients=(recipient,), bounces=(), parents=(), lines=(),
    )  # fmt: skip


def test_unknown_alias_names_parameter_table_and_keys() -> None:
    explanation = explained(
        a_recipient("boss@shop.example", "User unknown in virtual alias table"),
        {
            "postmap -q boss@shop.example hash:/etc/postfix/virtual": NO_SUCH_KEY,
            "postmap -q @shop.example hash:/etc/postfix/virtual": NO_SUCH_KEY,
        },
        postfix={"virtual_alias_maps": "hash:/etc/postfix/virtual", "virtual_alias_domains": "shop.example"},
    )
    assert explanation.verdict.rule == "unknown_alias"
    assert explanation.evidence == (
        "virtual_alias_maps = hash:/etc/postfix/virtual has no key boss@shop.example, @shop.example",
        "shop.example is in virtual_alias_domains = shop.example",
    )
    assert explanation.next_steps == (
        "If the address should exist, add it to /etc/postfix/virtual, then run postmap /etc/postfix/virtual;"
        " otherwise tell the sender it is wrong.",
    )
    assert ("postmap", "-q", "boss@shop.example", "hash:/etc/postfix/virtual") in explanation.commands


@pytest.mark.parametrize(
    ("reason", "parameter", "keys"),
    [
        ("User unknown in virtual mailbox table", "virtual_mailbox_maps", ("boss@shop.example", "@shop.example")),
        ("User unknown in relay recipient table", "relay_recipient_maps", ("boss@shop.example", "@shop.example")),
        (
            "User unknown in local recipient table",
            "local_recipient_maps",
            ("boss@shop.example", "@shop.example", "boss"),
        ),
        ('unknown user: "boss"', "alias_maps", ("boss",)),
    ],
)
def test_every_recipient_table_is_named(reason: str, parameter: str, keys: tuple[str, ...]) -> None:
    table = "lmdb:/etc/postfix/table"
    explanation = explained(
        a_recipient("boss@shop.example", reason),
        {f"postmap -q {key} {table}": NO_SUCH_KEY for key in keys},
        postfix={parameter: table},
    )
    assert f"{parameter} = {table} has no key {', '.join(keys)}" in explanation.evidence


def test_several_tables_and_an_extension_are_tried_in_postfixs_order() -> None:
    tools = TablesTools()
    settings = Settings(
        {
            "virtual_alias_maps": "hash:/a, pcre:/b",
            "recipient_delimiter": "+",
            "mydestination": "localhost shop.example",
        }
    )
    recipient = a_recipient("boss+x@shop.example", "User unknown in virtual alias table")
    found = Explainer(settings, Settings(), tools).cause(recipient, a_story(recipient))
    keys = "boss+x@shop.example, boss@shop.example, boss+x, boss, @shop.example"
    assert f"virtual_alias_maps = hash:/a, pcre:/b has no key {keys}" in found.evidence


def test_an_entry_that_came_later_is_said() -> None:
    explanation = explained(
        a_recipient("boss@shop.example", "User unknown in virtual mailbox table", status="rejected"),
        {"postmap -q boss@shop.example hash:/v": "boss/\n"},
        postfix={"virtual_mailbox_maps": "hash:/v"},
    )
    assert "has boss@shop.example now" in explanation.evidence[0]
    assert explanation.next_steps == ("Send the message again: the address is known now.",)


def test_what_another_server_says_of_its_users_is_not_sought_in_our_tables() -> None:
    explanation = explained(
        a_recipient(
            "boss@shop.example",
            "host mx.shop.example[192.0.2.5] said: 550 5.1.1 <boss@shop.example>: Recipient address rejected: "
            "User unknown in virtual alias table (in reply to RCPT TO command)",
            relay="mx.shop.example[192.0.2.5]:25",
        ),
        postfix={"virtual_alias_maps": "hash:/etc/postfix/virtual"},
    )
    assert explanation.evidence == ()


LMTP_REASON = (
    "host mx.lab.example[private/dovecot-lmtp] said: 550 5.1.1 <gone@lab.example> "
    "User doesn't exist: gone@lab.example (in reply to RCPT TO command)"
)


def test_lmtp_unknown_user_names_userdb_file_and_the_alias_that_led_there() -> None:
    explanation = explained(
        a_recipient(
            "gone@lab.example",
            LMTP_REASON,
            orig_to="leaver@alias.example",
            relay="mx.lab.example[private/dovecot-lmtp]",
        ),
        {
            "postmap -q leaver@alias.example hash:/etc/postfix/virtual": "gone@lab.example\n",
            "postmap -q gone@lab.example hash:/etc/postfix/virtual": NO_SUCH_KEY,
            "postmap -q @lab.example hash:/etc/postfix/virtual": NO_SUCH_KEY,
            "doveadm user -- gone@lab.example": Answer(stderr="userdb lookup: user doesn't exist", code=67),
            "postmap -q gone@lab.example hash:/etc/postfix/vmailbox": "gone/\n",
        },
        postfix={
            "virtual_alias_maps": "hash:/etc/postfix/virtual",
            "virtual_mailbox_maps": "hash:/etc/postfix/vmailbox",
        },
    )
    assert explanation.verdict.rule == "alias_dead"
    assert explanation.verdict.who == "us"
    assert explanation.evidence == (
        "virtual_alias_maps (hash:/etc/postfix/virtual) leads leaver@alias.example to gone@lab.example",
        "doveadm user does not find gone@lab.example",
        "Dovecot looks users up in userdb passwd-file /etc/dovecot/users",
        "Dovecot looks users up in userdb sql /etc/dovecot/dovecot-sql.conf.ext",
        "virtual_mailbox_maps (hash:/etc/postfix/vmailbox) has gone@lab.example, so Postfix accepts it",
    )
    assert explanation.next_steps == (
        "If gone@lab.example should exist, add it to userdb passwd-file /etc/dovecot/users.",
        "Otherwise take gone@lab.example out of the alias leaver@alias.example in /etc/postfix/virtual.",
    )
    assert [(one.key, one.value) for one in explanation.entries] == [("leaver@alias.example", "gone@lab.example")]


def test_what_waits_is_taken_along_by_an_alias_for_the_address_it_was_led_to() -> None:
    explanation = explained(
        a_recipient(
            "gone@lab.example",
            LMTP_REASON,
            status="deferred",
            orig_to="leaver@alias.example",
            relay="mx[private/dovecot-lmtp]",
        ),
        {
            "postmap -q leaver@alias.example hash:/v": "gone@lab.example\n",
            "postmap -q gone@lab.example hash:/v": NO_SUCH_KEY,
            "postmap -q @lab.example hash:/v": NO_SUCH_KEY,
            "doveadm user -- gone@lab.example": Answer(code=67),
        },
        postfix={"virtual_alias_maps": "hash:/v"},
    )
    assert [(one.key, one.value) for one in explanation.entries] == [
        ("gone@lab.example", ""),
        ("leaver@alias.example", "gone@lab.example"),
    ]
    assert explanation.next_steps[-1] == "To take along what waits: an alias for gone@lab.example itself, then requeue."


def test_an_alias_chain_is_followed_and_a_loop_ends() -> None:
    table = "hash:/v"
    explanation = explained(
        a_recipient("c@x.example", LMTP_REASON, orig_to="a@x.example", relay="mx[private/dovecot-lmtp]"),
        {
            f"postmap -q a@x.example {table}": "b@x.example, c@x.example\n",
            f"postmap -q b@x.example {table}": "a@x.example\n",
            f"postmap -q c@x.example {table}": NO_SUCH_KEY,
            f"postmap -q @x.example {table}": NO_SUCH_KEY,
            "doveadm user -- c@x.example": Answer(code=67),
        },
        postfix={"virtual_alias_maps": table},
    )
    assert explanation.evidence[:2] == (
        "virtual_alias_maps (hash:/v) leads a@x.example to b@x.example, c@x.example",
        "virtual_alias_maps (hash:/v) leads b@x.example to a@x.example",
    )


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
