"""The actions of the list of parameters."""

from __future__ import annotations

from mailtui.screens.commands import Command
from mailtui.screens.findings.commands import MEND
from mailtui.services.control.verbs import Verb

CONFIGURATION = (
    Command(
        "config.all",
        "full_stop",
        "screen.every",
        "Every parameter",
        "Those at their default, too; again: without.",
        "All",
    ),
    Command(
        "list.problems",
        "exclamation_mark",
        "screen.problems",
        "Only problems",
        "Only what something is wrong with; again for the others.",
        footer="Problems",
    ),
    Command("config.edit", "e", "screen.edit", "Edit", "Another value.", footer="Edit", dangerous=True),
    Command(
        "config.remove",
        "d",
        "screen.remove",
        "Remove",
        "Take it out of the file, so that the default holds.",
        footer="Remove",
        dangerous=True,
    ),
    MEND,
    Command(
        "config.howto", "V", "screen.howto", "How-to …", "Paste a how-to, and see what it is here.", footer="How-to"
    ),
    Command(
        "service.control",
        "A",
        "screen.control",
        "Act …",
        "Reload, restart or start Postfix or Dovecot: tested before, looked at after.",
        footer="Act",
        dangerous=True,
    ),
)
HOWTO = (
    Command("config.write", "ctrl+s", "screen.write", "Set …", "Show the plan of what is good.", "Set", dangerous=True),
    Command("config.close", "escape", "screen.close", "Back", "One step back.", "Back"),
)
CONTROLS: tuple[tuple[Verb, str], ...] = (
    ("reload", "postfix"),
    ("reload", "dovecot"),
    ("restart", "postfix"),
    ("restart", "dovecot"),
    ("start", "postfix"),
    ("start", "dovecot"),
)
"""What may be done with the programs, in the order of the menu."""
