"""The entry of a table that made a message fail: found by its explanation, given another value by a plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.maillog.model import Recipient, Story
from mailtui.screens.base import ConsoleScreen
from mailtui.screens.dialogs import Choice, ChooseDialog, PromptDialog
from mailtui.screens.words import OUTCOME_SEVERITY
from mailtui.services.postfix.tables import file_of
from mailtui.text import clean

if TYPE_CHECKING:
    from mailtui.screens.ports import ConsoleServices
    from mailtui.services.explain import Blamed

MOST_EXPLAINED = 20
"""Recipients whose cause is looked up; each may cost some runs of postmap."""
REPLACES = "what you type replaces it, an arrow key keeps it"


def failed(story: Story) -> list[Recipient]:
    """The recipients that did not get it."""
    return [one for one in story.recipients if OUTCOME_SEVERITY.get(one.status) in ("error", "warning")]


def editable(entries: Iterable[Blamed]) -> list[Blamed]:
    """Those that stand in a file."""
    return [entry for entry in entries if file_of(entry.table)]


def blamed_for(services: ConsoleServices, queue_id: str) -> list[Blamed]:
    """The entries that made a message fail. Runs tools and may read the whole log; raises MailtuiError."""
    story = services.live.story(queue_id) or next(reversed(services.trace.trace(queue_id)), None)
    if story is None:
        return []
    causes = (services.explain.cause(recipient, story) for recipient in failed(story)[:MOST_EXPLAINED])
    return editable(dict.fromkeys(entry for cause in causes for entry in cause.entries))


def is_one(value: str) -> bool:
    """Whether a value is one word: nothing that somebody would keep a part of."""
    return len(value.replace(",", " ").split()) == 1


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
    more = ": it has no such key yet" if not old else f": {REPLACES}" if is_one(old) else ""
    hint = clean(f"{entry.parameter}, in {file}{more}")
    dialog = PromptDialog(f"Value of {clean(entry.key)}", value=old, hint=hint, replace=is_one(old))
    value = await screen.app.push_screen_wait(dialog)
    if value is not None and value != old:
        screen.propose(partial(screen.console.services.map_plans.set, Path(file), entry.key, value))
