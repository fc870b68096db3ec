"""Messages to send, and text made to break a console that trusts it."""

from __future__ import annotations

import itertools
import random
from email.message import EmailMessage

HOSTILE_SUBJECTS = (
    "[bold red]markup[/] [/nothing] [@click=app.quit]x[/]",
    "\x1b]0;owned\x07\x1b[31mred\x1b[0m \x9b2J",
    "\u202egnp.exe \u2066hidden\u2069 \u200b zero width",
    "日本語の件名 🎉 with = and ; and ' quotes \"",
)
HOSTILE_HELOS = ("[/x]", "\x1b]0;owned\x07\x1b[31m", "mail.example]", "a=b;from=<x@y.example>")
HOSTILE_SENDER = '"[red]x; from=<a@b>"@accept.example'
HOSTILE_RECIPIENT = '"[/] \\" nobody"@lab.example'

NUMBERS = itertools.count(1)
"""What makes one message different from the next."""


def message(sender: str, recipient: str, text: str, subject: str = "") -> bytes:
    """A message of a random size."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = recipient
    mail["Message-ID"] = f"<{next(NUMBERS)}.{random.getrandbits(40):x}@{sender.rpartition('@')[2]}>"
    mail.set_content(f"{text}\n" * random.randint(1, 60))
    # By hand: EmailMessage would refuse what a stranger's program does not.
    return f"Subject: {subject or text}\n".encode() + bytes(mail)
