"""The actions of the view of the DNS."""

from __future__ import annotations

from mailtui.screens.commands import Command
from mailtui.screens.findings.commands import MEND

DELIVERABILITY = (
    Command(
        "dns.page",
        "right_square_bracket,left_square_bracket",
        "screen.turn",
        "Findings or records",
        "What is wrong, or the records to publish beside those that are.",
        footer="Records",
    ),
    Command("map.ask", "K", "screen.ask", "Ask …", "Another domain, outer addresses, another name server.", "Ask"),
    Command("dns.next", "n", "screen.next_domain(1)", "Next domain", "The next of this machine's own.", "Next"),
    Command("dns.previous", "N", "screen.next_domain(-1)", "Domain before", "The one before among this machine's own."),
    Command(
        "list.problems",
        "exclamation_mark",
        "screen.problems",
        "Only problems",
        "Leave out what is well and notices, or records that are published; again for everything.",
        footer="Problems",
    ),
    MEND,
)
