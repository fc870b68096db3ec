"""What a sender or a log line says never becomes an option, a pattern, a read of standard input, or a crash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.host.errors import MailtuiError, ToolTimeout
from mailtui.host.tools import ToolResult
from mailtui.maillog.model import Recipient
from mailtui.services.explain import Explainer
from tests.support.tools import RecordedTools
from tests.unit.stories.explaining import DOVECOT_23, LMTP_REASON, Settings, a_recipient, a_story, explained

TABLE = "hash:/v"
TABLES = (
    "virtual_alias_maps",
    "virtual_mailbox_maps",
    "local_recipient_maps",
    "relay_recipient_maps",
    "alias_maps",
    "transport_maps",
    "smtp_tls_policy_maps",
    "smtp_sasl_password_maps",
)
POSTFIX = {
    **dict.fromkeys(TABLES, TABLE),
    "queue_directory": "/var/spool/postfix",
    "mydestination": "lab.example",
    "recipient_delimiter": "+-",
}
LONGEST_ARGUMENT = 2**17
"""Bytes of one argument that execve(2) takes (MAX_ARG_STRLEN)."""


@dataclass
class Kernel(RecordedTools):
    """Programs that know nothing, started as execve(2) would start them."""

    started: list[tuple[str, ...]] = field(default_factory=list)

    def run(self, argv: Sequence[str], *, stdin: bytes = b"", **_: Any) -> ToolResult:
        assert not any("\0" in word for word in argv)
        assert all(len(word.encode("utf-8", "surrogateescape")) < LONGEST_ARGUMENT for word in argv)
        assert b"\0" not in stdin
        assert all(len(key) < LONGEST_ARGUMENT for key in stdin.split(b"\n"))
        self.started.append(tuple(argv))
        return ToolResult(tuple(argv), 1, b"", b"", 0.0, False)


def started_for(recipient: Recipient) -> list[tuple[str, ...]]:
    tools = Kernel()
    Explainer(Settings(POSTFIX), Settings(text=DOVECOT_23), tools).cause(recipient, a_story(recipient))
    for argv in tools.started:
        if argv[0] == "postmap":
            assert argv[1:] == ("-q", "-", TABLE), "keys go by standard input"
        else:
            assert argv[:3] == ("doveadm", "user", "--") or argv[:4] == ("doveadm", "quota", "get", "-u")
            assert not set(argv[-1]) & set("*?")
    return tools.started


REASONS = (
    "User unknown in virtual alias table",
    "User unknown in virtual mailbox table",
    "User unknown in local recipient table",
    'unknown user: "-"',
    LMTP_REASON,
    "host mx[private/dovecot-lmtp] said: 552 5.2.2 <u@lab.example> Quota exceeded (mailbox is full) (in reply to DATA)",
    "<a@b>: Relay access denied",
    "connect to mx[private/a\0b]: No such file or directory",
    "connect to mx.far.example[198.51.100.7]:25: Connection timed out",
    "TLS is required, but was not offered by host mx[192.0.2.4]",
    "SASL authentication failed; server mx[192.0.2.4] said: 535 5.7.8 Error",
)
ADDRESSES = (
    "-", "--help", "-A", "-c/etc/shadow@lab.example", "*@lab.example", "?", "", "@", "@@", "a\0b@lab.example", "+@x",
    "\udcff@lab.example", "a b@lab.example", "$(id)@lab.example", "a@lab.example\nb", "a" * 200_000 + "@lab.example",
)  # fmt: skip


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("address", ADDRESSES, ids=[ascii(address[:20]) for address in ADDRESSES])
def test_no_address_becomes_an_option_or_a_pattern(address: str, reason: str) -> None:
    for origin in ("", "info@lab.example", address):
        for status in ("bounced", "deferred", "rejected"):
            started_for(a_recipient(address, reason, orig_to=origin, status=status, relay="mx[private/dovecot-lmtp]"))


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(REASONS) | st.text(max_size=80))
def test_any_address_and_any_reason_can_be_explained(address: str, origin: str, reason: str) -> None:
    started_for(a_recipient(address, reason, orig_to=origin, relay="mx[private/dovecot-lmtp]"))


@pytest.mark.parametrize("reason", ["User unknown in virtual alias table", LMTP_REASON])
def test_a_program_that_does_not_end_in_time_is_said(reason: str) -> None:
    late: MailtuiError = ToolTimeout(("postmap",), 10.0)
    answers: dict[str, str | bytes | MailtuiError] = {f"postmap -q a@lab.example {TABLE}": late}
    answers["doveadm user -- a@lab.example"] = late
    explanation = explained(
        a_recipient("a@lab.example", reason, relay="mx[private/dovecot-lmtp]"),
        dict(answers),
        postfix={"virtual_alias_maps": TABLE},
    )
    assert any("could not be looked at" in sentence for sentence in explanation.evidence)
