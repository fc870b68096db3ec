"""Giving a certificate to the servers, asked for by the names of its files."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path

from textual import work

from mailtui.screens.background import in_thread
from mailtui.screens.base import ConsoleScreen
from mailtui.screens.dialogs import PromptDialog
from mailtui.screens.words import READ_ONLY

_TITLE = "Deploy which certificate?"
_HINT = "the files of its key and its chain, a blank between them; with certbot privkey.pem and fullchain.pem"


class Deploying(ConsoleScreen):
    """A view from which a certificate can be deployed."""

    def why_not(self, action: str) -> str:
        """Nothing is deployed by a console that only reads."""
        if action == "deploy" and self.console.services.settings.read_only:
            return READ_ONLY
        return super().why_not(action)

    @work(group="deploy", exclusive=True)
    async def action_deploy(self) -> None:
        """Ask for the files, and for a passphrase where they need one; then show the plan."""
        given = await self.app.push_screen_wait(PromptDialog(_TITLE, hint=_HINT, refuse=_objection))
        if given is None:
            return
        files = _files(given)
        service = self.console.services.deploy
        passphrase: bytes | None = None
        if await in_thread(partial(service.locked, files), "certificate files"):
            told = await self.app.push_screen_wait(PromptDialog("Passphrase of the key", secret=True))
            if told is None:
                return
            passphrase = told.encode()
        self.propose(partial(service.of_files, files, passphrase))


def _files(text: str) -> list[Path]:
    return [Path(word).expanduser() for word in shlex.split(text)]


def _objection(text: str) -> str:
    """What is wrong with names of files; empty for nothing."""
    try:
        files = _files(text)
    except (ValueError, RuntimeError) as error:
        return f"that cannot be read: {error}"
    missing = next((file for file in files if not file.exists()), None)
    return f"{missing} is not there" if missing else ""
