"""The action ``configuration-reload``: the running program reads its files again, and has them then.

A few parameters are read at the start only (postconf(5): "you must stop and start Postfix"): for them it is restarted.

A plan that replaces files has it twice, as with Postfix's tables (``queue/reloading.py``): behind the files, where it
acts when they were replaced, and before them, where it acts when they were put back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from mailtui.changes.plan import Json, Note, Outcome, Step
from mailtui.host.errors import HostError
from mailtui.host.tools import Tools
from mailtui.services.configuration.model import Program
from mailtui.services.control.deed import Deeds
from mailtui.services.control.verbs import Commands, Verb
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.pulse.masters import service_states

NAME = "configuration-reload"
TIMEOUT = 60.0
SETTLED = 1.0
"""Seconds that a master process must have lived with its new configuration."""
_TITLES = {"postfix": "Postfix", "dovecot": "Dovecot"}
_AT_START = {
    "postfix": frozenset(("inet_interfaces", "inet_protocols")),
    "dovecot": frozenset(("base_dir", "import_environment", "instance_name")),
}


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
            self._reload(step)
        return Outcome(done=(step.why,))

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """The same, once the old files are back."""
        if step.arguments.get("when") == "before":
            self._reload(step)
        return Outcome(done=(step.why,))

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """Once more does no harm."""
        return self.apply(step, lambda _: None)

    def _reload(self, step: Step) -> None:
        program = str(step.arguments["program"])
        if self._state(program) != "up":
            return  # what does not run reads its files when it starts
        if step.arguments.get("verb") == "restart":
            deeds = Deeds(self._tools, self._postfix, self._dovecot)
            deeds.test(program, "restart")
            deeds.carry_out(program, "restart")
            return
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
    return dovecot.test(), ("doveadm", *dovecot.where, "reload")


def read_at_start(program: Program, names: Iterable[str]) -> bool:
    """Whether one of these parameters is read by a restart only."""
    return bool(_AT_START[program].intersection(names))


def reload_steps(
    program: Program, postfix: PostfixConfig, dovecot: DovecotConfig, restart: Commands | None = None
) -> tuple[Step, Step]:
    """The one before the files and the one behind them; ``restart`` is how it is done where a reload is not enough."""
    title = _TITLES[program]
    verb: Verb = "restart" if restart else "reload"
    argv = (*restart.tests, *restart.deeds) if restart else commands(program, postfix, dovecot)
    again = f"{title} reads the files again" if verb == "reload" else f"{title} is restarted"
    before = Step(
        NAME,
        {"when": "before", "program": program, "verb": verb},
        f"when this is undone, {again}",
        undo=again,
        undo_commands=argv,
    )
    after = Step(
        NAME,
        {"when": "after", "program": program, "verb": verb},
        f"{title} reads the files; open sessions go on"
        if verb == "reload"
        else f"{title} reads this at its start only",
        argv,
        risk="" if verb == "reload" else "a restart cuts off what is under way",
        undo="nothing more",
    )
    return before, after
