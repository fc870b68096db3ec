"""The finding under the cursor, in whole sentences below the list: what is wrong, which key goes on, and what to do."""

from __future__ import annotations

import shlex

from textual.content import Content

from mailtui.findings import Finding
from mailtui.screens.targets import OpenIncident, OpenNote, OpenRecords, Target
from mailtui.screens.words import MUTED, SEVERITY_STYLE
from mailtui.text import clean

INCIDENT = "incident."
"""Findings that are failures in the log begin with this."""
_RECORDS = ("mailtui", "dns", "records")


def target_of(finding: Finding, lines: tuple[str, ...]) -> Target:
    """Where a finding is told in full: the failure, the records to publish, or its evidence in ``lines``."""
    if finding.id.startswith(INCIDENT):
        return OpenIncident(finding.id.removeprefix(INCIDENT))
    if finding.fix[:3] == _RECORDS:
        return OpenRecords(finding.fix[3], clean(finding.subject))
    return OpenNote(clean(finding.subject), lines)


def detail(finding: Finding | None, *, mendable: bool) -> Content:
    """A few lines; none where there is no finding."""
    if finding is None:
        return Content()
    lines = [Content.styled(f"{clean(finding.subject)}: {clean(finding.title)}", SEVERITY_STYLE[finding.severity])]
    lines.append(Content.styled(_key(finding, mendable=mendable), "$text-accent"))
    if finding.advice:  # what is too long for the room is told whole by enter
        lines.append(Content.styled(clean(finding.advice), MUTED))
    return Content("\n").join(lines)


def _key(finding: Finding, *, mendable: bool) -> str:
    if mendable:
        return f"R repairs it: {clean(shlex.join(finding.fix))}"
    match target_of(finding, ()):
        case OpenIncident():
            return "enter shows the failure, and the mail it hit"
        case OpenRecords(domain=domain):
            return f"enter shows the records to publish for {clean(domain)}"
    return "enter shows the evidence"
