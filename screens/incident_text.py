"""An incident in sentences."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from textual.content import Content

from mailtui.maillog.model import Incident
from mailtui.screens.words import MUTED, SEVERITY_MARK, SEVERITY_STYLE, ago, clock, count, counted, who_acts
from mailtui.text import clean

LABEL = 8


def incident_text(incident: Incident, now: float, width: int) -> Content:
    """Title, extent, who must act and what next."""
    style = SEVERITY_STYLE.get(incident.severity, "")
    hit = ", ".join(
        counted(number, word)
        for number, word in ((incident.messages, "message"), (incident.recipients, "recipient"))
        if number
    )
    times = f"{count(incident.count)} times" if incident.count != 1 else "once"
    when = f"since {clock(incident.first, now)}, last {ago(incident.last, now)} ({clock(incident.last, now)})"
    return Content("\n").join(
        (
            Content.assemble((f"{SEVERITY_MARK.get(incident.severity, '?')} {clean(incident.title)}", style)),
            *_fact("Cause", clean(incident.cause), width),
            *_fact("Seen", f"{times}{' in ' + hit if hit else ''}, {when}", width),
            *_fact("Who", f"{who_acts(incident.who)} must act", width),
            *_fact("Next", clean(incident.action), width, "$text-accent"),
        )
    )


def _fact(label: str, text: str, width: int, style: str = "") -> Iterator[Content]:
    for number, part in enumerate(textwrap.wrap(text, max(20, width - LABEL))):
        yield Content.assemble(("" if number else label).ljust(LABEL), (part, style)).stylize(MUTED, 0, LABEL)
