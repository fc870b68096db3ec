"""Where mail for an address goes, and what smtpd lets in."""

from mailtui.screens.addresses.rules import RulesScreen
from mailtui.screens.addresses.screen import AddressesScreen

__all__ = ["AddressesScreen", "RulesScreen"]
