"""What smtpd, cleanup and postscreen did by policy: refuse, warn, hold, discard.

``ACTION: STAGE from CLIENT: TEXT; from=<> to=<> …`` (smtpd, milters, postscreen) and
``ACTION: header|body CONTENT from CLIENT; from=<> … : TEXT`` (cleanup).
"""

from __future__ import annotations

import re

from mailtui.maillog.report.reasons import reject_reason, shorten
from mailtui.maillog.report.tally import Tally

ACTIONS = {
    "reject": ("rejected", "reject_reasons"),
    "milter-reject": ("rejected", "reject_reasons"),
    "proxy-reject": ("rejected", "reject_reasons"),
    "reject_warning": ("reject_warnings", "reject_warning_reasons"),
    "hold": ("held", "hold_reasons"),
    "milter-hold": ("held", "hold_reasons"),
    "discard": ("discarded", "discard_reasons"),
    "milter-discard": ("discarded", "discard_reasons"),
}
"""Words before the stage, what they count as, and where their reasons are kept."""

CLEANUP_ACTIONS = {**ACTIONS, "warning": ("reject_warnings", "reject_warning_reasons")}
"""A header check's WARN is logged as ``warning: header …``."""

REFUSED = frozenset({"reject", "milter-reject", "proxy-reject"})
TAKEN = frozenset({"hold", "milter-hold", "discard", "milter-discard"})
"""The client was told yes."""

END_OF_DATA = frozenset({"END-OF-MESSAGE", "BDAT", "header", "body", "mime-error"})
"""Stages at which a refusal is one of the whole message."""

_SENDER = re.compile(r"[;,] from=<([^>]*)>")
_RECIPIENT = re.compile(r" to=<([^>]*)>")
_CONTENT_STAGES = ("header ", "body ", "mime-error ")


def count_action(tally: Tally, hour: str, action: str, rest: str) -> None:
    """Count one action; ``rest`` starts with the stage."""
    outcome, details = CLEANUP_ACTIONS[action]
    tally.outcomes[outcome][hour] += 1
    if rest.startswith(_CONTENT_STAGES):
        key = _content(rest)
    else:
        key, code = _session(rest)
        if outcome == "rejected":
            tally.details["reject_codes"][(code,)] += 1
    tally.details[details][key] += 1


def _session(rest: str) -> tuple[tuple[str, str, str], str]:
    """Stage, reason and whom it is about; and the reply code."""
    stage, _, told = rest.partition(" from ")
    client, _, text = told.partition(": ")
    reason, code = reject_reason(text), text[:3]
    who = client
    if reason.startswith("Sender address rejected"):
        who = _first(_SENDER, text) or "<>"
    elif reason.startswith(("Recipient address rejected", "User unknown")):
        who = _first(_RECIPIENT, text) or client
    elif client.startswith("["):  # postscreen names the port
        who = client.rpartition(":")[0]
    return (stage, reason, who), code if code.isdigit() else ""


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def _content(rest: str) -> tuple[str, str, str]:
    """Part, its content and the client; sender and recipient are left out."""
    part, _, content = rest.partition(" ")
    content, _, _ = content.rpartition("; from=<")
    content, _, client = content.rpartition(" from ")
    return part, shorten(content), client
