"""What the view of an address's way asks of the services."""

from __future__ import annotations

from typing import Protocol

from mailtui.services.postfix.addresses.model import Resolution


class ResolverPort(Protocol):
    """Where mail goes."""

    def resolve(self, address: str, sender: str = "", client: str = "") -> Resolution:
        """Follow an address through every table; runs tools, for seconds."""
