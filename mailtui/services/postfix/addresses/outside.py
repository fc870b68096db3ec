"""Files and commands that an alias, an included file or a user's own list names: which of them local(8) delivers to.

``allow_mail_to_files`` and ``allow_mail_to_commands`` say in what they may stand; each gets one message once
(src/local/token.c, file.c, command.c).
"""

from __future__ import annotations

from collections.abc import Iterator

from mailtui.services.postfix.addresses.local_state import Local
from mailtui.services.postfix.addresses.model import Final
from mailtui.services.postfix.ports import PostfixSettings
from mailtui.services.postfix.tables import words

PLACES = ("/", "~", "|")
"""What the name of a file, of one in the home directory, and a command begin with."""


class Outside:
    """Deliveries of one Postfix to what is no address."""

    def __init__(self, postfix: PostfixSettings) -> None:
        self._postfix = postfix

    def deliver(self, token: str, local: Local) -> Iterator[Final]:
        """What becomes of mail for a file or a command; nothing where it has got it already."""
        if token.startswith("|"):
            yield from self._command(token, local)
        elif token.startswith("/"):
            yield from self._file(token, local)
        elif token.startswith("~/") and local.home:
            yield from self._file(local.home.rstrip("/") + token[1:], local)
        else:
            yield local.final(problem=f"mail system configuration error: {token} is in no home directory")

    def _file(self, path: str, local: Local) -> Iterator[Final]:
        if not local.been_here("file", local.uid, path):
            allowed = local.origin in words(self._postfix.get("allow_mail_to_files"))
            yield local.final(path, "" if allowed else "mail to file is restricted")

    def _command(self, token: str, local: Local) -> Iterator[Final]:
        if local.origin not in words(self._postfix.get("allow_mail_to_commands")):
            yield local.final(token, "mail to command is restricted")
        elif not local.been_here("command", local.user, local.uid, token[1:]):
            yield local.final(token)
