"""What both views of tables do: plans for a file, asking a table, showing what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from textual import work

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.dialogs import PromptDialog
from mailtui.screens.finding_lines import finding_lines
from mailtui.screens.listing import ListScreen
from mailtui.screens.maps.commands import ACTING, TEXT
from mailtui.screens.maps.port import MapPlansPort, MapsPort
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenNote, OpenTableText
from mailtui.screens.words import READ_ONLY
from mailtui.services.postfix.maps.files import EDITED
from mailtui.services.postfix.maps.service import Answer
from mailtui.services.postfix.maps.used import Table
from mailtui.text import clean

_CHANGING = frozenset(command.action.removeprefix("screen.").partition("(")[0] for command in (*ACTING, *TEXT))


class TableScreen(ListScreen):
    """A view in which one table is the one that is meant."""

    @property
    def table(self) -> Table | None:
        """The table an action is meant for."""
        raise NotImplementedError

    @property
    def findings(self) -> Sequence[Finding]:
        """What is wrong with that table."""
        raise NotImplementedError

    def why_not(self, action: str) -> str:
        """Only root changes tables, and only those that stand in a file."""
        if action in _CHANGING:
            if self.console.services.settings.read_only:
                return READ_ONLY
            if self.table is None or self.table.file is None or self.table.kind not in EDITED:
                return "This table does not stand in a file that could be edited."
        if action == "problems" and not self.findings:
            return "Nothing is wrong with this table, as far as its files tell."
        if action == "ask" and self.table is None:
            return "There is no table here."
        return ""

    @property
    def maps(self) -> MapsPort:
        """The tables of this Postfix."""
        return self.console.services.maps

    @property
    def plans(self) -> MapPlansPort:
        """Plans that change them."""
        return self.console.services.map_plans

    @property
    def file(self) -> Path:
        """The file of the table that is meant; only where ``why_not`` has nothing against it."""
        assert self.table is not None
        assert self.table.file is not None
        return self.table.file

    def action_build(self) -> None:
        """Compile it."""
        self.propose(partial(self.plans.build, self.file))

    def action_text(self, outside: bool = False) -> None:
        """All of it, to edit; ``outside``: in the operator's own editor first."""
        if self.table is not None:
            self.post_message(Open(OpenTableText(self.table, outside)))

    def action_problems(self) -> None:
        """What is wrong, on what evidence, and what to do."""
        name = clean(self.table.name) if self.table else ""
        self.post_message(Open(OpenNote(name, finding_lines(self.findings))))

    @work(group="dialog", exclusive=True)
    async def action_ask(self) -> None:
        """Ask for a key, then the table."""
        table = self.table
        key = await self.app.push_screen_wait(PromptDialog("Ask the table", hint="A key, as Postfix looks it up"))
        if not key or table is None:
            return
        try:
            answers = await in_thread(partial(self.maps.get, table.file or Path(table.name), key), "postmap")
        except MailtuiError as error:
            self.notify(error.told, severity="warning", markup=False)
            return
        self.post_message(Open(OpenNote(clean(key), tuple(line for answer in answers for line in _told(answer)))))


def _told(answer: Answer) -> list[str]:
    value = answer.problem or ("no such key" if answer.value is None else answer.value)
    where = [f"  {answer.table.file}:{entry.first + 1}" for entry in answer.entries]
    return [f"{clean(answer.table.name)}: {clean(value)}", *where]
