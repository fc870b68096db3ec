"""What certificates need of the DNS: ``mailtui.services.dns.resolver.Resolver``, or a test's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mailtui.services.dns.answers import Answer


class Asker(Protocol):
    """A resolver. Nothing here raises for an answer."""

    @property
    def local(self) -> bool:
        """Whether it is on this machine, so that its word on DNSSEC can be believed."""

    def ask_all(self, questions: Sequence[tuple[str, str]]) -> tuple[Answer, ...]:
        """The answers, in their order."""
