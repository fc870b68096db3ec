"""What the list of ports asks of the services beside what the certificates' views ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mailtui.services.tls.listeners import Listener
    from mailtui.services.tls.visitors import Visits


class VisitorsPort(Protocol):
    """Who came by which port."""

    def of(self, listener: Listener, beside: Sequence[Listener]) -> Visits:
        """Read the log; may take seconds. Raises UsageError where it cannot tell."""
