"""The list of one user's mailboxes: its columns, and a row of it."""

from __future__ import annotations

from textual.content import Content

from mailtui.screens.mailboxes.view import name_of
from mailtui.screens.widgets import Column, TableRow
from mailtui.screens.words import MUTED, SEVERITY_MARK, SEVERITY_STYLE
from mailtui.services.dovecot.index.damage import Look
from mailtui.services.dovecot.mailboxes import severity_of
from mailtui.text import clean

COLUMNS = (
    Column("severity", "", 1),
    Column("mailbox", "Mailbox", 20, grow=2),
    Column("messages", "Messages", 8, right=True),
    Column("unseen", "Unseen", 6, right=True),
    Column("uidnext", "UIDNEXT", 9, right=True),
    Column("uidvalidity", "UIDVALIDITY", 11, right=True),
    Column("state", "State", 20, grow=2),
)


def row(look: Look, in_the_log: str) -> TableRow:
    """One mailbox; ``in_the_log`` is what the log last told of it."""
    severity = severity_of(look)
    style = SEVERITY_STYLE[severity] if severity != "ok" else MUTED
    numbers = (look.messages, look.unseen, look.uidnext, look.uidvalidity)
    state = look.damages[0].title if look.damages else look.problem or "fine" + f"; {in_the_log}" * bool(in_the_log)
    more = f", and {len(look.damages) - 1} more" if len(look.damages) > 1 else ""
    return TableRow(
        look.mailbox.name,
        (
            Content.styled(SEVERITY_MARK[severity], style),
            Content(name_of(look)),
            *(Content("" if number is None else str(number)) for number in numbers),
            Content.styled(clean(state) + more, style),
        ),
    )
