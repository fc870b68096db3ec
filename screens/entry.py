"""The entry of a table that made a message fail: found by its explanation, given another value by a plan."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.screens.base import ConsoleScreen
from mailtui.screens.dialogs import Choice, ChooseDialog, PromptDialog
from mailtui.services.postfix.tables import file_of
from mailtui.text import clean

if TYPE_CHECKING:
    from mailtui.services.explain import Blamed

REPLACES = "what you type replaces it, an arrow key keeps it"


def is_a_name(value: str) -> bool:
    """Whether a value is one address or name; of several, of a transport or a path somebody would keep a part."""
    return len(value.replace(",", " ").split()) == 1 and not set(":/[|") & set(value)


async def edit_entry(screen: ConsoleScreen, entries: Sequence[Blamed]) -> None:
    """Ask which of them, then for its value, and propose the plan. Runs in a worker of ``screen``."""
    index: int | None = 0
    if len(entries) > 1:
        menu = [Choice(clean(one.key), clean(f"{one.parameter}: {one.value or 'no such key'}")) for one in entries]
        index = await screen.app.push_screen_wait(ChooseDialog("Which entry?", menu))
    if index is None:
        return
    entry = entries[index]
    file, old = file_of(entry.table), clean(entry.value)
    more = ": it has no such key yet" if not old else f": {REPLACES}" if is_a_name(old) else ""
    hint = clean(f"{entry.parameter}, in {file}{more}")
    dialog = PromptDialog(f"Value of {clean(entry.key)}", value=old, hint=hint, replace=is_a_name(old))
    value = await screen.app.push_screen_wait(dialog)
    if value is not None and value != old:
        screen.propose(partial(screen.console.services.map_plans.set, Path(file), entry.key, value))
