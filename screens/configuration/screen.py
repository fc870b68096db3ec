"""main.cf, master.cf and Dovecot's settings in one list: what holds, what is written where, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.content import Content
from textual.events import ScreenResume
from textual.widget import Widget
from textual.widgets import Static

from mailtui.changes.plan import Receipt
from mailtui.filters import Filter
from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.base import READING, Copyable
from mailtui.screens.commands import Command, bindings
from mailtui.screens.configuration.commands import CONFIGURATION, CONTROLS
from mailtui.screens.configuration.note import note_lines
from mailtui.screens.configuration.port import ConfigurationPort
from mailtui.screens.configuration.rows import Entry, Shown, entries
from mailtui.screens.configuration.table import COLUMNS, row, summary
from mailtui.screens.dialogs import Choice, ChooseDialog, PromptDialog
from mailtui.screens.listing import ListScreen
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenHowto, OpenNote
from mailtui.screens.widgets import NO_MATCH, FilterBar, LineTable
from mailtui.screens.words import MUTED, READ_ONLY
from mailtui.services.configuration.service import Reading

EMPTY = '""'
"""What is typed for an empty value."""


class ConfigurationScreen(ListScreen):
    """The list of parameters."""

    CSS_PATH = "../../styles/configuration.tcss"
    AUTO_FOCUS = "LineTable"
    HELP = (
        "What is set in main.cf, master.cf and Dovecot's files; . shows every parameter there is.\n"
        "enter tells what is written where, the default and the manual; e edits it by a plan that tests it first."
    )
    FIELDS = "program name value default about file changed (yes no)"
    ACTIONS: ClassVar[tuple[Command, ...]] = CONFIGURATION
    BINDINGS: ClassVar[list[BindingType]] = bindings(CONFIGURATION)

    def __init__(self) -> None:
        super().__init__()
        self._shown = Shown()
        self._reading: Reading | None = None
        self._failed = False
        self._entries: dict[str, Entry] = {}

    @property
    def crumb(self) -> str:
        """The name of the view."""
        return "Configuration"

    def compose_view(self) -> Iterable[Widget]:
        """The filter, how many, the list."""
        yield FilterBar(self._shown.where)
        yield Static(Content.styled("… reading", MUTED), id="summary")
        yield LineTable(COLUMNS, empty="… reading")

    def on_screen_resume(self, _event: ScreenResume) -> None:
        """Read again: files change behind our back."""
        self.look_on_return()

    @property
    def configuration(self) -> ConfigurationPort:
        """The parameters of this machine."""
        return self.console.services.configuration

    @property
    def current(self) -> Entry | None:
        """The row under the cursor."""
        return self._entries.get(self.query_one(LineTable).cursor_key or "")

    @work(group=READING, exclusive=True)
    async def look(self) -> None:
        """Ask both programs; what was read before stays until then."""
        try:
            reading = await in_thread(self.configuration.read, "configuration")
        except MailtuiError as error:
            self._failed = True
            self.fail(error)
            return
        if self._failed or reading != self._reading:
            self._reading, self._failed = reading, False
            self._entries = {one.key: one for one in entries(reading)}
            self._show()

    def acted(self, receipt: Receipt) -> None:
        """Something was changed: see what holds now."""
        self.look()

    def why_not(self, action: str) -> str:
        """What is not written cannot be removed, and what is no parameter cannot be edited."""
        current = self.current
        if action in ("edit", "remove", "mend", "control") and self.console.services.settings.read_only:
            return READ_ONLY
        if action in ("edit", "remove") and (current is None or current.parameter is None):
            return "There is no parameter here."
        if action == "remove" and current and current.parameter and current.parameter.written is None:
            return "It stands in no file: its default holds."
        if action == "mend" and (current is None or not self.console.services.mending.can(current.fix)):
            return "No plan mends this by itself; enter says what to do."
        return ""

    @on(LineTable.Opened)
    @work(group="dialog", exclusive=True)
    async def open_entry(self) -> None:
        """All that is known of it."""
        entry = self.current
        if entry is None:
            return
        about = ""
        if entry.parameter is not None:
            about = await in_thread(partial(self.configuration.about, entry.parameter), "manual")
        self.post_message(Open(OpenNote(entry.name, note_lines(entry, about))))

    def narrow(self, where: Filter) -> None:
        """Keep what matches."""
        self._shown = replace(self._shown, where=where)
        self._show()

    def action_every(self) -> None:
        """Show those at their default, too, or hide them."""
        self._shown = replace(self._shown, every=not self._shown.every, problems_only=False)
        self._show()

    def action_problems(self) -> None:
        """Show only what something is wrong with, or the others again."""
        self._shown = replace(self._shown, problems_only=not self._shown.problems_only)
        self._show()

    @work(group="dialog", exclusive=True)
    async def action_edit(self) -> None:
        """Ask for another value, and show the plan."""
        parameter = self.current.parameter if self.current else None
        if parameter is None:
            return
        try:
            value = await in_thread(
                partial(self.configuration.value, parameter.program, parameter.name), "configuration"
            )
        except MailtuiError as error:
            self.notify(error.told, severity="warning", markup=False)
            return
        hint = f"{parameter.about}\nWrite {EMPTY} for an empty value.".strip()
        new = await self.app.push_screen_wait(PromptDialog(parameter.name, value=value, hint=hint))
        if new is not None:
            new = "" if new == EMPTY else new
            self.propose(partial(self.configuration.set, parameter.program, parameter.name, new))

    def action_remove(self) -> None:
        """Show the plan that lets the default hold."""
        parameter = self.current.parameter if self.current else None
        if parameter is not None:
            self.propose(partial(self.configuration.set, parameter.program, parameter.name, None))

    def action_mend(self) -> None:
        """Show the plan that mends what is wrong with it."""
        if self.current is not None:
            self.propose(partial(self.console.services.mending.plan, self.current.fix))

    def action_howto(self) -> None:
        """A page to paste into."""
        self.post_message(Open(OpenHowto()))

    @work(group="dialog", exclusive=True)
    async def action_control(self) -> None:
        """Choose, and show the plan."""
        menu = [Choice(f"{verb} {name}") for verb, name in CONTROLS]
        index = await self.app.push_screen_wait(ChooseDialog("Reload or restart", menu))
        if index is not None:
            verb, name = CONTROLS[index]
            self.propose(partial(self.configuration.control, verb, [name]))

    def _show(self) -> None:
        shown = self._shown(tuple(self._entries.values()))
        table = self.query_one(LineTable)
        if self._reading is not None:
            unread = "Nothing could be read: r tries again." if self._reading.problems else "✔ Nothing is wrong."
            table.say_when_empty(NO_MATCH if self._shown.where else unread)
        table.update_rows([row(one) for one in shown])
        self.query_one("#summary", Static).update(summary(self._reading, self._shown, len(shown)))
        self.refresh_bindings()

    def copyables(self) -> Sequence[Copyable]:
        """The parameter as it would be written, its value, its place."""
        one = self.current.parameter if self.current else None
        if one is None:
            return ()
        line = f"{one.name} = {one.value if one.written is None else one.written}"
        return Copyable("line", line), Copyable("value", one.value), Copyable("place", one.place)

    def saveable(self) -> tuple[str, str]:
        """The marked parameters, or all that are shown, as they would be written."""
        return "configuration", "\n".join(self._entries[key].line for key in self.line_table.saved_keys)
