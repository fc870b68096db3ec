"""What the certificates' and ports' views ask of the services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from mailtui.findings import Finding

if TYPE_CHECKING:
    from mailtui.services.tls.inventory import Held
    from mailtui.services.tls.listeners import Row
    from mailtui.services.tls.serving import Survey


class ServingPort(Protocol):
    """Certificates on disk beside what ports show."""

    def survey(self) -> Survey:
        """Look at files and ports; takes seconds."""

    def about(self, survey: Survey, held: Held) -> Sequence[Finding]:
        """What is wrong with one certificate, on disk and on ports."""


class ListenersPort(Protocol):
    """Ports as they are set and as they are."""

    def rows(self) -> Sequence[Row]:
        """All of them; may run tools."""


class AuditPort(Protocol):
    """Whether TLS is set as it should be."""

    def findings(self, *, ask: bool = True) -> Sequence[Finding]:
        """Everything that is not; ``ask`` for old versions at every port."""
