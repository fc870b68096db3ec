"""The actions of the tables' views."""

from __future__ import annotations

from mailtui.screens.commands import Command

ACTING = (
    Command("map.build", "B", "screen.build", "Build", "Compile the table again.", "Build", dangerous=True),
    Command("map.edit", "e,v", "screen.edit", "Edit", "Another value for this key.", "Edit", dangerous=True),
    Command("map.add", "a", "screen.add", "Add", "A new key.", "Add", dangerous=True),
    Command("map.remove", "d", "screen.remove", "Remove", "Take this key out.", "Remove", dangerous=True),
)
"""What changes a table."""

LOOKUP = Command("map.ask", "K", "screen.ask", "Ask …", "What Postfix gets for a key (postmap -q).", "Ask")
FILTER = Command("list.filter", "slash", "screen.filter", "Filter", "Keep what matches.", footer="Filter")
TROUBLE = Command(
    "list.problems", "exclamation_mark", "screen.problems", "Findings", "What is wrong with it.", footer="Findings"
)
TABLES = (TROUBLE, ACTING[0], LOOKUP)
ENTRIES = (FILTER, *ACTING, LOOKUP, TROUBLE)
