"""Whose mailbox it is where Dovecot delivers: over LMTP, or by its delivery program in a pipe(8) transport.

Dovecot looks the address up without its extension (``recipient_delimiter`` of Dovecot) in its userdb.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath

from mailtui.host.errors import HostError, MailtuiError
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.stores.service import Stores
from mailtui.services.dovecot.stores.userdb import NoSuchUser
from mailtui.services.postfix.addresses.keys import split_extension
from mailtui.services.postfix.addresses.model import Final

_DOVECOT_PROGRAMS = frozenset({"dovecot-lda", "deliver"})
_LISTENER = re.compile(r"^service lmtp \{\n(?P<body>.*?)^\}", re.MULTILINE | re.DOTALL)


class People:
    """The users of one Dovecot, as recipients of mail."""

    def __init__(self, tools: Tools, dovecot: DovecotConfig) -> None:
        self._dovecot = dovecot
        self._stores = Stores(tools, dovecot)

    def of_socket(self, final: Final, nexthop: str) -> Final:
        """The mailbox behind an LMTP next hop: Dovecot's user, where the socket or port is Dovecot's."""
        try:
            if not self._listens_on(nexthop):
                return final
            if not final.address.isascii() and self._dovecot.get("mail_utf8_extensions") != "yes":
                return replace(final, problem="SMTPUTF8 is required, but Dovecot's LMTP does not offer it")
            return self.of_user(final)
        except MailtuiError as error:
            return replace(final, problem=f"Dovecot could not be asked: {error.message}")

    def of_command(self, final: Final, command: str) -> Final:
        """What a command of a pipe(8) transport does with it."""
        argv = command.partition("argv=")[2]
        if PurePosixPath(argv.split()[0] if argv.split() else "").name in _DOVECOT_PROGRAMS:
            return self.of_user(final)
        return replace(final, mailbox=f"|{argv}" if argv else command)

    def of_user(self, final: Final) -> Final:
        """The user's store, or why there is none."""
        user, at, domain = final.address.rpartition("@")
        try:
            name = f"{split_extension(user, self._dovecot.get('recipient_delimiter'))[0]}{at}{domain}"
            store = self._stores.store(name)
        except NoSuchUser as error:
            return replace(final, problem=error.message)
        except HostError as error:
            return replace(final, problem=f"Dovecot could not be asked: {error.message}")
        except MailtuiError as error:
            return replace(final, problem=error.message)
        return replace(final, mailbox=f"{store.format}:{store.root}")

    def _listens_on(self, nexthop: str) -> bool:
        """Whether Dovecot's LMTP service is what a next hop like ``unix:private/dovecot-lmtp`` reaches."""
        kind, _, place = nexthop.partition(":")
        found = _LISTENER.search(self._dovecot.text)
        body = found["body"] if found else ""
        if kind == "unix":
            listeners = re.findall(r"unix_listener (\S+)", body) or ["lmtp"]
            return any(PurePosixPath(one).name == PurePosixPath(place).name for one in listeners)
        port = nexthop.rpartition(":")[2]
        return bool(re.search(rf"\bport = {re.escape(port)}\b", body))
