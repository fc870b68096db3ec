"""What the probes' views ask of the services."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from mailtui.services.authresults.model import Reading
from mailtui.services.people.model import Report
from mailtui.services.probes.delivering import Delivery
from mailtui.services.probes.model import Endpoint, Probe
from mailtui.services.probes.sasl import Credentials


class ProbesPort(Protocol):
    """Live tests; all of it takes seconds."""

    def login(
        self, kind: str, who: Credentials, endpoints: Sequence[Endpoint] = (), mechanism: str = "", source: str = ""
    ) -> Probe:
        """Log in at every port of this machine."""

    def recipient(self, address: str, sender: str | None = None, consent: Callable[[str], bool] = ...) -> Probe:
        """Ask whether there is such a recipient."""

    def deliver(
        self, wanted: Delivery, consent: Callable[[str], bool] = ..., told: Callable[[str], None] | None = None
    ) -> Probe:
        """Send a test message and follow it."""

    def relay(self) -> Probe:
        """Whether strangers may send to strangers."""


class AuthResultsPort(Protocol):
    """What the checks of messages said."""

    def of(self, message: str) -> Reading:
        """Of one, by its queue ID or its file."""


class PeoplePort(Protocol):
    """Users, in every place where they should be."""

    def of(self, address: str) -> Report:
        """One of them."""
