"""One incident: what it means, who must act, and the messages it hit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Static

from mailtui.maillog.mailbox_damage import damaged_in
from mailtui.maillog.model import Event, Incident
from mailtui.screens.background import in_thread
from mailtui.screens.base import Copyable
from mailtui.screens.commands import ENTRY, INCIDENT, Command, bindings
from mailtui.screens.failures import NO_RECIPIENT, FailureScreen
from mailtui.screens.hits import Hit, HitTable, hits
from mailtui.screens.incident_text import incident_text
from mailtui.screens.messages import Gather, Open
from mailtui.screens.targets import OpenLog, OpenQueue, OpenStory, OpenUser
from mailtui.screens.widgets import FilterBar

MOST_GATHERED = 3
"""Messages of an incident that are told in its evidence."""
ReadEvents = Callable[[str], Sequence[Event]]


class IncidentScreen(FailureScreen):
    """The failure, then its messages, newest first; ``enter`` opens one."""

    CSS_PATH = "../styles/incidents.tcss"
    AUTO_FOCUS = "HitTable"
    HELP = (
        "What failed and what to do, then every message it hit, newest first.\n"
        "enter opens the story of the message; for a refused connection, its line in the log.\n"
        "a edits the entry of a table that made it fail; then what waits is offered to be requeued."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = (ENTRY, *INCIDENT)
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(self, incident_id: str, read_events: ReadEvents) -> None:
        super().__init__()
        self._incident_id = incident_id
        self._read_events = read_events
        self._hits: tuple[Hit, ...] = ()
        self._read_at = -1.0
        self._mailbox: tuple[str, str] | None = None
        """User and name of the mailbox it tells of."""

    @property
    def crumb(self) -> str:
        """The name of the view."""
        return "Incident"

    def compose_view(self) -> Iterable[Widget]:
        """The text, and the list."""
        yield Static(id="incident-text")
        yield FilterBar()
        yield HitTable()

    def show_state(self) -> None:
        """Say what is known; read the lines again when there are new ones."""
        live, incident = self.console.live, self._incident()
        if live is None or incident is None:
            self.query_one("#incident-text", Static).update("This incident is no longer in the log that is kept.")
            return
        self.query_one("#incident-text", Static).update(incident_text(incident, live.now, self.size.width - 2))
        if incident.last != self._read_at:
            self._read_at = incident.last
            self._read(live.now)

    @work(group="incident", exclusive=True)
    async def _read(self, now: float) -> None:
        events = await in_thread(partial(self._read_events, self._incident_id), "incident")
        self._hits = hits(events)
        self._mailbox = damaged_in(events)
        self.refresh_bindings()
        self.query_one(HitTable).show(self._hits, now)

    @on(HitTable.Opened)
    def open_hit(self, event: HitTable.Opened) -> None:
        """The story of a message, or the line of what never became one."""
        hit = next((hit for hit in self._hits if hit.key == event.key), None)
        if hit is not None:
            self.post_message(Open(OpenStory(hit.queue_id) if hit.queue_id else OpenLog(at=hit.line)))

    def action_log(self) -> None:
        """The log around the last line, or filtered to the queue IDs hit."""
        if self._hits:
            self.post_message(Open(OpenLog(at=self._hits[0].line)))

    def action_queue(self) -> None:
        """What of it waits in the queue."""
        incident = self._incident()
        if incident is not None:
            self.post_message(Open(OpenQueue.of(incident.queue_ids)))

    async def hit(self, wanted: Callable[[Hit], object]) -> Hit | None:
        """The one under the cursor."""
        return self._current if self._current and wanted(self._current) else None

    @property
    def _current(self) -> Hit | None:
        key = self.query_one(HitTable).cursor_key
        return next((hit for hit in self._hits if hit.key == key), None)

    def action_mailbox(self) -> None:
        """The mailboxes of the user it tells of."""
        if self._mailbox is not None:
            self.post_message(Open(OpenUser(*self._mailbox)))

    def action_evidence(self) -> None:
        """Everything known of it and of its last messages, for a ticket."""
        incident = self._incident()
        if incident is not None:
            last = tuple(dict.fromkeys(hit.queue_id for hit in self._hits if hit.queue_id))[:MOST_GATHERED]
            self.post_message(Gather(f"evidence-{incident.cause}", (), last, incident))

    def why_not(self, action: str) -> str:
        """Without lines there is nothing to go to."""
        if action == "where_to" and not (self._current and self._current.address):
            return NO_RECIPIENT
        if action == "mailbox" and self._mailbox is None:
            return "This incident tells of no damaged mailbox."
        incident = self._incident()
        if action == "evidence" and incident is None:
            return "This incident is no longer in the log that is kept."
        if action == "queue" and not (incident and incident.queue_ids):
            return "No message of this incident has a queue ID."
        if action == "log" and not self._hits:
            return "No line of this incident is at hand."
        return super().why_not(action)

    def copyables(self) -> Sequence[Copyable]:
        """The marked hits, or the one under the cursor, and the incident."""
        keys = frozenset(self.query_one(HitTable).chosen_keys)
        chosen = [hit for hit in self._hits if hit.key in keys]
        incident = self._incident()
        return (
            Copyable.each("queue ID", (hit.queue_id for hit in chosen)),
            Copyable.each("recipient", (hit.recipient for hit in chosen)),
            Copyable.each("line", (hit.line.text for hit in chosen)),
            Copyable("next action", incident.action if incident else ""),
        )

    def saveable(self) -> tuple[str, str]:
        """The incident and the lines of what is marked, or of all that is shown."""
        incident = self._incident()
        if incident is None:
            return "", ""
        keys = self.line_table.saved_keys
        head = (incident.title, f"{incident.count} times", f"next: {incident.action}", "")
        lines = (hit.line.text for hit in self._hits if hit.key in keys)
        return f"incident-{incident.cause}", "\n".join((*head, *lines))

    def _incident(self) -> Incident | None:
        incidents = self.console.live.incidents if self.console.live else ()
        return next((incident for incident in incidents if incident.id == self._incident_id), None)
