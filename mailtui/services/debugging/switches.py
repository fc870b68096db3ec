"""Switches that make Postfix and Dovecot log more for a time: ``switches.json``; never one that logs passwords.

debug_peer_list(5), smtpd_tls_loglevel (postconf(5)); doc.dovecot.org, "Debugging authentication".
"""

from __future__ import annotations

import ipaddress
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from mailtui.changes.plan import Plan
from mailtui.host.errors import UsageError
from mailtui.services.configuration.model import PROGRAMS, Program, Setting
from mailtui.services.configuration.plans import ConfigPlans
from mailtui.services.debugging.mark import end_step, mark_step
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.text import clean, human_duration

LONGEST = 24 * 3600.0
"""Seconds; who needs more edits the configuration."""
_HOST = re.compile(r"\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Switch:
    """Something that can be switched on."""

    name: str
    program: Program
    title: str
    warning: str
    settings: Mapping[str, str]
    needs_peer: bool = False


def switches(*, new_names: bool = False) -> tuple[Switch, ...]:
    """All of them, with Dovecot's ``new_names`` where it is 2.4 or later."""
    return tuple(_switch(name, one, new_names) for name, one in _table().items())


class DebugPlans:
    """Makes plans and changes nothing. Raises UsageError and what ``ConfigPlans`` raises."""

    def __init__(self, plans: ConfigPlans, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._plans = plans
        self._postfix = postfix
        self._dovecot = dovecot

    def all(self) -> tuple[Switch, ...]:
        """What can be switched on here."""
        return switches(new_names=self._dovecot.new_names)

    def on(self, name: str, seconds: float, peer: str = "") -> Plan:
        """Switch it on for a time; ``peer`` is a host name, domain, address or network."""
        switch = next((one for one in switches() if one.name == name), None)
        if switch is None:
            raise UsageError(f"there is no switch {name!r}", unlock=f"there are: {', '.join(_table())}")
        if switch.program == "dovecot":
            switch = next(one for one in self.all() if one.name == name)
        if not 0 < seconds <= LONGEST:
            raise UsageError(f"a switch is thrown for at most {human_duration(LONGEST)}")
        if switch.needs_peer != bool(peer):
            raise UsageError(f"{name} needs a peer" if switch.needs_peer else f"{name} takes no peer")
        wanted = [Setting(key, value.format(peer=_peer(peer))) for key, value in switch.settings.items()]
        before = [Setting(one.name, self._now(switch.program, one.name)) for one in wanted]
        steps = self._plans.steps(switch.program, wanted, f"{switch.title}: {switch.warning}")
        if not steps:
            raise UsageError(f"{name} is on already, and not by mailtui")
        title = f"{switch.title}, for {human_duration(seconds)}"
        return Plan(title, (mark_step(switch.program, before), *steps), True, time.time() + seconds)

    def back(self, change: str, program: Program, before: tuple[Setting, ...]) -> Plan:
        """Set again what was set before ``change``, in files that somebody has edited since."""
        steps = (*self._plans.steps(program, before), end_step(change))
        return Plan("Debug switch off: set what was set before", steps, all_or_nothing=True)

    def _now(self, program: Program, name: str) -> str | None:
        """The value that holds; None where it is Postfix's default."""
        if program == "postfix":
            return self._postfix.again().set_here.get(name)
        return self._dovecot.again().get(name)


def _switch(name: str, one: Mapping[str, Any], new_names: bool) -> Switch:
    program = next(program for program in PROGRAMS if program == one["program"])
    settings = one.get("settings_2_4", one["settings"]) if new_names else one["settings"]
    return Switch(name, program, one["title"], one["warning"], settings, bool(one.get("peer")))


def _peer(text: str) -> str:
    """Raises UsageError for what debug_peer_list would take for something else, such as a table."""
    if not text:
        return ""
    try:
        return str(ipaddress.ip_network(text, strict=False)) if "/" in text else str(ipaddress.ip_address(text))
    except ValueError:
        if _HOST.fullmatch(text) and len(text) < 256:
            return text
        raise UsageError(f"{clean(text)!r} is no host, domain, address or network") from None


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(files(__package__).joinpath("switches.json").read_text(encoding="utf-8"))
    return table
