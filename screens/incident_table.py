"""The table of incidents, on the Overview and on its own view."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from mailtui.maillog.model import Incident
from mailtui.screens.problems import no_log
from mailtui.screens.widgets import Column, LineTable, TableRow
from mailtui.screens.words import MUTED, SEVERITY_MARK, SEVERITY_STYLE, ago, clock, count, who_acts
from mailtui.services.live.model import LiveSnapshot
from mailtui.text import clean

COLUMNS = (
    Column("severity", "", 1),
    Column("count", "Count", 7, right=True),
    Column("last", "Last", 8),
    Column("title", "What fails", 20, grow=3),
    Column("first", "Since", 10, only_from=120),
    Column("recipients", "Recipients", 10, right=True, only_from=120),
    Column("who", "Who must act", 18),
    Column("action", "What to do", 20, grow=2, only_from=120),
)


class IncidentTable(LineTable):
    """One row an incident."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(COLUMNS, empty="… reading the log", id=id)

    def show(self, incidents: Sequence[Incident], live: LiveSnapshot) -> None:
        """Show these, in this order; where there is none, whether that is known."""
        why = no_log(live)
        calm = "… reading the log" if live.loading else "Nothing fails, as far as the log has been read."
        self.say_when_empty(f"{why}; 0 tells what to do" if why else calm)
        self.update_rows([_row(incident, live.now) for incident in incidents])


def _row(incident: Incident, now: float) -> TableRow:
    style = SEVERITY_STYLE.get(incident.severity, "")
    return TableRow(
        incident.id,
        (
            Content.styled(SEVERITY_MARK.get(incident.severity, "?"), style),
            Content.styled(count(incident.count), style),
            Content(ago(incident.last, now).removesuffix(" ago")),
            Content.styled(clean(incident.title), style if incident.severity == "error" else ""),
            Content.styled(clock(incident.first, now), MUTED),
            Content.styled(count(incident.recipients), MUTED),
            Content.styled(who_acts(incident.who), MUTED),
            Content.styled(clean(incident.action), MUTED),
        ),
    )
