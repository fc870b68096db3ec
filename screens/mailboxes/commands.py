"""The actions of the mailboxes' views."""

from __future__ import annotations

from mailtui.screens.commands import Command

TROUBLE = Command(
    "list.problems", "exclamation_mark", "screen.problems", "Findings", "What is wrong with it.", footer="Findings"
)
CHECK = Command(
    "mailbox.check",
    "C",
    "screen.check",
    "Check",
    "Look at the files of every mailbox, without Dovecot; again: stop.",
    footer="Check",
)
REPAIR = Command(
    "mailbox.repair",
    "R",
    "screen.repair",
    "Repair",
    "Mend what is damaged, by a plan.",
    footer="Repair",
    dangerous=True,
)
LADDER = Command(
    "mailbox.ladder", "z", "screen.ladder", "Ladder", "Every way to mend it, what each costs, and which is taken."
)
CARE = Command(
    "mailbox.care",
    "A",
    "screen.care",
    "Act …",
    "End sessions, count the quota, make the cache or the search index anew, purge.",
    footer="Act",
    dangerous=True,
)
NEXT = Command("mailbox.next-part", "n", "screen.part(1)", "Next part", "The next part of the files.", footer="Next")
BEFORE = Command("mailbox.part-before", "N", "screen.part(-1)", "Part before", "The part before this one.")

USERS = (CHECK, REPAIR, TROUBLE)
USER = (CHECK, REPAIR, LADDER, CARE, TROUBLE)
FILES = (NEXT, BEFORE, REPAIR, LADDER, TROUBLE)
