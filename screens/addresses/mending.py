"""The entry that answered for an address, given another value from the step that shows it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mailtui.filters import parse
from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.base import ConsoleScreen
from mailtui.screens.dialogs import PromptDialog
from mailtui.screens.entry import REPLACES, is_a_name
from mailtui.services.postfix.addresses.answering import table_of
from mailtui.services.postfix.addresses.model import Step
from mailtui.services.postfix.maps.rows import Row
from mailtui.text import clean

if TYPE_CHECKING:
    from mailtui.screens.ports import ConsoleServices


async def edit_step(screen: ConsoleScreen, step: Step, *, wrong: bool, about: str = "") -> None:
    """Ask for another value and propose the plan; ``wrong``: the old one is not to stay. Runs in a worker."""
    services = screen.console.services
    try:
        row = await in_thread(partial(_row, services, step), "map")
    except MailtuiError as error:
        screen.notify(error.told, severity="warning", markup=False)
        return
    file = table_of(step).file
    if row is None or file is None:
        screen.notify("That line has changed since it was asked: r asks again.", markup=False)
        return
    replace = wrong and is_a_name(row.value)
    hint = f"{clean(about) or 'As this table wants it'}{f'; {REPLACES}' if replace else ''}"
    dialog = PromptDialog(f"Value of {row.key}", value=row.value, hint=hint, replace=replace)
    value = await screen.app.push_screen_wait(dialog)
    if value is not None and value != row.value:
        screen.propose(partial(services.map_plans.set, file, row.raw_key, value))


def _row(services: ConsoleServices, step: Step) -> Row | None:
    """The entry as it stands there now."""
    found = services.maps.rows(table_of(step), parse(f"line={step.line}")).rows
    return found[0] if found else None
