"""The actions of the list of ports."""

from __future__ import annotations

from mailtui.screens.certificates.commands import ACTIONS as OF_CERTIFICATES
from mailtui.screens.commands import Command

WHO = Command(
    "port.who",
    "z",
    "screen.who",
    "Who comes",
    "Who logged in there, by the log's last 30 days: who breaks if it is closed.",
    footer="Who",
)
ACTIONS = (*OF_CERTIFICATES, WHO)
