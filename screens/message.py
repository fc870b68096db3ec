"""One message: what became of it for whom, why, what to do, and every line of the log that tells of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mailtui.host.errors import MailtuiError
from mailtui.maillog.model import Story
from mailtui.screens.background import in_thread
from mailtui.screens.base import Copyable
from mailtui.screens.commands import EVIDENCE, IN_QUEUE, MEND, MESSAGE, WHERE_TO, Command, bindings
from mailtui.screens.mending import MendingScreen
from mailtui.screens.messages import Gather, Open
from mailtui.screens.ports import ConsoleServices
from mailtui.screens.stories import StoriesScreen
from mailtui.screens.story_page import Page, Row
from mailtui.screens.story_rows import story_rows
from mailtui.screens.story_view import StoryView
from mailtui.screens.targets import OpenLog, OpenQueue
from mailtui.screens.where_to import lead_to_address
from mailtui.services.explain.blame import MOST_EXPLAINED
from mailtui.text import clean

if TYPE_CHECKING:
    from mailtui.services.explain import Blamed, Explanation


class MessageScreen(MendingScreen):
    """The story of a message. Names are story keys, queue IDs, message-ids and addresses."""

    CSS_PATH = "../styles/message.tcss"
    AUTO_FOCUS = "StoryView"
    HELP = (
        "The outcome, every recipient with cause and next action, the timeline, the raw lines.\n"
        "o and O go from line to line, e and E from failure to failure; enter shows the log at that line.\n"
        "a edits the entry of a table that made it fail, R puts the message through all tables again."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = (*MESSAGE, IN_QUEUE, *MEND, WHERE_TO, EVIDENCE)
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(self, name: str, services: ConsoleServices, story: Story | None = None) -> None:
        super().__init__()
        self._wanted = name
        self._services = services
        self._given = story
        self._story: Story | None = None
        self._rows: tuple[Row, ...] = ()
        self._explanations: dict[str, Explanation] = {}
        self._explaining = False
        self._version = -1

    @property
    def crumb(self) -> str:
        """The queue ID, once known."""
        return clean(self._story.queue_ids[0] if self._story and self._story.queue_ids else self._wanted)

    @property
    def story(self) -> Story | None:
        """The message, as far as it is known."""
        return self._story

    @property
    def blamed(self) -> Sequence[Blamed]:
        """What its explanations name."""
        found = (entry for explanation in self._explanations.values() for entry in explanation.entries)
        return tuple(dict.fromkeys(found))

    def compose_view(self) -> Iterable[Widget]:
        """A word on the state, then the page."""
        yield Static(Content(f"… looking for {clean(self._wanted)} in the log"), id="state")
        yield StoryView()

    def show_state(self) -> None:
        """Look again when the log has grown: the message may have gone on."""
        live = self.console.live
        version = live.version if live else 0
        if version != self._version:
            self._version = version
            self._find()

    def on_resize(self) -> None:
        """Wrap anew."""
        self._lay_out()

    @work(group="story", exclusive=True)
    async def _find(self) -> None:
        try:
            stories = await in_thread(self._look, "trace")
        except MailtuiError as error:
            self._say(f"✖ {error.told}", "$text-error")
            return
        if len(stories) > 1:
            self.app.switch_screen(StoriesScreen(self._wanted, tuple(stories)))
        elif stories:
            self._take(stories[0])
        elif self._story is None:
            self._say(f"No message {clean(self._wanted)} is in the logs that can be read. esc goes back.", "")

    def _look(self) -> list[Story]:
        """In memory, where it is while it is young; otherwise, once, in the whole log."""
        if self._given is not None:
            return [self._given]
        story = self._services.live.story(self._wanted)
        if story is not None:
            return [story]
        return [] if self._story else self._services.trace.trace(self._wanted)

    def _take(self, story: Story) -> None:
        if story == self._story:
            return
        self._story = story
        self._explaining = True
        self.query_one("#state").display = False
        self._lay_out()
        self._learned()
        self._explain(story)

    @work(group="explain", exclusive=True)
    async def _explain(self, story: Story) -> None:
        for recipient in story.failed[:MOST_EXPLAINED]:
            if recipient.to in self._explanations:
                continue
            try:
                cause = await in_thread(partial(self._services.explain.cause, recipient, story), "explain")
            except MailtuiError as error:
                self.notify(error.told, severity="warning", markup=False)
                break
            self._explanations[recipient.to] = cause
            self._lay_out()
        self._explaining = False
        self._lay_out()

    def _lay_out(self) -> None:
        if self._story is None or not self.is_mounted:
            return
        now = self.console.live.now if self.console.live else self._story.ended or 0.0
        page = Page(self.size.width - 4, now, self._explanations, self._explaining)
        self._rows = story_rows(self._story, page)
        self.query_one(StoryView).show(self._rows)
        self.refresh_bindings()

    def _say(self, text: str, style: str) -> None:
        state = self.query_one("#state", Static)
        state.display = True
        state.update(Content.styled(text, style))

    @on(StoryView.Opened)
    def open_line(self, event: StoryView.Opened) -> None:
        """The log at the line of a row."""
        if event.row.line is not None:
            self.post_message(Open(OpenLog(at=event.row.line)))

    def action_line(self, by: int) -> None:
        """The next or previous log line of this message."""
        self.query_one(StoryView).seek(by, lambda row: row.raw)

    def action_error(self, by: int) -> None:
        """The next or previous row that tells of a failure."""
        self.query_one(StoryView).seek(by, lambda row: row.failed)

    def action_queue(self) -> None:
        """The message in the queue, if it still waits."""
        if self._story is not None:
            self.post_message(Open(OpenQueue.of(self._story.queue_ids)))

    @work(group="dialog", exclusive=True)
    async def action_where_to(self) -> None:
        """Where mail for its recipient goes now; that of a failed one where there are several."""
        if self._story is not None:
            await lead_to_address(self, recipients_of(self._story), self._story.sender or "")

    def action_evidence(self) -> None:
        """Everything known of it, for a ticket."""
        if self._story is not None:
            self.post_message(Gather(f"evidence-{self.crumb}", [self._story]))

    def why_not(self, action: str) -> str:
        """A message without failures has no next one."""
        if action in ("line", "queue", "evidence", "where_to") and self._story is None:
            return "The message has not been found."
        if action == "error" and not any(row.failed for row in self._rows):
            return "Nothing failed for this message."
        return super().why_not(action)

    def copyables(self) -> Sequence[Copyable]:
        """What names this message, and the row under the cursor."""
        story = self._story
        if story is None:
            return ()
        row = self.query_one(StoryView).current
        addresses = (*(recipient.to for recipient in story.recipients[:4]), story.sender or "")
        commands = (" ".join(argv) for e in self._explanations.values() for argv in e.commands)
        return (
            Copyable("line", row.text.strip() if row else ""),
            Copyable("queue ID", story.queue_ids[-1] if story.queue_ids else ""),
            Copyable("message-id", story.message_ids[0] if story.message_ids else ""),
            *(Copyable("address", address) for address in addresses),
            *(Copyable("command", command) for command in commands),
        )

    def saveable(self) -> tuple[str, str]:
        """The page as it stands."""
        return f"message-{self.crumb}", "\n".join(row.text for row in self._rows)


def recipients_of(story: Story) -> tuple[str, ...]:
    """The addresses as they were before any table was asked, those of failed recipients alone where there are any."""
    wanted = story.failed or story.recipients
    return tuple(dict.fromkeys(recipient.orig_to or recipient.to for recipient in wanted))
