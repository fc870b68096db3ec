"""``Configuration``: all parameters of both programs with what is wrong about them, and plans that change them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailtui.changes.plan import Plan
from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError, UsageError
from mailtui.host.tools import Tools
from mailtui.services.configuration.dovecot_read import value_of
from mailtui.services.configuration.lint.service import Lint
from mailtui.services.configuration.listing import Listing, Parameter
from mailtui.services.configuration.model import PROGRAMS, Program, Setting
from mailtui.services.configuration.plans import ConfigPlans
from mailtui.services.configuration.postfix_text import written
from mailtui.services.configuration.secrecy import is_secret
from mailtui.services.configuration.translate.model import Translation
from mailtui.services.configuration.translate.service import Translator
from mailtui.services.control.service import Control
from mailtui.services.control.verbs import Verb
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.text import clean


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read at one time."""

    parameters: tuple[Parameter, ...]
    findings: tuple[Finding, ...]
    problems: tuple[str, ...] = ()
    """Why one of the programs could not be read; cleaned."""


class Configuration:
    """Reads anew each time; what changes something is a plan. Raises the error family."""

    def __init__(
        self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig, plans: ConfigPlans, control: Control
    ) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot
        self._plans = plans
        self._control = control
        self._listing = Listing(tools, postfix, dovecot)
        self._lint = Lint(tools, postfix, dovecot)

    def read(self) -> Reading:
        """Everything; one program that cannot be read does not hide the other."""
        parameters: list[Parameter] = []
        findings: list[Finding] = []
        problems: list[str] = []
        for program in PROGRAMS:
            try:
                parameters += self._listing.of(program)
            except MailtuiError as error:
                problems.append(clean(error.told))
            try:
                findings += self._lint.postfix() if program == "postfix" else self._lint.dovecot()
            except MailtuiError:
                continue  # it was said above
        return Reading(tuple(parameters), tuple(findings), tuple(problems))

    def about(self, parameter: Parameter) -> str:
        """All that the manual says of one, paragraphs apart by an empty line."""
        return self._listing.about(parameter)

    def value(self, program: Program, name: str) -> str:
        """What is written, or holds, to be edited. Raises UsageError for a secret."""
        if program == "postfix":
            value = written(self._tools, self._postfix.where, name)
        else:
            value = value_of(self._dovecot, name)
        if is_secret(name, value or ""):
            raise UsageError("it holds a secret, which is shown to nobody", unlock="edit its file by hand")
        return value or ""

    def set(self, program: Program, name: str, value: str | None) -> Plan:
        """Give a parameter a value; None takes it away, so that the default holds."""
        return self._plans.set(program, [Setting(name, value)])

    def translate(self, text: str) -> Translation:
        """A piece of a how-to, judged for what is installed."""
        return Translator(self._tools, self._postfix.again(), self._dovecot.again()).translate(text)

    def apply(self, translation: Translation) -> Plan:
        """Set what is good of a how-to. Raises UsageError where that is nothing new."""
        return self._plans.of_several(translation.settings)

    def control(self, verb: Verb, names: Sequence[str]) -> Plan:
        """Reload or restart."""
        return self._control.plan(verb, names)
