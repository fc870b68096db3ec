"""What is promised of every action, wherever it is declared."""

from collections import Counter
from collections.abc import Iterator

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

from mailtui.app import MailtuiApp
from mailtui.screens.base import ConsoleScreen
from mailtui.screens.cells import Cells
from mailtui.screens.change_table import ChangeTable
from mailtui.screens.changes import ChangesScreen
from mailtui.screens.commands import ALL, EVERYWHERE, Command
from mailtui.screens.hits import HitTable
from mailtui.screens.incident import IncidentScreen
from mailtui.screens.incident_table import IncidentTable
from mailtui.screens.incidents import IncidentsScreen
from mailtui.screens.log import LogScreen
from mailtui.screens.log.view import LogView
from mailtui.screens.message import MessageScreen
from mailtui.screens.overview import OverviewScreen
from mailtui.screens.stories import StoriesScreen
from mailtui.screens.story_view import StoryView

VIEWS: dict[type[ConsoleScreen], tuple[type[DOMNode], ...]] = {
    OverviewScreen: (Cells, IncidentTable),
    IncidentsScreen: (IncidentTable,),
    ChangesScreen: (ChangeTable,),
    IncidentScreen: (HitTable,),
    StoriesScreen: (HitTable,),
    MessageScreen: (StoryView,),
    LogScreen: (LogView,),
}
MEANT_TO_DIFFER = {"escape", "u"}
"""``escape`` leaves what is innermost; ``u`` undoes the change under the cursor, elsewhere the last one."""


def bindings_of(node: type[DOMNode]) -> Iterator[Binding]:
    """What a class of ours binds itself, with its bases of ours."""
    for base in node.__mro__:
        if base.__module__.startswith("mailtui."):
            yield from Binding.make_bindings(base.__dict__.get("BINDINGS", ()))


def keys_of(node: type[DOMNode]) -> dict[str, str]:
    return {binding.key: binding.id or "" for binding in bindings_of(node)}


def test_ids_are_unique() -> None:
    assert [name for name, times in Counter(command.id for command in ALL).items() if times > 1] == []


@pytest.mark.parametrize("command", ALL, ids=lambda command: command.id)
def test_every_command_says_what_it_is_for(command: Command) -> None:
    assert command.title and command.doc.endswith((".", "?")) and len(command.doc) <= 100


@pytest.mark.parametrize("command", ALL, ids=lambda command: command.id)
def test_ctrl_never_destroys_and_upper_case_is_no_only_way_to_view(command: Command) -> None:
    if command.dangerous:
        assert not any(key.startswith("ctrl+") for key in command.keys.split(","))


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_no_key_means_two_things_on_one_view(view: type[ConsoleScreen]) -> None:
    everywhere = {key.key for key in Binding.make_bindings([c.binding() for c in EVERYWHERE])}
    own = keys_of(view)
    assert set(own) & everywhere <= MEANT_TO_DIFFER
    for widget in VIEWS[view]:
        assert set(keys_of(widget)) & (set(own) | everywhere) <= MEANT_TO_DIFFER


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_every_binding_can_be_remapped_and_is_explained(view: type[ConsoleScreen]) -> None:
    for node in (view, *VIEWS[view]):
        for binding in bindings_of(node):
            assert binding.id, binding
            assert binding.description, binding


@pytest.mark.parametrize("command", ALL, ids=lambda command: command.id)
def test_every_action_exists(command: Command) -> None:
    owner, _, call = command.action.partition(".")
    name = f"action_{call.partition('(')[0]}"
    places: tuple[type, ...] = (MailtuiApp,) if owner == "app" else tuple(VIEWS)
    assert any(hasattr(place, name) for place in places), command.action
