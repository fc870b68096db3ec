"""What the list of parameters asks of the services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mailtui.changes.plan import Plan
from mailtui.services.configuration.listing import Parameter
from mailtui.services.configuration.model import Program
from mailtui.services.configuration.service import Reading
from mailtui.services.configuration.translate.model import Translation
from mailtui.services.control.verbs import Verb


class ConfigurationPort(Protocol):
    """Parameters of both programs; all of it may run tools."""

    def read(self) -> Reading:
        """All of them, and what is wrong."""

    def about(self, parameter: Parameter) -> str:
        """What the manual says of one."""

    def value(self, program: Program, name: str) -> str:
        """What is written, to be edited."""

    def set(self, program: Program, name: str, value: str | None) -> Plan:
        """Give one a value, or take it away."""

    def translate(self, text: str) -> Translation:
        """A how-to, for what is installed."""

    def apply(self, translation: Translation) -> Plan:
        """What is good of it."""

    def control(self, verb: Verb, names: Sequence[str]) -> Plan:
        """Reload or restart."""
