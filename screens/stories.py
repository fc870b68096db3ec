"""Several messages that one name found: choose one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mailtui.maillog.model import Story
from mailtui.screens.base import Copyable
from mailtui.screens.listing import ListScreen
from mailtui.screens.messages import Open
from mailtui.screens.story_rows import outcome_pieces, sender_text
from mailtui.screens.targets import OpenStory
from mailtui.screens.widgets import Column, FilterBar, LineTable, TableRow
from mailtui.screens.words import clock, counted
from mailtui.text import clean

COLUMNS = (
    Column("arrived", "Arrived", 10),
    Column("queue_id", "Queue ID", 16),
    Column("outcome", "Outcome", 12),
    Column("sender", "From", 18, grow=1),
    Column("recipients", "To", 18, grow=1),
)


class StoriesScreen(ListScreen):
    """The messages found, oldest first."""

    AUTO_FOCUS = "LineTable"
    HELP = "Every message that this address, ID or message-id found. enter opens its story."
    CSS_PATH: ClassVar[str] = "../styles/incidents.tcss"

    def __init__(self, query: str, stories: tuple[Story, ...]) -> None:
        super().__init__()
        self._query = query
        self._stories = stories

    @property
    def crumb(self) -> str:
        """What was looked for."""
        return clean(self._query)

    def compose_view(self) -> Iterable[Widget]:
        """How many, and the list."""
        yield Static(Content(f"{counted(len(self._stories), 'message')} of {clean(self._query)}"), id="summary")
        yield FilterBar()
        yield LineTable(COLUMNS)

    def show_state(self) -> None:
        """Times are told from now."""
        now = self.console.live.now if self.console.live else 0.0
        self.query_one(LineTable).update_rows([_row(story, now) for story in self._stories])

    @on(LineTable.Opened)
    def open_story(self, event: LineTable.Opened) -> None:
        """Go to one."""
        story = next((story for story in self._stories if story.key == event.key), None)
        if story is not None:
            self.post_message(Open(OpenStory(story.queue_ids[-1] if story.queue_ids else story.key, story)))

    def copyables(self) -> tuple[Copyable, ...]:
        """The marked messages, or the one under the cursor."""
        keys = frozenset(self.query_one(LineTable).chosen_keys)
        chosen = [story for story in self._stories if story.key in keys]
        return (
            Copyable.each("queue ID", (story.queue_ids[-1] for story in chosen if story.queue_ids)),
            Copyable.each("sender", (story.sender or "" for story in chosen)),
        )


def _row(story: Story, now: float) -> TableRow:
    recipients = ", ".join(clean(recipient.to) for recipient in story.recipients[:3])
    return TableRow(
        story.key,
        (
            Content(clock(story.arrived, now)),
            Content(clean(story.queue_ids[-1]) if story.queue_ids else "–"),
            Content.assemble(*outcome_pieces(story)),
            Content(sender_text(story.sender)),
            Content(recipients),
        ),
    )
