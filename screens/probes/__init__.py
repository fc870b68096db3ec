"""Live tests: what can be tried, what came of it, and the lines it rests on."""

from mailtui.screens.probes.result import ResultScreen
from mailtui.screens.probes.screen import ProbesScreen

__all__ = ["ProbesScreen", "ResultScreen"]
