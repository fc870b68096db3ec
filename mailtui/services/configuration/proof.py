"""The action ``configuration-proof``: the program's own reader gives back what was set; otherwise all is put back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailtui.changes.plan import Json, Note, Outcome, Step
from mailtui.host.errors import HostError
from mailtui.services.configuration.model import Program, Setting
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.text import clean

NAME = "configuration-proof"


class ConfigurationProof:
    """Reads back; changes nothing. See ``mailtui.changes.plan.Action``."""

    def __init__(self, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._postfix = postfix
        self._dovecot = dovecot

    def apply(self, step: Step, note: Note) -> Outcome:
        """Raises HostError where a setting is not what it was set to."""
        wanted = step.arguments.get("settings")
        assert isinstance(wanted, Mapping)
        done = []
        for name, value in wanted.items():
            now = self._now(str(step.arguments["program"]), name)
            if now != value:
                raise HostError(f"{clean(name)} is {clean(now)!r} and not {clean(str(value))!r}")
            done.append(name)
        return Outcome(done=tuple(done))

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """There is nothing to put back."""
        return Outcome(done=outcome.done)

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """Reading once more does no harm."""
        return self.apply(step, lambda _: None)

    def _now(self, program: str, name: str) -> str:
        if program == "dovecot":
            return self._dovecot.again().get(name)
        postfix = self._postfix.again()
        if "/" not in name:
            return postfix.raw(name)
        service, _, parameter = name.rpartition("/")
        for one in postfix.services:
            if f"{one.name}/{one.type}" == service:
                return dict(one.overrides).get(parameter, "")
        return ""


def proof_step(program: Program, settings: Sequence[Setting]) -> Step | None:
    """Proof of what is set anew at a place that can be asked for; None where there is nothing of the kind."""
    wanted = {one.name: one.value for one in settings if one.value is not None and "{" not in one.name}
    if not wanted:
        return None
    names = ", ".join(clean(name) for name in wanted)
    return Step(
        NAME, {"program": program, "settings": wanted}, f"read back {names}", undo="nothing was changed by this"
    )
