"""Where mail for an address goes."""

from mailtui.screens.addresses.screen import AddressesScreen

__all__ = ["AddressesScreen"]
