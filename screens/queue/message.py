"""One queued message: why it is still here, what it says, and what the log tells of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Resize
from textual.widget import Widget

from mailtui.changes.plan import Receipt
from mailtui.host.errors import MailtuiError
from mailtui.maillog.model import Story
from mailtui.screens.background import in_thread
from mailtui.screens.base import Copyable
from mailtui.screens.commands import Command, bindings
from mailtui.screens.messages import Open
from mailtui.screens.ports import ConsoleServices
from mailtui.screens.queue.acting import ActingScreen
from mailtui.screens.queue.arranged import key_of
from mailtui.screens.queue.carried import copyables
from mailtui.screens.queue.commands import QUEUED
from mailtui.screens.queue.message_rows import Reading, message_rows
from mailtui.screens.story_page import Page, Row
from mailtui.screens.story_rows import story_rows
from mailtui.screens.story_view import StoryView
from mailtui.screens.targets import OpenLog
from mailtui.screens.where_to import lead_to_address
from mailtui.services.postfix.queue.joining import with_envelope
from mailtui.services.postfix.queue.model import QueueEntry, QueueMessage

BESIDE = 140
"""From this width on the story stands beside the message, else below it."""


class QueuedScreen(ActingScreen):
    """The message and its story."""

    CSS_PATH = "../../styles/queue.tcss"
    AUTO_FOCUS = "#message"
    HELP = (
        "Why the message is still here, its recipients, headers and text as they would be delivered, then its story.\n"
        ". shows the headers as they stand, enter on a log line goes to it, t is the whole story."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = QUEUED
    BINDINGS: ClassVar[list[BindingType]] = bindings(QUEUED)

    def __init__(self, entry: QueueEntry, services: ConsoleServices) -> None:
        super().__init__()
        self._entry = entry
        self._services = services
        self._message: QueueMessage | None = None
        self._trouble = ""
        self._story: Story | None = None
        self._raw = False
        self._left = False

    @property
    def crumb(self) -> str:
        """The queue ID."""
        return self._entry.queue_id

    @property
    def chosen(self) -> Sequence[QueueEntry]:
        """The message, as long as it is in the queue."""
        return () if self._left else (self.current,)

    @property
    def current(self) -> QueueEntry:
        """The message, with what its queue file tells where the log does not."""
        return with_envelope(self._entry, self._message) if self._message else self._entry

    def compose_view(self) -> Iterable[Widget]:
        """The message, and its story where there is room."""
        with Horizontal():
            yield _page("message")
            yield _page("story")

    def on_mount(self) -> None:
        """Read the queue file, once; look into the log."""
        self._read()
        self._trace()

    def show_state(self) -> None:
        """The message may have moved to another queue, or left."""
        listing = self.console.queue
        if listing is None:
            return
        key = key_of(self._entry)
        found = next((entry for entry in listing.entries if key_of(entry) == key), None)
        left = found is None and listing.read_at > 0
        if left == self._left and found in (None, self._entry):
            return
        self._left, self._entry = left, found or self._entry
        self._lay_out()

    def on_resize(self, _event: Resize) -> None:
        """Beside or below."""
        self._lay_out()

    @work(group="story")
    async def _read(self) -> None:
        try:
            self._message = await in_thread(partial(self._services.queue.show, self._entry.queue_id, "all"), "postcat")
        except MailtuiError as error:
            self._trouble = error.told
        self._lay_out()

    @work(group="story")
    async def _trace(self) -> None:
        try:
            self._story = await in_thread(self._find_story, "trace")
        except MailtuiError as error:
            self.notify(error.told, severity="warning", markup=False)
        self._lay_out()

    def _find_story(self) -> Story | None:
        """In memory, otherwise in the whole log; the latest, since short queue IDs are used again."""
        name = self._entry.queue_id
        known = self._services.live.story(name)
        found = [known] if known else self._services.trace.trace(name)
        return found[-1] if found else None

    def _lay_out(self) -> None:
        if not self.is_mounted:
            return
        beside = self.size.width >= BESIDE
        width = self.size.width // 2 if beside else self.size.width
        why = "It has left the queue." if self._left else self._services.queue.why(self._entry)
        rows = message_rows(Reading(self.current, why, width - 4, self._message, self._trouble, self._raw))
        story = self._story_rows(width - 4)
        self.query_one("#story").display = beside
        self.query_one("#story", StoryView).show(story if beside else ())
        self.query_one("#message", StoryView).show(rows if beside else (*rows, Row(), *story))
        self.refresh_bindings()

    def _story_rows(self, width: int) -> tuple[Row, ...]:
        if self._story is None:
            return (Row((("  The log that can be read tells nothing of it.", "$text-muted"),)),)
        now = self.console.live.now if self.console.live else 0.0
        return story_rows(self._story, Page(width, now, {}))

    @on(StoryView.Opened)
    def open_line(self, event: StoryView.Opened) -> None:
        """The log at the line of a row."""
        if event.row.line is not None:
            self.post_message(Open(OpenLog(at=event.row.line)))

    @work(group="dialog", exclusive=True)
    async def action_where_to(self) -> None:
        """Where mail for a recipient goes now, as it stands in the queue."""
        addresses = tuple(dict.fromkeys(recipient.address for recipient in self.current.recipients))
        await lead_to_address(self, addresses, self.current.sender)

    def action_decoded(self) -> None:
        """Headers as they stand, or decoded."""
        self._raw = not self._raw
        self._lay_out()

    def action_error(self, by: int) -> None:
        """The next or previous row that tells of a failure."""
        self._focused_page.seek(by, lambda row: row.failed)

    @property
    def _focused_page(self) -> StoryView:
        return self.focused if isinstance(self.focused, StoryView) else self.query_one("#message", StoryView)

    def acted(self, receipt: Receipt) -> None:
        """See what it has become."""
        self.look()

    def why_not(self, action: str) -> str:
        """What has left the queue can be looked at, not acted upon."""
        if self._left and action not in ("story", "log") and (reason := super().why_not(action)):
            return "It has left the queue." if reason.startswith("There is no") else reason
        if action == "where_to":
            return "" if self.current.recipients else "It has no recipient any more."
        if action == "decoded" and self._message is None:
            return "The queue file has not been read."
        return "" if self._left and action in ("story", "log") else super().why_not(action)

    def copyables(self) -> Sequence[Copyable]:
        """What names this message, and the row under the cursor."""
        row = self._focused_page.current
        return (Copyable("line", row.text.strip() if row else ""), *copyables((self.current,)))

    def saveable(self) -> tuple[str, str]:
        """The page as it stands."""
        why = self._services.queue.why(self._entry)
        rows = message_rows(Reading(self.current, why, 100, self._message, self._trouble, self._raw))
        return f"queued-{self.crumb}", "\n".join(row.text for row in (*rows, Row(), *self._story_rows(100)))


def _page(name: str) -> StoryView:
    page = StoryView()
    page.id = name
    return page
