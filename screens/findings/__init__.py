"""Everything that is wrong, in one list."""

from mailtui.screens.findings.screen import FindingsScreen

__all__ = ["FindingsScreen"]
