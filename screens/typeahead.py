"""The part of the App that takes keys one at a time.

On a slow line several keys arrive in one packet. Textual hands each to what has the focus when it comes, before the
one that came earlier has opened its view or its input: ``/size`` would be five commands of the list. Here a key waits
until those before it have done their work.
"""

from __future__ import annotations

import asyncio
from collections import deque

from textual.app import App
from textual.events import Event, Key, Paste
from textual.message import Message

ROUNDS = 2
"""How often what has the focus is asked to answer: a key may post a message, whose handler moves the focus."""

PATIENCE = 0.5
"""Seconds after which an answer is not to come: what was asked has been closed."""


class KeyDone(Message):
    """Follows a key through the same queues up to the App."""

    def __init__(self, key_number: int, rounds_left: int) -> None:
        super().__init__()
        self.key_number = key_number
        self.rounds_left = rounds_left


class TypeaheadApp(App[None]):
    """Keys and pasted text act in the order, and where, they would act if they were typed slowly."""

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[Key | Paste] = deque()
        self._key_number = 0
        self._at_work = False

    async def on_event(self, event: Event) -> None:
        """Keep a key until its turn."""
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self._typed.append(event)
        if not self._at_work:
            await self._take_next()

    async def on_key_done(self, message: KeyDone) -> None:
        """Ask again, or take the next key."""
        if not self._at_work or message.key_number != self._key_number:
            return
        if message.rounds_left:
            self._ask(message.rounds_left)
        else:
            self._at_work = False
            await self._take_next()

    async def _take_next(self) -> None:
        if not self._typed:
            return
        self._at_work = True
        self._key_number += 1
        asyncio.get_running_loop().call_later(PATIENCE, self.post_message, KeyDone(self._key_number, 0))
        await super().on_event(self._typed.popleft())
        self._ask(ROUNDS)

    def _ask(self, rounds: int) -> None:
        asked = self if not self.screen_stack else self.focused or self.screen
        if not asked.post_message(KeyDone(self._key_number, rounds - 1)):
            self.post_message(KeyDone(self._key_number, 0))
