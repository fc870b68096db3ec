"""From what a finding names as its mending to the plan that does it.

``Finding.fix`` is a command of ours, so that a person, cron's mail and a ticket can carry it; the console makes the
same plan of it without a shell between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.changes.plan import Plan
from mailtui.host.errors import UsageError
from mailtui.services.configuration.model import PROGRAMS, Program, Setting
from mailtui.services.configuration.plans import ConfigPlans
from mailtui.services.control.service import Control
from mailtui.services.dovecot.mailboxes import Mailboxes
from mailtui.services.postfix.maps.plans import MapPlans

if TYPE_CHECKING:
    from mailtui.services.tls.renewal.service import Renewal

Words = Sequence[str]
Maker = Callable[[Words], Plan]


class Mending:
    """Makes plans and changes nothing. Raises UsageError and what the plans' own services raise."""

    def __init__(
        self,
        maps: MapPlans,
        mailboxes: Mailboxes,
        configuration: ConfigPlans,
        control: Control,
        renewal: Callable[[], Renewal],
    ) -> None:
        self._maps = maps
        self._mailboxes = mailboxes
        self._configuration = configuration
        self._control = control
        self._makers: dict[tuple[str, str], Maker] = {
            ("map", "build"): lambda words: self._maps.build(Path(words[0])),
            ("map", "unset"): lambda words: self._maps.unset(Path(words[0]), words[1]),
            ("map", "set"): lambda words: self._maps.set(Path(words[0]), words[1], words[2]),
            ("mailbox", "repair"): self._repair,
            ("service", "start"): lambda words: self._control.plan("start", words),
            ("cert", "hook"): lambda words: renewal().hook_plan(words[0]),
            ("config", "set"): self._set,
            ("config", "unset"): self._unset,
            ("config", "replace"): self._replace,
        }

    def can(self, fix: Words) -> bool:
        """Whether a finding's command is one that becomes a plan; others only show something."""
        return self._split(fix) is not None

    def plan(self, fix: Words) -> Plan:
        """The plan that a finding's command would show."""
        split = self._split(fix)
        if split is None:
            raise UsageError("nothing here mends this by a plan", unlock="its advice says what to do")
        maker, words = split
        return maker(words)

    def _split(self, fix: Words) -> tuple[Maker, Words] | None:
        words = [word for word in fix if word != "--"]
        if len(words) < 4 or words[0] != "mailtui":
            return None
        maker = self._makers.get((words[1], words[2]))
        return (maker, words[3:]) if maker else None

    def _repair(self, words: Words) -> Plan:
        user, name = words[0], words[1]
        looks = [look for look in self._mailboxes.of_user(user).looks if look.mailbox.name == name]
        if not looks:
            raise UsageError(f"{user} has no mailbox {name} any more")
        return self._mailboxes.repair(looks)

    def _set(self, words: Words) -> Plan:
        pairs = (word.partition("=") for word in words[1:])
        return self._configuration.set(_program(words[0]), [Setting(name, value) for name, _, value in pairs])

    def _unset(self, words: Words) -> Plan:
        return self._configuration.set(_program(words[0]), [Setting(name, None) for name in words[1:]])

    def _replace(self, words: Words) -> Plan:
        return self._configuration.replace(_program(words[0]), words[1:])


def _program(name: str) -> Program:
    for program in PROGRAMS:
        if program == name:
            return program
    raise UsageError(f"{name} is none of {', '.join(PROGRAMS)}")
