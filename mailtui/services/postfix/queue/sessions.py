"""Throw a user's sessions out of Dovecot: ``doveadm kick``, the same words in 2.3 and 2.4."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from mailtui.changes.plan import Json, Missed, Note, Outcome, Step, Target
from mailtui.host.errors import HostError, ToolMissing, UsageError
from mailtui.host.tools import Tools
from mailtui.services.dovecot import of_user
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.explain.arguments import is_one_user
from mailtui.text import clean

TIMEOUT = 30.0
PATIENCE = 5.0
"""Seconds for sessions to end: ``doveadm kick`` sends a signal and does not wait (doveadm-who.c)."""
_PAUSE = 0.05
_NOBODY = 68
"""doveadm's exit status when there was no session (EX_NOHOST); 2.4 says ``0 connections kicked`` and exits with 0."""
_DOWN = ("No such file or directory", "Connection refused")


class Kick:
    """Every IMAP and POP3 session of one user ends; programs that know the password come back at once."""

    name = "dovecot-kick"

    def __init__(self, tools: Tools, dovecot: DovecotConfig) -> None:
        self._tools = tools
        self._dovecot = dovecot

    def apply(self, step: Step, note: Note) -> Outcome:
        """Return when they have ended. Raises HostError with doveadm's words where it could not ask Dovecot."""
        (target,) = step.targets
        before = self._open(target.name)
        try:
            result = self._tools.run(kick_command(self._dovecot, target.name), timeout=TIMEOUT, check=False)
        except ToolMissing:
            return Outcome(skipped=(Missed(target.name, "Dovecot is not installed here"),))
        said = (result.text + result.error_text).strip()
        if result.code == _NOBODY or said.startswith("0 connections"):
            return Outcome(skipped=(Missed(target.name, "no session is open"),))
        if any(word in said for word in _DOWN):
            return Outcome(skipped=(Missed(target.name, "Dovecot is stopped: no session is open"),))
        if result.code != 0:
            raise HostError(f"doveadm: {clean(said) or f'exit status {result.code}'}")
        if not self._have_ended(target.name, before):
            return Outcome(skipped=(Missed(target.name, "a session is still open, or open again"),))
        return Outcome(done=(target.name,))

    def _open(self, user: str) -> set[of_user.Session]:
        try:
            return set(of_user.sessions(self._tools, self._dovecot, user))
        except HostError:
            return set()  # what is wrong with Dovecot, kick says itself

    def _have_ended(self, user: str, sessions: set[of_user.Session]) -> bool:
        until = time.monotonic() + PATIENCE
        while sessions & self._open(user):
            if time.monotonic() > until:
                return False
            time.sleep(_PAUSE)
        return True

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """There is none. Raises UsageError."""
        raise UsageError(step.undo)

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """Once more does no harm."""
        return self.apply(step, lambda _: None)


def kick_command(dovecot: DovecotConfig, user: str) -> tuple[str, ...]:
    """Its argv. Raises UsageError for a name that doveadm would take for a pattern."""
    if not is_one_user(user):
        raise UsageError(f"doveadm would take {clean(user)!r} for a pattern, not for one user")
    return ("doveadm", *dovecot.where, "kick", "--", user)


def kick_step(dovecot: DovecotConfig, user: str) -> Step:
    """End all sessions of ``user``. Raises UsageError for a name that doveadm would take for a pattern."""
    shown = clean(user)
    return Step(
        Kick.name,
        {},
        f"end the IMAP and POP3 sessions of {shown}",
        (kick_command(dovecot, user),),
        risk="whoever knows the password logs in again: change it first or soon",
        undo="a session that has ended stays ended; mail programs connect again by themselves",
        reversible=False,
        targets=(Target(user, {}, f"sessions of {shown}"),),
    )
