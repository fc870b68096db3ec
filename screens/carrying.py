"""The part of the App that carries text away from the console: to the clipboard, to a file."""

from __future__ import annotations

import os
import time
from functools import partial

from textual import on, work
from textual.app import App

from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.clipboard import way_to_copy
from mailtui.screens.dialogs import PromptDialog
from mailtui.screens.messages import Copy, Save
from mailtui.screens.ports import ToolsPort
from mailtui.screens.saving import refusal, suggested_path, write_new
from mailtui.text import clean_lines


class CarryingApp(App[None]):
    """Answers ``Copy`` and ``Save``."""

    def __init__(self, tools: ToolsPort) -> None:
        super().__init__()
        self._tools = tools

    def warn(self, text: str) -> None:
        """Tell of something that did not work."""
        self.notify(text, severity="warning", markup=False)

    @on(Copy)
    async def copy(self, message: Copy) -> None:
        """Put a text on the operator's clipboard, or say why not."""
        text = printable(message.text)
        way = way_to_copy(text, os.environ)
        if way.refusal:
            self.warn(way.refusal)
            return
        size = len(text.encode())
        if way.tmux and await self._copied_by_tmux(way.tmux, text):
            self.notify(f"Copied the {message.what}: {size:,} bytes (tmux)", markup=False)
            return
        self.copy_to_clipboard(text)
        self.notify(f"Copied the {message.what}: {size:,} bytes (OSC 52)", markup=False)

    async def _copied_by_tmux(self, argv: tuple[str, ...], text: str) -> bool:
        try:
            await in_thread(partial(self._tools.run, argv, stdin=text.encode()), "tmux")
        except MailtuiError:  # an old tmux; its terminal may still listen to OSC 52
            return False
        return True

    @on(Save)
    def save(self, message: Save) -> None:
        """Ask for a file name and write."""
        self._save(message)

    @work(group="dialog", exclusive=True)
    async def _save(self, message: Save) -> None:
        text, path = printable(message.text), suggested_path(message.name, time.time())
        dialog = PromptDialog("Save to a new file", value=path, refuse=refusal)
        name = await self.push_screen_wait(dialog)
        if not name:
            return
        try:
            written = await in_thread(partial(write_new, name, text), "save")
        except OSError as error:
            self.warn(str(error))
        else:
            self.notify(f"Saved {len(text.encode()):,} bytes to {written}", markup=False)


def printable(text: str) -> str:
    """What strangers wrote, fit to be pasted into a shell or shown by ``cat``; tabs and line breaks stay."""
    return "\t".join(map(clean_lines, text.split("\t")))
