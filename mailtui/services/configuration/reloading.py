"""The action ``configuration-reload``: the running program reads its files again, and has them then.

A plan that replaces files has it twice, as with Postfix's tables (``queue/reloading.py``): behind the files, where it
acts when they were replaced, and before them, where it acts when they were put back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from mailtui.changes.plan import Json, Note, Outcome, Step
from mailtui.host.errors import HostError
from mailtui.host.tools import Tools
from mailtui.services.configuration.model import Program
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.pulse.masters import service_states

NAME = "configuration-reload"
TIMEOUT = 60.0
SETTLED = 1.0
"""Seconds that a master process must have lived with its new configuration."""
_TITLES = {"postfix": "Postfix", "dovecot": "Dovecot"}


class ConfigurationReload:
    """Tests the files, reloads, and looks whether the program lives; see ``mailtui.changes.plan.Action``."""

    def __init__(
        self,
        tools: Tools,
        postfix: PostfixConfig,
        dovecot: DovecotConfig,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot
        self._wait = wait

    def apply(self, step: Step, note: Note) -> Outcome:
        """Raises the error family where the files are refused or the program is gone afterwards."""
        if step.arguments.get("when") == "after":
            self._reload(str(step.arguments["program"]))
        return Outcome(done=(step.why,))

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """The same, once the old files are back."""
        if step.arguments.get("when") == "before":
            self._reload(str(step.arguments["program"]))
        return Outcome(done=(step.why,))

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """Once more does no harm."""
        return self.apply(step, lambda _: None)

    def _reload(self, program: str) -> None:
        if self._state(program) != "up":
            return  # what does not run reads its files when it starts
        for command in commands(program, self._postfix, self._dovecot):
            self._tools.run(command, timeout=TIMEOUT)
        self._wait(SETTLED)
        if self._state(program) == "down":
            raise HostError(f"{_TITLES[program]} did not survive the reload", unlock="its log says why")

    def _state(self, program: str) -> str:
        states = {state.name: state.state for state in service_states(self._postfix, self._dovecot)}
        return states[_TITLES[program]]


def commands(program: str, postfix: PostfixConfig, dovecot: DovecotConfig) -> tuple[tuple[str, ...], ...]:
    """What tests a program's files and makes it read them."""
    if program == "postfix":
        return ("postfix", *postfix.where, "check"), ("postfix", *postfix.where, "reload")
    return ("doveconf", *dovecot.where, "-n"), ("doveadm", *dovecot.where, "reload")


def reload_steps(program: Program, postfix: PostfixConfig, dovecot: DovecotConfig) -> tuple[Step, Step]:
    """The one before the files and the one behind them."""
    title = _TITLES[program]
    argv = commands(program, postfix, dovecot)
    before = Step(
        NAME,
        {"when": "before", "program": program},
        f"when this is undone, {title} reads the files again",
        undo=f"{title} reads the files again",
        undo_commands=argv,
    )
    after = Step(
        NAME,
        {"when": "after", "program": program},
        f"{title} reads the files; open sessions go on",
        argv,
        undo="nothing more",
    )
    return before, after
