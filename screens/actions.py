"""What can be done here and now: one list, from the bindings, for the palette and the help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from textual.dom import DOMNode
from textual.screen import Screen

from mailtui.screens.base import ConsoleScreen
from mailtui.screens.commands import ALL, Command

VIEWS = "Views"
"""The group of what goes from one view to another."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a key does now."""

    id: str
    keys: str
    title: str
    doc: str
    group: str
    dangerous: bool
    reason: str
    """Why it is not possible now; ``""`` when it is."""
    call: str
    """The action as Textual runs it, and on whose behalf."""
    node: DOMNode


def actions(screen: Screen[Any]) -> tuple[Action, ...]:
    """Everything bound on ``screen``: what is focused first, then the view, then what works everywhere."""
    found: dict[str, Action] = {}
    declared = _declared(screen)
    for key, active in screen.active_bindings.items():
        binding = active.binding
        if not binding.id:  # Textual's own: tab, selecting text
            continue
        shown = screen.app.get_key_display(binding.with_key(key))
        known = found.get(binding.id)
        if known is not None:
            found[binding.id] = _also(known, shown)
            continue
        command = declared.get(binding.id)
        found[binding.id] = Action(
            id=binding.id,
            keys=shown,
            title=command.title if command else binding.description,
            doc=binding.tooltip,
            group=VIEWS if binding.id.startswith("view.") else _group(active.node),
            dangerous=bool(command and command.dangerous),
            reason="" if active.enabled else _reason(screen, binding.action),
            call=binding.action,
            node=active.node,
        )
    return tuple(found.values())


def grouped(screen: Screen[Any]) -> Iterator[tuple[str, list[Action]]]:
    """The same, by group: what is particular to the view first, what works everywhere last."""
    groups: dict[str, list[Action]] = {}
    ranks: dict[DOMNode, int] = {screen: 0, screen.app: 2}
    for action in sorted(actions(screen), key=lambda action: ranks.get(action.node, 1)):
        groups.setdefault(action.group, []).append(action)
    yield from groups.items()


def _declared(screen: Screen[Any]) -> Mapping[str, Command]:
    own = screen.ACTIONS if isinstance(screen, ConsoleScreen) else ()
    return {command.id: command for command in (*ALL, *own)}


def _also(action: Action, key: str) -> Action:
    """The action with one key more."""
    return action if key in action.keys.split() else replace(action, keys=f"{action.keys} {key}")


def _group(node: DOMNode) -> str:
    if isinstance(node, ConsoleScreen):
        return node.crumb
    return node.BINDING_GROUP_TITLE or type(node).__name__


def _reason(screen: Screen[Any], action: str) -> str:
    name = action.rpartition(".")[2].partition("(")[0]
    return (screen.why_not(name) if isinstance(screen, ConsoleScreen) else "") or "not possible now"
