"""The end of a user's sessions is said when it is seen: doveadm's word alone is that it sent a signal."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mailtui.changes.plan import Missed, Outcome
from mailtui.host.tools import ToolResult
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.queue import sessions
from tests.support.tools import Answer, RecordedTools

USER = "bob@lab.example"
HEAD = "username\tservice\tpid\tip\n"
WHO = f"doveadm -f tab who -1 -- {USER}"
KICK = f"doveadm kick -- {USER}"


def row(pid: int) -> str:
    return f"{USER}\timap\t{pid}\t192.0.2.7\n"


class Answering(RecordedTools):
    """``who`` says one thing after the other, the last for ever."""

    def __init__(self, *said: str, kick: Answer | None = None) -> None:
        super().__init__({WHO: "", KICK: kick or Answer("kicked connections from the following users:\n")})
        self._said = list(said)

    def run(self, argv: Sequence[str], **options: object) -> ToolResult:
        if "who" in argv:
            self.answers = {**self.answers, WHO: self._said.pop(0) if len(self._said) > 1 else self._said[0]}
        return super().run(argv, **options)  # type: ignore[arg-type]


def kicked(tools: RecordedTools) -> Outcome:
    dovecot = DovecotConfig(tools)
    return sessions.Kick(tools, dovecot).apply(sessions.kick_step(dovecot, USER), lambda _: None)


def test_it_waits_until_the_session_is_gone() -> None:
    tools = Answering(HEAD + row(7), HEAD + row(7), HEAD + row(7), HEAD)
    assert kicked(tools).done == (USER,)
    assert len(tools.calls) == 5


def test_who_connects_again_at_once_is_another_session() -> None:
    assert kicked(Answering(HEAD + row(7), HEAD + row(8))).done == (USER,)


def test_a_session_that_stays_is_not_said_to_have_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "PATIENCE", 0.1)
    outcome = kicked(Answering(HEAD + row(7)))
    assert not outcome.done
    assert outcome.skipped == (Missed(USER, "a session is still open, or open again"),)


@pytest.mark.parametrize("kick", [Answer(code=68), Answer("0 connections kicked\n")])
def test_nobody_there(kick: Answer) -> None:
    assert kicked(Answering(HEAD, kick=kick)).skipped == (Missed(USER, "no session is open"),)
