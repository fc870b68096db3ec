"""The action ``configuration-proof``: the program's own reader gives back what was set; otherwise all is put back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailtui.changes.plan import Json, Note, Outcome, Step
from mailtui.host.errors import HostError
from mailtui.host.tools import Tools
from mailtui.services.configuration.dovecot_read import value_of
from mailtui.services.configuration.model import Program
from mailtui.services.configuration.postfix_text import written
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.text import clean

NAME = "configuration-proof"
_NAMED = 4
"""How many parameters are named in a line."""


class ConfigurationProof:
    """Reads back; changes nothing. See ``mailtui.changes.plan.Action``."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot

    def apply(self, step: Step, note: Note) -> Outcome:
        """Raises HostError where a setting is not what it was set to."""
        wanted = step.arguments.get("settings")
        assert isinstance(wanted, Mapping)
        done = []
        for name, value in wanted.items():
            now = self._now(str(step.arguments["program"]), name)
            if now is None or " ".join(now.split()) != value:
                raise HostError(f"{clean(name)} is {clean(str(now))!r} and not {clean(str(value))!r}")
            done.append(name)
        return Outcome(done=tuple(done))

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """There is nothing to put back."""
        return Outcome(done=outcome.done)

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """Reading once more does no harm."""
        return self.apply(step, lambda _: None)

    def _now(self, program: str, name: str) -> str | None:
        if program == "dovecot":
            return value_of(self._dovecot, name)
        return written(self._tools, self._postfix.where, name)


def proof_step(program: Program, expected: Mapping[str, str]) -> Step | None:
    """Proof that settings are read back as expected; None where there are none that can be asked for."""
    if not expected:
        return None
    names = ", ".join(map(clean, expected)) if len(expected) <= _NAMED else f"{len(expected)} parameters"
    wanted = {name: " ".join(value.split()) for name, value in expected.items()}
    return Step(
        NAME, {"program": program, "settings": wanted}, f"read back {names}", undo="nothing was changed by this"
    )
