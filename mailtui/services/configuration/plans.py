"""Plans that set parameters: tested on a copy first, installed whole, reloaded, read back, and undone as one."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from mailtui.changes.files import replace_step
from mailtui.changes.plan import Plan, Step
from mailtui.host.errors import HostError, PermissionDenied, ToolMissing, UsageError
from mailtui.host.tools import Tools
from mailtui.services.configuration import dovecot_edit, dovecot_text, postfix_text
from mailtui.services.configuration.dovecot_tested import taken, tested
from mailtui.services.configuration.model import Program, Setting
from mailtui.services.configuration.proof import proof_step
from mailtui.services.configuration.reloading import read_at_start, reload_steps
from mailtui.services.configuration.replacing import Replacing
from mailtui.services.configuration.secrecy import any_secret, is_secret
from mailtui.services.control.systemd import Systemd
from mailtui.services.control.verbs import Commands, Verbs
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.text import clean

Changed = Sequence[tuple[Path, bytes]]
"""Files and what they will hold."""
Expected = Mapping[str, str]
"""What settings will be when they are read back."""
_NAMED = 4
"""How many parameters are named in a line."""
_SHARED = "mail that is on its way may meet either configuration"


class ConfigPlans:
    """Makes plans and changes nothing. Raises UsageError, HostError and what reading raises."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot

    def set(self, program: Program, settings: Sequence[Setting], title: str = "") -> Plan:
        """Set or take away parameters of one program. Raises UsageError where all of it is so already."""
        steps = self.steps(program, settings)
        if not steps:
            raise UsageError(f"{_names(settings)}: it is so already")
        return Plan(title or f"Set {_names(settings)}", steps, all_or_nothing=True)

    def replace(self, program: Program, names: Sequence[str]) -> Plan:
        """Write what has replaced these names of old. Raises UsageError where a person has to decide."""
        settings = Replacing(self._postfix, self._dovecot).settings(program, names)
        return self.set(program, settings, f"Replace {', '.join(map(clean, names))}")

    def of_several(self, wanted: Mapping[Program, Sequence[Setting]], title: str = "") -> Plan:
        """Set parameters of both programs. Raises UsageError where all of it is so already, or there is nothing."""
        steps = [step for program, settings in wanted.items() for step in self.steps(program, settings)]
        if not steps:
            raise UsageError("there is nothing to set that is not so already")
        count = sum(map(len, wanted.values()))
        return Plan(title or f"Set {count} parameters", tuple(steps), all_or_nothing=True)

    def steps(
        self, program: Program, settings: Sequence[Setting], why: str = "", *, made_before: bool = False
    ) -> tuple[Step, ...]:
        """The same as steps of a larger plan, which must be all or nothing; none where it is so already.

        ``made_before``: the files that are named are made by steps before these.
        """
        _refuse_secrets(settings)
        why = why or f"set {_names(settings)}"
        if program == "postfix":
            changed, expected = self._of_postfix(settings)
        else:
            changed, expected = self._of_dovecot(settings, opening=not made_before)
        files = [replace_step(path, data, why, risk=_SHARED, secret=_secret(data)) for path, data in changed]
        if not files:
            return ()
        restart = self._restart(program) if read_at_start(program, (one.name for one in settings)) else None
        before, after = reload_steps(program, self._postfix, self._dovecot, restart)
        proof = proof_step(program, expected)
        return (before, *files, after, *((proof,) if proof else ()))

    def _restart(self, program: Program) -> Commands:
        return Verbs(self._postfix, self._dovecot, Systemd(self._tools)).commands(program, "restart")

    def _of_postfix(self, settings: Sequence[Setting]) -> tuple[Changed, Expected]:
        new = postfix_text.edited(self._tools, self._postfix, settings)
        return new.files, new.expected

    def _of_dovecot(self, settings: Sequence[Setting], *, opening: bool) -> tuple[Changed, Expected]:
        old = new = self._dovecot_sources()
        for setting in settings:
            new = dovecot_edit.edited(new, setting)
        self._test(new, opening=opening)
        expected = {one.name: taken(self._tools, new, one) for one in settings}
        changed = [(file, os.fsencode(text)) for file, text in new.texts.items() if old.texts.get(file) != text]
        return changed, {name: value for name, value in expected.items() if value is not None}

    def _test(self, new: dovecot_text.Sources, *, opening: bool) -> None:
        """Raises ToolFailed with the line to mend where Dovecot refuses the present files, too."""
        try:
            tested(self._tools, new.flat(), opening=opening)
        except HostError:
            self._dovecot.again().everything("-n")
            raise

    def _dovecot_sources(self) -> dovecot_text.Sources:
        """Dovecot's files as they are; where they cannot be read, what to do."""
        main = dovecot_text.main_file(self._dovecot)
        try:
            return dovecot_text.read_sources(main)
        except PermissionDenied:
            raise
        except HostError as error:
            if self._tools.find("doveconf") is None:
                raise ToolMissing("doveconf") from error
            if main.is_file():
                raise
            step = "put that file back, from a backup or from its package's, then try again"
            raise HostError(error.message, unlock=step) from error


def _names(settings: Sequence[Setting]) -> str:
    names = [clean(one.name) for one in settings]
    return ", ".join(names if len(names) <= _NAMED else [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} more"])


def _refuse_secrets(settings: Sequence[Setting]) -> None:
    for one in settings:
        if is_secret(one.name, one.value or ""):
            raise UsageError(
                f"{clean(one.name)} holds a secret, which must stand in no journal",
                unlock="write it into a file of its own that only root may read, and give that file's name",
            )


def _secret(data: bytes) -> bool:
    """Whether the difference of a file cannot be shown."""
    return any_secret(data.decode("utf-8", "surrogateescape"))
