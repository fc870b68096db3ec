"""The actions of the certificates' and ports' views."""

from __future__ import annotations

from mailtui.screens.commands import Command
from mailtui.screens.findings.commands import MEND

TROUBLE = Command(
    "list.problems", "exclamation_mark", "screen.problems", "Findings", "What is wrong with it.", footer="Findings"
)
RENEW = Command("certificate.renew", "r,f5", "screen.renew", "Refresh", "Read files and ask every port again.")
ACTIONS = (TROUBLE, MEND, RENEW)
