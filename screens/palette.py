"""The command palette: every action by name, the impossible with its reason, and any message by its ID."""

from __future__ import annotations

import re
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from mailtui.screens.actions import Action, actions
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenStory
from mailtui.text import clean

TRACEABLE = re.compile(r"[^\s@]*@[^\s@]+|<[^\s>]+>|(?=.*[0-9])[0-9A-Za-z]{6,20}")
"""An address, a message-id, a queue ID (short ones are hexadecimal, long ones base 52 with digits)."""


def is_traceable(text: str) -> bool:
    """Whether ``text`` looks like something a message can be found by."""
    return TRACEABLE.fullmatch(text.strip()) is not None


class ActionProvider(Provider):
    """Offers the actions of the view the palette was opened on."""

    async def discover(self) -> Hits:
        """Everything, in the order of the help."""
        for action in self._actions():
            yield DiscoveryHit(self._label(action), partial(self._run, action), action.title, help=self._help(action))

    async def search(self, query: str) -> Hits:
        """The actions that match, and the message ``query`` may name."""
        if is_traceable(query):
            name = query.strip()
            label = Content.assemble("Trace ", (clean(name), "bold"))
            help_text = "The story of this message, out of the whole log."
            yield Hit(1.0, label, partial(self._trace, name), f"Trace {name}", help=help_text)
        matcher = self.matcher(query)
        for action in self._actions():
            score = max(matcher.match(action.title), matcher.match(action.doc) / 2)
            if score > 0:
                yield Hit(
                    score,
                    self._label(action),
                    partial(self._run, action),
                    action.title,
                    help=self._help(action),
                )

    def _actions(self) -> list[Action]:
        return [action for action in actions(self.screen) if action.id and action.id != "app.palette"]

    def _label(self, action: Action) -> Content:
        style = "$text-muted" if action.reason else ""
        return Content.assemble((action.title, style), (f"  {action.keys}", "$text-muted"))

    def _help(self, action: Action) -> str:
        return f"Not now: {action.reason}" if action.reason else action.doc

    async def _run(self, action: Action) -> None:
        if action.reason:
            self.app.notify(action.reason, title=action.title, markup=False)
        else:
            await self.app.run_action(action.call, action.node)

    def _trace(self, name: str) -> None:
        self.app.post_message(Open(OpenStory(name)))
