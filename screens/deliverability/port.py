"""What the view of the DNS asks of the services."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from mailtui.services.checks.model import Report
from mailtui.services.dns.publishing.model import Wanted


class DeliverabilityPort(Protocol):
    """The DNS; all but the first takes seconds."""

    def domains(self) -> tuple[str, ...]:
        """The domains of this machine; may run tools."""

    def check(
        self,
        domain: str,
        *,
        servers: Sequence[tuple[str, int]] = (),
        addresses: Sequence[str] = (),
        progress: Callable[[str], None] = ...,
    ) -> Report:
        """All about one of them."""

    def records(
        self, domain: str, *, servers: Sequence[tuple[str, int]] = (), addresses: Sequence[str] = ()
    ) -> tuple[Wanted, ...]:
        """What to publish for it."""
