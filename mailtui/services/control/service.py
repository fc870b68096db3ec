"""``Control``: how the services of mail stand, and plans that start, reload and restart them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailtui.changes.plan import Plan
from mailtui.host import processes
from mailtui.host.errors import ToolMissing
from mailtui.host.tools import Tools
from mailtui.services.configuration.model import PROGRAMS
from mailtui.services.control.action import control_step
from mailtui.services.control.deed import Deeds
from mailtui.services.control.systemd import Systemd, Unit
from mailtui.services.control.verbs import Verb, others
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.pulse.masters import service_states
from mailtui.text import clean


@dataclass(frozen=True, slots=True)
class Status:
    """How a service stands. All text is cleaned for display."""

    name: str
    state: str
    """``up down unknown``."""
    version: str = ""
    pid: int | None = None
    since: float | None = None
    """When its master process was started."""
    ports: tuple[int, ...] = ()
    """TCP ports that it listens on."""
    unit: str = ""
    """Its systemd unit; ``""`` where systemd does not keep it."""
    enabled: str = ""
    """Whether it starts with the machine, in systemd's words."""
    restarts: int = 0
    """How often systemd had to start it again."""
    evidence: str = ""
    unlock: str = ""


class Control:
    """Looks; what changes something is a plan."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot
        self._systemd = Systemd(tools)
        self._deeds = Deeds(tools, postfix, dovecot, self._systemd)

    def status(self) -> tuple[Status, ...]:
        """Postfix, Dovecot, and of what works beside them all that systemd has here."""
        return (*self._own(), *self._others())

    def plan(self, verb: Verb, names: Sequence[str]) -> Plan:
        """Do that with these, in this order. Raises UsageError or ToolMissing for one that is not here."""
        for name in names:
            if name in PROGRAMS and self._tools.find(name) is None:
                raise ToolMissing(name)
        steps = tuple(control_step(self._deeds, name, verb) for name in dict.fromkeys(names))
        return Plan(f"{verb.capitalize()} {', '.join(map(clean, dict.fromkeys(names)))}", steps)

    def _own(self) -> Iterator[Status]:
        states = service_states(self._postfix.again(), self._dovecot.again())
        for name, state in zip(PROGRAMS, states, strict=True):
            pid = self._deeds.pid(name)
            unit = self._deeds.verbs.unit(name)
            yield _status(
                name,
                state.state,
                self._systemd.unit(unit) if unit else None,
                version=state.version,
                pid=pid,
                ports=self._deeds.ports(name),
                evidence=state.evidence or state.problem,
                unlock=state.unlock,
            )

    def _others(self) -> Iterator[Status]:
        if not self._systemd.runs:
            return
        for name in others():
            unit = self._systemd.unit(name)
            if unit is not None and self._deeds.verbs.unit(name) == name:
                yield _status(
                    name,
                    self._deeds.state(name),
                    unit,
                    pid=unit.pid,
                    ports=self._deeds.ports(name),
                    evidence=f"systemd: {unit.active} ({unit.detail})",
                )


def _status(
    name: str,
    state: str,
    unit: Unit | None,
    *,
    version: str = "",
    pid: int | None = None,
    ports: tuple[int, ...] = (),
    evidence: str = "",
    unlock: str = "",
) -> Status:
    return Status(
        name,
        state,
        clean(version),
        pid,
        processes.started(pid) if pid else None,
        ports,
        clean(unit.name) if unit else "",
        clean(unit.enabled) if unit else "",
        unit.restarts if unit else 0,
        clean(evidence),
        clean(unlock),
    )
