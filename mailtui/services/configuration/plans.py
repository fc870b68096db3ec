"""Plans that set parameters: tested on a copy first, installed whole, reloaded, read back, and undone as one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from mailtui.changes.files import replace_step
from mailtui.changes.plan import Plan, Step
from mailtui.host.errors import UsageError
from mailtui.host.tools import Tools
from mailtui.services.configuration import dovecot_text, postfix_text
from mailtui.services.configuration.dovecot_tested import tested, value_in
from mailtui.services.configuration.model import Program, Setting
from mailtui.services.configuration.proof import proof_step
from mailtui.services.configuration.reloading import reload_steps
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.text import clean

_MAIN_DOVECOT = Path("/etc/dovecot/dovecot.conf")
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

    def steps(self, program: Program, settings: Sequence[Setting], why: str = "") -> tuple[Step, ...]:
        """The same as steps of a larger plan, which must be all or nothing; none where it is so already."""
        why = why or f"set {_names(settings)}"
        changed = self._postfix_files(settings) if program == "postfix" else self._dovecot_files(settings)
        files = [replace_step(path, data, why, risk=_SHARED) for path, data in changed]
        if not files:
            return ()
        before, after = reload_steps(program, self._postfix, self._dovecot)
        proof = proof_step(program, settings)
        return (before, *files, after, *((proof,) if proof else ()))

    def _postfix_files(self, settings: Sequence[Setting]) -> list[tuple[Path, bytes]]:
        return [(one.path, one.data) for one in postfix_text.edited(self._tools, self._postfix, settings)]

    def _dovecot_files(self, settings: Sequence[Setting]) -> list[tuple[Path, bytes]]:
        main = Path(self._dovecot.where[1]) if self._dovecot.where else _MAIN_DOVECOT
        old = new = dovecot_text.read_sources(main)
        for setting in settings:
            new = dovecot_text.edited(new, setting)
        tested(self._tools, new)
        for setting in settings:
            if setting.value is not None and "{" not in setting.name:
                value = value_in(self._tools, new, setting.name)
                if value != setting.value:
                    raise UsageError(
                        f"{clean(setting.name)} would be {clean(value)!r}: this Dovecot knows it by another name, "
                        "or it is set in a block of another one"
                    )
        return [(file, os.fsencode(text)) for file, text in new.texts.items() if old.texts.get(file) != text]


def _names(settings: Sequence[Setting]) -> str:
    return ", ".join(clean(one.name) for one in settings)
