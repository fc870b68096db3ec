"""Who came by which port, for the console's tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailtui.host.errors import UsageError
from mailtui.services.tls.listeners import Listener
from mailtui.services.tls.logins import Way
from mailtui.services.tls.visitors import Visits
from mailtui.text import clean
from tests.screens.fake_stories import NOW

VISITS = Visits(
    "imap",
    (
        Way("ann@example.org", True, "imap", "TLSv1.3", 7012, NOW - 60, "192.0.2.7"),
        Way(clean("evil\x1b[2J"), True, "imap", "", 3, NOW - 3600, "192.0.2.8"),
    ),
    NOW - 86400,
    True,
)


@dataclass
class FakeVisitors:
    value: Visits | None = VISITS

    def of(self, listener: Listener, beside: Sequence[Listener]) -> Visits:
        assert listener in beside
        if self.value is None:
            raise UsageError(f"the log does not tell who comes to {listener.service}")
        return self.value
