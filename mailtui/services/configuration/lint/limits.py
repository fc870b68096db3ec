"""Limits of size that contradict each other: local(8) and virtual(8) end at once with them (src/local/local.c)."""

from __future__ import annotations

from collections.abc import Iterator

from mailtui.findings import Finding
from mailtui.services.configuration.lint.words import finding
from mailtui.services.postfix.config import PostfixConfig

_MESSAGE = "message_size_limit"
_MAILBOXES = {"mailbox_size_limit": "local(8)", "virtual_mailbox_limit": "virtual(8)"}
"""Limits of a mailbox, with the agent that keeps each; 0 is none."""


def limit_findings(postfix: PostfixConfig) -> Iterator[Finding]:
    """Mailboxes that may not become as large as one message."""
    message = postfix.get(_MESSAGE)
    for name, agent in _MAILBOXES.items():
        mailbox = postfix.get(name)
        if not (message.isdecimal() and mailbox.isdecimal()) or mailbox == "0":
            continue
        if message == "0" or int(mailbox) < int(message):
            evidence = (f"{name} = {mailbox}", f"{_MESSAGE} = {message}")
            yield finding("limit", name, *evidence, fix=_fix(name), agent=agent)


def _fix(name: str) -> tuple[str, ...]:
    return ("mailtui", "config", "set", "postfix", f"{name}=0")
