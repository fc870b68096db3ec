"""Lookup tables: which are in use and what is wrong with them; one table, its entries, and changing them."""

from mailtui.screens.maps.editor import TextScreen
from mailtui.screens.maps.entries import EntriesScreen
from mailtui.screens.maps.tables import MapsScreen

__all__ = ["EntriesScreen", "MapsScreen", "TextScreen"]
