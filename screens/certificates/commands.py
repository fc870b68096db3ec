"""The actions of the certificates' and ports' views."""

from __future__ import annotations

from mailtui.screens.commands import Command
from mailtui.screens.findings.commands import MEND

TROUBLE = Command(
    "list.problems", "exclamation_mark", "screen.problems", "Findings", "What is wrong with it.", footer="Findings"
)
DEPLOY = Command(
    "certificate.deploy",
    "D",
    "screen.deploy",
    "Deploy …",
    "Give another certificate to Postfix and Dovecot; proven on every port, put back if it fails.",
    footer="Deploy",
    dangerous=True,
)
ACTIONS = (TROUBLE, MEND)
INVENTORY = (*ACTIONS, DEPLOY)
