"""The same key means the same thing on every view: where several commands share one, the one idea they have in common."""

from __future__ import annotations

import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import ModalScreen
from textual.widget import Widget

import mailtui.screens
from mailtui.app import MailtuiApp
from mailtui.screens.base import ConsoleScreen
from mailtui.screens.commands import EVERYWHERE

IDEAS = {
    "A": ("act, from a menu", "mailbox.care finding.acknowledge service.control queue.act"),
    "K": ("ask", "map.ask go.address probe.try"),
    "N": ("the one before", "log.search-previous dns.previous mailbox.part-before"),
    "R": ("have it done again, right", "finding.mend mailbox.repair queue.requeue message.requeue"),
    "V": ("a whole text", "map.text config.howto"),
    "a": ("an entry of a table", "map.add message.entry"),
    "ctrl+o": ("in the operator's own editor", "map.outside map.editor"),
    "ctrl+s": ("save", "text.save map.write config.write"),
    "d": ("take it out", "map.remove config.remove queue.delete"),
    "down": ("down", "list.down cells.down"),
    "e": (
        "in lines of the log the next error, as in lnav; a value is edited",
        "message.next-error map.edit config.edit",
    ),
    "enter": ("open", "list.open cells.open"),
    "escape": ("back", "go.back map.close config.close filter.leave"),
    "exclamation_mark": ("what is wrong", "list.problems"),
    "f5": ("read anew", "live.refresh queue.renew"),
    "full_stop": ("what is left out, too", "finding.known config.all rules.all queued.decoded probe.dialogue"),
    "h": ("to the left", "list.left cells.previous"),
    "i": ("its lines in the log", "incident.log queue.log"),
    "j": ("down", "list.down cells.down"),
    "k": ("up", "list.up cells.up"),
    "l": ("to the right", "list.right cells.next"),
    "left": ("to the left", "list.left cells.previous"),
    "left_square_bracket": (
        "the one before, less",
        "queue.previous-state shape.previous rules.previous dns.page log.shorter",
    ),
    "n": ("the next one", "log.search-next dns.next mailbox.next-part"),
    "q": ("back", "go.leave map.close"),
    "r": ("read anew", "live.refresh queue.renew"),
    "right": ("to the right", "list.right cells.next"),
    "right_square_bracket": ("the next one, more", "queue.next-state shape.next rules.next dns.page log.longer"),
    "s": ("choose order or source", "list.sort shape.by log.source"),
    "slash": ("look for", "list.filter log.search"),
    "t": ("the story of a message", "go.trace queue.story"),
    "u": ("undo", "change.undo change.undo-last"),
    "up": ("up", "list.up cells.up"),
    "z": ("the wider view", "overview.plots queue.shape port.who mailbox.ladder"),
}


def classes(base: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for one in base.__subclasses__():
        yield one
        yield from classes(one)


def everything_bound() -> dict[str, dict[str, set[str]]]:
    """Ids by key, of every view and of what stands in views; with each the titles it has."""
    for module in pkgutil.walk_packages(mailtui.screens.__path__, "mailtui.screens."):
        import_module(module.name)
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    views: set[type[DOMNode]] = {MailtuiApp, *classes(ConsoleScreen), *classes(Widget)}
    for node in views:
        if not node.__module__.startswith("mailtui.") or issubclass(node, ModalScreen):
            continue
        for binding in Binding.make_bindings(node.__dict__.get("BINDINGS", ())):
            if binding.id:
                found[binding.key][binding.id].add(binding.action)
    return found


BOUND = everything_bound()


@pytest.mark.parametrize("key", sorted(BOUND))
def test_a_key_has_one_meaning_on_all_views(key: str) -> None:
    ids = set(BOUND[key])
    if len(ids) > 1:
        idea, known = IDEAS.get(key, ("", ""))
        assert idea and ids <= set(known.split()), f"{key} is {sorted(ids)}"


def test_no_idea_is_written_down_that_no_key_has_any_more() -> None:
    assert {
        key: set(ids.split()) - set(BOUND[key]) for key, (_, ids) in IDEAS.items() if set(ids.split()) - set(BOUND[key])
    } == {}


def test_a_command_has_the_same_keys_on_all_views() -> None:
    keys: dict[str, set[str]] = defaultdict(set)
    for key, ids in BOUND.items():
        for one in ids:
            keys[one].add(key)
    views = {command.id: set(command.keys.split(",")) for command in EVERYWHERE}
    assert {one: keys[one] for one in views if keys[one] != views[one]} == {}
