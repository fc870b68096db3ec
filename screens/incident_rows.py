"""Incidents as a list: which are shown, in which order, and what a filter may ask of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mailtui.filters import EVERYTHING, Filter, parse
from mailtui.filters.getters import Value
from mailtui.maillog.model import Incident
from mailtui.screens.words import SEVERITY_ORDER

PROBLEMS = frozenset({"error", "warning"})
NEED_YOU = "severity:error or (severity:warning who=us)"
"""Filter for what nobody else will mend."""
_NEED_YOU = parse(NEED_YOU)


@dataclass(frozen=True, slots=True)
class Sorting:
    """An order an operator can choose."""

    name: str
    column: str
    """The column of the table that shows it."""
    key: Callable[[Incident], tuple[float | str, ...]]


SORTINGS = (
    Sorting("severity", "severity", lambda i: (SEVERITY_ORDER.get(i.severity, 9), -i.last)),
    Sorting("last seen", "last", lambda i: (-i.last,)),
    Sorting("first seen", "first", lambda i: (-i.first,)),
    Sorting("count", "count", lambda i: (-i.count,)),
    Sorting("cause", "title", lambda i: (i.cause, i.title)),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the operator wants to see of the incidents."""

    where: Filter = EVERYTHING
    problems_only: bool = False
    sorting: Sorting = SORTINGS[0]
    reverse: bool = False

    def __call__(self, incidents: Sequence[Incident]) -> tuple[Incident, ...]:
        """The incidents to show, in order."""
        kept = (i for i in incidents if not self.problems_only or i.severity in PROBLEMS)
        matching = (i for i in kept if not self.where or self.where.matches(fields(i)))
        return tuple(sorted(matching, key=self.sorting.key, reverse=self.reverse))

    def sorted_by(self, index: int) -> Shown:
        """The same in another order."""
        return replace(self, sorting=SORTINGS[index], reverse=False)

    def ordered_by(self, column: str) -> Shown:
        """The same in the order of a column, or the other way round when it is that already."""
        if column == self.sorting.column:
            return replace(self, reverse=not self.reverse)
        return next((self.sorted_by(i) for i, sorting in enumerate(SORTINGS) if sorting.column == column), self)


def need_you(incidents: Sequence[Incident]) -> int:
    """How many of them ``NEED_YOU``."""
    return sum(_NEED_YOU.matches(fields(incident)) for incident in incidents)


def fields(incident: Incident) -> dict[str, Value]:
    """What the filter language can ask of an incident."""
    return {
        "id": incident.id,
        "cause": incident.cause,
        "title": incident.title,
        "who": incident.who,
        "action": incident.action,
        "severity": incident.severity,
        "count": incident.count,
        "messages": incident.messages,
        "recipients": incident.recipients,
        "first": incident.first,
        "last": incident.last,
        "queue_ids": incident.queue_ids,
        "text": tuple(line.text for line in incident.samples),
    }
