"""The user's mailbox in local(8)'s order, and what becomes of mail for a user who does not exist.

Another transport, a command, a file or folder (src/local/mailbox.c); ``fallback_transport``, ``luser_relay``, a bounce
(src/local/unknown.c).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mailtui.host.users import account
from mailtui.services.postfix.addresses.filled import filled
from mailtui.services.postfix.addresses.keys import Key
from mailtui.services.postfix.addresses.local_state import Local
from mailtui.services.postfix.addresses.lookups import Lookups
from mailtui.services.postfix.addresses.model import Final
from mailtui.services.postfix.ports import PostfixSettings

_DISCARDED = ("postmaster", "mailer-daemon")


class Mailboxes:
    """The mailboxes of one Postfix's local users. A table that cannot be asked raises TableError."""

    def __init__(self, postfix: PostfixSettings, lookups: Lookups) -> None:
        self._postfix = postfix
        self._lookups = lookups

    def homeless(self, local: Local) -> str:
        """Why mail waits for a user whose home is not there (``require_home_directory``); ``""`` where it does not."""
        known = account(local.user)
        if known is None or self._postfix.get("require_home_directory").lower() != "yes":
            return ""
        try:
            Path(known.home).stat()
        except OSError as error:
            return f"cannot access home directory {known.home}: {error.strerror}: mail waits"
        return ""

    def deliver(self, local: Local) -> Iterator[Final | str]:
        """Where the mail is put; or a text, which is the address that gets it instead (``luser_relay``)."""
        if local.been_here("mailbox", local.local):
            return
        transport = self._by_user("mailbox_transport_maps", local) or self._postfix.get("mailbox_transport")
        known = account(local.user)
        if transport:
            yield _passed(local, transport)
        elif known is None:
            yield from self._unknown(local)
        elif command := self._by_user("mailbox_command_maps", local) or self._postfix.get("mailbox_command"):
            if not local.been_here("command", local.user, known.uid, command):
                yield local.final(f"|{command}")
        elif home := self._postfix.get("home_mailbox"):
            yield local.final(f"{known.home}/{home}")
        else:
            yield local.final(f"{self._postfix.get('mail_spool_directory').rstrip('/')}/{known.name}")

    def _unknown(self, local: Local) -> Iterator[Final | str]:
        if local.been_here("unknown", local.local):
            return
        if fallback := self._by_user("fallback_transport_maps", local) or self._postfix.get("fallback_transport"):
            yield _passed(local, fallback)
        elif relay := self._postfix.get("luser_relay"):
            yield filled(relay, local.names(None))
        elif local.user in _DISCARDED:
            yield local.final(problem=f"discarded: there is no alias {local.user}")
        else:
            yield unknown(local)

    def _by_user(self, parameter: str, local: Local) -> str:
        if not self._lookups.tables(parameter):
            return ""
        hit = self._lookups.find(parameter, (Key(local.user, whole=True),))
        return hit.value if hit else ""


def unknown(local: Local) -> Final:
    """That there is no such user."""
    return local.final(problem=f'unknown user: "{local.user}"')


def _passed(local: Local, transport: str) -> Final:
    """A delivery that another service carries out."""
    name, _, nexthop = transport.partition(":")
    return Final(local.address, name, nexthop or local.nexthop)
