"""Where a number or a row leads when the operator opens it."""

from __future__ import annotations

from dataclasses import dataclass

from mailtui.maillog.model import LineRef, Story


@dataclass(frozen=True, slots=True)
class OpenLog:
    """The log, filtered to what was counted or standing at one line."""

    where: str = ""
    """An expression of the filter language."""
    at: LineRef | None = None
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class OpenIncidents:
    """The list of incidents, filtered."""

    where: str = ""
    problems_only: bool = True


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """One incident."""

    incident_id: str


@dataclass(frozen=True, slots=True)
class OpenStory:
    """One message, by queue ID, message-id or address; or as it has been found already."""

    name: str
    story: Story | None = None


@dataclass(frozen=True, slots=True)
class OpenNote:
    """A few lines that say what is known and what to do next."""

    title: str
    lines: tuple[str, ...]


Target = OpenLog | OpenIncidents | OpenIncident | OpenStory | OpenNote
