"""What every list shares: ``/`` filters its rows, ``ctrl+s`` saves the marked ones or all that are shown.

A list whose records hold more than its columns say filters them itself (``narrow``) and names their ``FIELDS``.
"""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widgets import Static

from mailtui.filters import Filter
from mailtui.host.errors import MailtuiError
from mailtui.screens.base import ConsoleScreen
from mailtui.screens.commands import LISTS, bindings
from mailtui.screens.widgets import FilterBar, LineTable
from mailtui.screens.words import trouble

UNREAD = "Nothing could be read: r tries again."


class ListScreen(ConsoleScreen):
    """A view of rows: ``compose_view`` yields a ``FilterBar`` and one ``LineTable``, or several and shows one."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(LISTS)
    FIELDS: ClassVar[str] = ""
    """What the filter may ask of a record; of a row its columns, where nothing is said here."""
    _line_tables: tuple[LineTable, ...] = ()

    @property
    def line_table(self) -> LineTable:
        """The rows that are shown; before anything is, those that may be first."""
        self._line_tables = self._line_tables or tuple(self.query(LineTable))
        return next((table for table in self._line_tables if table.display), self._line_tables[0])

    @property
    def intro(self) -> str:
        """What the view is for, and what its filter knows."""
        fields = self.FIELDS or " ".join(self.line_table.field_names)
        return f"{super().intro}\nThe filter knows: {fields}, and plain words."

    def narrow(self, where: Filter) -> None:
        """Show only what ``where`` lets through."""
        for table in self.query(LineTable):
            table.narrow(where)

    def saveable(self) -> tuple[str, str]:
        """The marked rows, or all that are shown, their cells in full."""
        return self.crumb.lower(), self.line_table.text

    def action_filter(self) -> None:
        """Write a filter."""
        self.query_one(FilterBar).write()

    @on(FilterBar.Changed)
    def filter_by(self, event: FilterBar.Changed) -> None:
        """Keep what matches."""
        self.narrow(event.where)

    @on(FilterBar.Closed)
    def go_on(self) -> None:
        """Back to the rows."""
        self.line_table.focus()

    def fail(self, error: MailtuiError) -> None:
        """Say why there is nothing to show, and what can be done; what was read before stays."""
        self.query_one("#summary, #verdict", Static).update(trouble(error))
        self.line_table.say_when_empty(UNREAD)
