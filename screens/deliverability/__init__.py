"""How the world sees this machine's mail in the DNS."""

from mailtui.screens.deliverability.screen import DeliverabilityScreen

__all__ = ["DeliverabilityScreen"]
