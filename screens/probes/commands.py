"""The actions of the probes."""

from __future__ import annotations

from mailtui.screens.commands import Command

PROBES = (
    Command(
        "probe.try",
        "K",
        "screen.try",
        "Try …",
        "Ask whom it is about, do it now, and show what came of it.",
        footer="Try",
    ),
)
RESULT = (
    Command(
        "probe.dialogue",
        "full_stop",
        "screen.dialogue",
        "Dialogue",
        "All that was said to the servers and by them, secrets left out; again: hide it.",
        footer="Dialogue",
    ),
)
