"""The actions of the view of an address's way."""

from __future__ import annotations

from mailtui.screens.commands import Command

ADDRESSES = (
    Command("map.ask", "K", "screen.ask", "Ask …", "Where mail for another address goes.", "Ask"),
    Command(
        "list.problems",
        "exclamation_mark",
        "screen.answers",
        "Only answers",
        "Leave out the keys that no table has; again for every key that is tried.",
        footer="Answers",
    ),
)
