"""A recipient that failed, and the configuration and tables that an explanation of it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mailtui.host.errors import MailtuiError
from mailtui.host.tools import ToolResult
from mailtui.maillog.model import Attempt, LineRef, Recipient, Story
from mailtui.services.explain import Explainer, Explanation
from tests.support.tools import Answer, RecordedTools

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
LMTP_REASON = (
    "host mx.lab.example[private/dovecot-lmtp] said: 550 5.1.1 <gone@lab.example> "
    "User doesn't exist: gone@lab.example (in reply to RCPT TO command)"
)


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

    def run(self, argv: Sequence[str], *, stdin: bytes = b"", **options: Any) -> ToolResult:
        if tuple(argv[:3]) != ("postmap", "-q", "-"):
            return super().run(argv, stdin=stdin, **options)
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
