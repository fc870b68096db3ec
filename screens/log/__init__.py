"""The log view."""

from mailtui.screens.log.screen import LogScreen

__all__ = ["LogScreen"]
