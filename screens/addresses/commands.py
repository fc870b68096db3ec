"""The actions of the views of an address's way and of the rules of smtpd."""

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
    Command("addresses.rules", "c", "screen.rules", "Rules", "What smtpd asks of clients, in order.", "Rules"),
)
RULES = (
    Command("map.ask", "K", "screen.ask", "Try a client …", "What it is told, and which rule says so.", "Try"),
    Command("map.try", "f3", "screen.try", "Try an entry …", "Whom it would have met on the last day.", "Entry"),
    Command("rules.next", "right_square_bracket", "screen.turn(1)", "Next service", "The next smtpd.", "Service"),
    Command("rules.previous", "left_square_bracket", "screen.turn(-1)", "Service before", "The smtpd before it."),
    Command("rules.all", "full_stop", "screen.forget", "All rules", "The rules as they stand, without a client."),
)
