"""From what a finding names as its mending to the plan that does it.

``Finding.fix`` is a command of ours, so that a person, cron's mail and a ticket can carry it; the console makes the
same plan of it without a shell between.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.changes.plan import Plan
from mailtui.host.errors import MailtuiError, UsageError
from mailtui.services.configuration.model import PROGRAMS, Program, Setting

if TYPE_CHECKING:
    from mailtui.services.container import Services

Words = Sequence[str]
Maker = Callable[["Services", Words], Plan]


class Mending:
    """Makes plans and changes nothing. Raises UsageError and what the plans' own services raise."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def can(self, fix: Words) -> bool:
        """Whether a finding's command is one that becomes a plan; others only show something."""
        return _split(fix) is not None

    def plan(self, fix: Words) -> Plan:
        """The plan that a finding's command would show."""
        split = _split(fix)
        if split is None:
            raise UsageError("nothing here mends this by a plan", unlock="its advice says what to do")
        maker, words = split
        return maker(self._services, words)

    def afterwards(self, done: Plan) -> Plan | None:
        """The plan that tries the mail which waited for ``done``; None where none did."""
        from mailtui.services.afterwards import afterwards

        return afterwards(done, self._services.queue, self._services.queue_plans)

    def plan_of(self, fixes: Sequence[Words]) -> Plan:
        """One plan of several findings' commands, in their order; any that fails undoes what must be all or nothing.

        What touches a thing that one before it changes, or cannot be done, is left for the next look.
        """
        different = list(dict.fromkeys(map(tuple, fixes)))
        if len(different) == 1:
            return self.plan(different[0])
        chosen: list[Plan] = []
        refusal: MailtuiError | None = None
        for fix in different:
            try:
                plan = self.plan(fix)
            except MailtuiError as error:
                refusal = refusal or error
                continue
            if not _names(plan) & {name for one in chosen for name in _names(one)}:
                chosen.append(plan)
        if not chosen:
            raise refusal or UsageError("nothing here is mended by a plan", unlock="enter says what to do")
        return _together(chosen, len(different))


def _names(plan: Plan) -> set[str]:
    return {target.name for target in plan.targets}


def _together(plans: Sequence[Plan], of: int) -> Plan:
    if len(plans) == 1:
        return plans[0]
    steps = tuple(step for plan in plans for step in plan.steps)
    title = f"Repair {len(plans)} things" if len(plans) == of else f"Repair {len(plans)} of {of} things"
    return Plan(title, steps, all_or_nothing=any(plan.all_or_nothing for plan in plans))


def _repair(services: Services, words: Words) -> Plan:
    user, name = words[0], words[1]
    looks = [look for look in services.mailboxes.of_user(user).looks if look.mailbox.name == name]
    if not looks:
        raise UsageError(
            f"{user} has no mailbox {name} any more", unlock=shlex.join(("mailtui", "mailbox", "list", user))
        )
    return services.mailboxes.repair(looks)


def _deploy(services: Services, words: Words) -> Plan:
    """``--in-place --server dovecot CHAIN KEY``."""
    programs = [_program(word) for before, word in pairwise(words) if before == "--server"]
    files = [Path(word) for word in words if word not in ("--in-place", "--server", *PROGRAMS)]
    return services.deploy.of_files(files, programs=programs, in_place="--in-place" in words)


def _protect(_services: Services, words: Words) -> Plan:
    from mailtui.services.tls.protecting import protect_plan

    return protect_plan([Path(word) for word in words])


def _set(services: Services, words: Words) -> Plan:
    pairs = (word.partition("=") for word in words[1:])
    return services.config_plans.set(_program(words[0]), [Setting(name, value) for name, _, value in pairs])


def _unset(services: Services, words: Words) -> Plan:
    return services.config_plans.set(_program(words[0]), [Setting(name, None) for name in words[1:]])


_MAKERS: dict[tuple[str, str], Maker] = {
    ("map", "build"): lambda services, words: services.map_plans.build(Path(words[0])),
    ("map", "convert"): lambda services, words: services.conversion.plan(Path(words[0])),
    ("map", "unset"): lambda services, words: services.map_plans.unset(Path(words[0]), words[1]),
    ("map", "set"): lambda services, words: services.map_plans.set(Path(words[0]), words[1], words[2]),
    ("mailbox", "repair"): _repair,
    ("queue", "mend"): lambda services, _words: services.queue_plans.mend(),
    ("queue", "compromised"): lambda services, words: services.queue_plans.compromised(
        words[0], services.queue.read().entries
    ),
    ("service", "start"): lambda services, words: services.control.plan("start", words),
    ("service", "reload"): lambda services, words: services.control.plan("reload", words),
    ("service", "restart"): lambda services, words: services.control.plan("restart", words),
    ("cert", "protect"): _protect,
    ("cert", "deploy"): _deploy,
    ("cert", "hook"): lambda services, words: services.renewal.hook_plan(words[0]),
    ("config", "set"): _set,
    ("config", "unset"): _unset,
    ("config", "replace"): lambda services, words: services.config_plans.replace(_program(words[0]), words[1:]),
}


def _split(fix: Words) -> tuple[Maker, Words] | None:
    words = [word for word in fix if word != "--"]
    if len(words) < 4 or words[0] != "mailtui":
        return None
    maker = _MAKERS.get((words[1], words[2]))
    return (maker, words[3:]) if maker else None


def _program(name: str) -> Program:
    for program in PROGRAMS:
        if program == name:
            return program
    raise UsageError(f"{name} is none of {', '.join(PROGRAMS)}")
