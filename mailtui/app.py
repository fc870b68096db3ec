"""The console: views, pollers, keymap. The one place that knows every screen and every service it shows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.driver import Driver
from textual.events import Event, Key
from textual.filter import LineFilter
from textual.reactive import var

from mailtui.changes.history import Change
from mailtui.host.collector import QuietCollector
from mailtui.host.errors import MailtuiError
from mailtui.screens import terminal
from mailtui.screens.acting import ActingApp
from mailtui.screens.ascii import ascii_filters
from mailtui.screens.background import in_thread
from mailtui.screens.base import ConsoleScreen
from mailtui.screens.commands import EVERYWHERE, bindings
from mailtui.screens.dialogs import ConfirmDialog, PromptDialog
from mailtui.screens.gathering import GatheringApp
from mailtui.screens.hangup import Hangup
from mailtui.screens.help import HelpScreen
from mailtui.screens.identity import Identity
from mailtui.screens.leafing import LeafingApp
from mailtui.screens.messages import Open
from mailtui.screens.mouse import SwitchingDriver, driver_class
from mailtui.screens.palette import ActionProvider
from mailtui.screens.polling import Poller
from mailtui.screens.ports import ChangesPort, ConsoleServices
from mailtui.screens.queue.reading import QueueReadingApp
from mailtui.screens.targets import OpenStory
from mailtui.screens.themes import CYCLE, THEMES
from mailtui.screens.typeahead import TypeaheadApp
from mailtui.screens.views import TARGETS, VIEWS, warm
from mailtui.services.live.model import LiveSnapshot
from mailtui.services.pulse_model import PulseSnapshot

if TYPE_CHECKING:
    from mailtui.services.debugging.deadlines import Temporary

LIVE_SECONDS = 0.5
PULSE_SECONDS = 10.0
DEADLINE_SECONDS = 20.0
STALE_SECONDS = 3
"""The log should have been read within."""


class MailtuiApp(ActingApp, QueueReadingApp, GatheringApp, LeafingApp, TypeaheadApp):
    """Shows what the services see."""

    TITLE = "mailtui"
    CSS_PATH = "styles/app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = {ActionProvider}  # noqa: RUF012 - as Textual declares it
    BINDING_GROUP_TITLE = "Everywhere"
    BINDINGS: ClassVar[list[BindingType]] = bindings(EVERYWHERE)
    VERTICAL_BREAKPOINTS = [(0, "-short"), (44, "-tall")]  # noqa: RUF012 - as Textual declares it

    live: var[LiveSnapshot | None] = var(None)
    """The log, as of the last look."""
    pulse: var[PulseSnapshot | None] = var(None)
    """The machine, as of the last look."""
    pulse_error: var[str] = var("")
    """Why the last look at the machine failed."""
    paused: var[bool] = var(False)
    """Whether what is shown stands still."""
    temporary: var[tuple[Change, ...]] = var(())
    """Changes that stand for a time only."""
    live_age: var[int] = var(0)
    """Seconds since the log was last read; 0 while that is done as often as it should."""

    def __init__(self, services: ConsoleServices, identity: Identity | None = None) -> None:
        super().__init__(services.tools)
        self.services = services
        self.identity = identity or Identity.of_this_process()
        self._trouble = ""
        self._live_read = monotonic()
        self.collector = QuietCollector()
        self._hangup: Hangup | None = None
        self._ascii = ascii_filters(os.environ)
        for theme in THEMES:
            self.register_theme(theme)
        wanted = services.settings.theme
        fitting = terminal.default_theme(os.environ, self._colors())
        self.theme = wanted if wanted in self.available_themes else fitting
        if terminal.is_quiet(os.environ):
            self.animation_level = "none"
        for name, view in VIEWS.items():
            self.add_mode(name, partial(view, services))
        self._pollers = (
            Poller(services.live.snapshot, self._show_live, self._miss_live, seconds=LIVE_SECONDS, name="log"),
            Poller(services.pulse.read, self._show_pulse, self._miss_pulse, seconds=PULSE_SECONDS, name="pulse"),
            self.queue_poller(services.queue),
            self.changes_poller(),
            Poller(
                services.deadlines.look,
                self._show_temporary,
                self._miss_temporary,
                seconds=DEADLINE_SECONDS,
                name="deadlines",
            ),
        )

    @property
    def changes(self) -> ChangesPort:
        """What is changed, and was."""
        return self.services.changes

    def get_driver_class(self) -> type[Driver]:
        """The one that can leave the mouse to the terminal."""
        return driver_class(super().get_driver_class())

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own, and the one for terminals without Unicode."""
        return [*super().get_line_filters(), *self._ascii]

    def on_mount(self) -> None:
        """Paint first; everything else reports when it is ready."""
        self.set_keymap(dict(self.services.settings.keymap))
        self.go("overview")
        self.run_worker(self._start(), group="start")
        for poller in self._pollers:
            self.run_worker(poller.run(), group=f"poll-{poller.name}", name=poller.name)
        self.set_interval(1.0, self._each_second)
        self._hangup = Hangup(self._leave)

    async def _start(self) -> None:
        """Begin to read the log; finding it may ask programs."""
        try:
            await in_thread(self.services.live.start, "start")
        except MailtuiError as error:
            self._miss_live(error)
        await in_thread(warm, "warm")

    def on_unmount(self) -> None:
        """Let the log go."""
        if self._hangup:
            self._hangup.over()
        self.services.live.stop()

    async def on_event(self, event: Event) -> None:
        """A key goes before the log."""
        if isinstance(event, Key):
            self.services.live.stand_aside()
            self.collector.key()
        await super().on_event(event)

    # the operator's keys

    @work(group="dialog", exclusive=True)
    async def action_ask_quit(self) -> None:
        """End after a yes."""
        lines = ("Mail goes on without the console.",)
        if await self.push_screen_wait(ConfirmDialog("Leave mailtui?", lines, yes="Leave", no="Stay")):
            self.exit()

    def action_help(self) -> None:
        """Every key of this view."""
        self.push_screen(HelpScreen(self.screen))

    @work(group="dialog", exclusive=True)
    async def action_trace(self) -> None:
        """Ask for a message and go to it."""
        dialog = PromptDialog("Trace a message", hint="Queue ID, message-id or address")
        name = await self.push_screen_wait(dialog)
        if name:
            self.post_message(Open(OpenStory(name)))

    def action_pause(self) -> None:
        """Freeze what is shown, or go on."""
        self.paused = not self.paused
        for poller in self._pollers:
            poller.paused = self.paused
            poller.hurry()

    def action_refresh_now(self) -> None:
        """Look again now."""
        for poller in self._pollers:
            poller.hurry()
        if isinstance(self.screen, ConsoleScreen):
            self.screen.look_on_return()

    def action_mouse(self) -> None:
        """Leave the mouse to the terminal, or take it back."""
        driver = SwitchingDriver.running
        on = driver is not None and driver.switch_mouse()
        self.notify("The mouse is the console's." if on else "The mouse is the terminal's: select and copy as usual.")

    def action_next_theme(self) -> None:
        """The next of the themes."""
        at = CYCLE.index(self.theme) if self.theme in CYCLE else -1
        self.theme = CYCLE[(at + 1) % len(CYCLE)]

    @on(Open)
    def open_target(self, message: Open) -> None:
        """Go to what is behind a number or a row; ``escape`` comes back."""
        self.push_screen(TARGETS[type(message.target)](message.target, self.services))

    # what the pollers bring

    def _show_live(self, snapshot: LiveSnapshot) -> None:
        self._trouble = ""
        self._live_read = monotonic()
        self.live_age = 0
        if self.live is None or _moment(snapshot) != _moment(self.live):
            self.live = snapshot

    def _each_second(self) -> None:
        age = int(monotonic() - self._live_read)
        self.live_age = age if age >= STALE_SECONDS else 0
        self.collector.look()

    def _show_pulse(self, snapshot: PulseSnapshot) -> None:
        self.pulse_error = ""
        self.pulse = snapshot

    def _show_temporary(self, found: Temporary) -> None:
        self.temporary = found.standing
        for receipt in found.put_back:
            self.notify(f"Its time is over: {receipt.plan.title}: {receipt.outcome}", markup=False)

    def _miss_temporary(self, _error: MailtuiError) -> None:
        """The journal cannot be read; the view Changes says so."""
        self.temporary = ()

    def _miss_pulse(self, error: MailtuiError) -> None:
        self.pulse_error = error.told

    def _miss_live(self, error: MailtuiError) -> None:
        """Say it once, not at every look."""
        trouble = error.told
        if trouble != self._trouble:
            self._trouble = trouble
            self.warn(trouble)

    def _colors(self) -> int | None:
        return {"standard": 16, "256": 256, "truecolor": 1 << 24}.get(self.console.color_system or "")

    def _leave(self, code: int) -> None:
        self.exit(return_code=code)


def _moment(snapshot: LiveSnapshot) -> tuple[int, int]:
    """What has to change for a repaint: the log, or the minute that ages are told in."""
    return snapshot.version, int(snapshot.now // 60)
