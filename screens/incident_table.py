"""The table of incidents, on the Overview and on its own view."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from mailtui.maillog.model import Incident
from mailtui.screens.widgets import Column, LineTable, TableRow
from mailtui.screens.words import MUTED, SEVERITY_MARK, SEVERITY_STYLE, ago, count, who_acts
from mailtui.text import clean

COLUMNS = (
    Column("severity", "", 1),
    Column("count", "Count", 7, right=True),
    Column("last", "Last", 9),
    Column("title", "What fails"),
    Column("who", "Who must act", 21),
)


class IncidentTable(LineTable):
    """One row an incident."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(COLUMNS, id=id)

    def show(self, incidents: Sequence[Incident], now: float) -> None:
        """Show these, in this order."""
        self.update_rows([_row(incident, now) for incident in incidents])


def _row(incident: Incident, now: float) -> TableRow:
    style = SEVERITY_STYLE.get(incident.severity, "")
    return TableRow(
        incident.id,
        (
            Content.styled(SEVERITY_MARK.get(incident.severity, "?"), style),
            Content.styled(count(incident.count), style),
            Content(ago(incident.last, now).removesuffix(" ago")),
            Content.styled(clean(incident.title), style if incident.severity == "error" else ""),
            Content.styled(who_acts(incident.who), MUTED),
        ),
    )
