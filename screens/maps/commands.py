"""The actions of the tables' views."""

from __future__ import annotations

from mailtui.screens.commands import Command

EDIT = Command("map.edit", "e", "screen.edit", "Edit", "Another value for this key.", "Edit", dangerous=True)
ACTING = (
    Command("map.build", "B", "screen.build", "Build", "Compile the table again.", "Build", dangerous=True),
    EDIT,
    Command("map.add", "a", "screen.add", "Add", "A new key.", "Add", dangerous=True),
    Command("map.remove", "d", "screen.remove", "Remove", "Take this key out.", "Remove", dangerous=True),
)
"""What changes a table."""

TEXT = (
    Command("map.text", "V", "screen.text", "As text", "Edit the whole text of the table.", "Text", dangerous=True),
    Command(
        "map.outside", "ctrl+o", "screen.text(True)", "In $EDITOR", "On a private copy.", "$EDITOR", dangerous=True
    ),
)
"""The whole text at once."""

LOOKUP = Command("map.ask", "K", "screen.ask", "Ask …", "What Postfix gets for a key (postmap -q).", "Ask")
TROUBLE = Command(
    "list.problems", "exclamation_mark", "screen.problems", "Findings", "What is wrong with it.", footer="Findings"
)
TABLES = (TROUBLE, ACTING[0], *TEXT, LOOKUP)
ENTRIES = (*ACTING, *TEXT, LOOKUP, TROUBLE)
EDITOR = (
    Command("map.write", "ctrl+s", "screen.write", "Save …", "Show the plan that saves it.", "Save", dangerous=True),
    Command("map.try", "f3", "screen.try_key", "Ask the text …", "What it answers to a key, saved or not.", "Ask"),
    Command("map.editor", "ctrl+o", "screen.outside", "In $EDITOR", "On a private copy.", "$EDITOR", dangerous=True),
    Command("map.close", "escape,q", "screen.close", "Back", "One step back; asks before changes are lost.", "Back"),
)
