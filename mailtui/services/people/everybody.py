"""All users at once: who is in Postfix's tables and not in Dovecot, and the other way round.

Postfix's side is read from the text of ``virtual_mailbox_maps``, where it has one, and asked by postmap(1) in batches;
Dovecot's is what its userdb lists, where it can (doveadm-user(1)).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from mailtui.findings import Finding
from mailtui.host.errors import HostError, MailtuiError
from mailtui.host.files import read_file
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.stores.userdb import NoSuchUser, UserDb
from mailtui.services.people.telling import say
from mailtui.services.postfix.addresses.classes import AddressClasses
from mailtui.services.postfix.addresses.keys import transport_keys
from mailtui.services.postfix.addresses.listed import Listing
from mailtui.services.postfix.addresses.lookups import Lookups
from mailtui.services.postfix.addresses.routing import Router
from mailtui.services.postfix.addresses.services import entrance
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.text import Source
from mailtui.services.postfix.maps.used import Tables

MOST = 20_000
"""Users that are compared; whoever has more hears of the first."""
_LISTS = (
    "recipient_canonical_maps",
    "canonical_maps",
    "virtual_alias_maps",
    "virtual_mailbox_maps",
    "local_recipient_maps",
    "relay_recipient_maps",
    "relocated_maps",
)
"""What ``Listing`` and ``Router`` ask about one address, ``transport_maps`` besides, which has keys of its own."""


class Everybody:
    """The users of one Postfix and one Dovecot."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._tools = tools
        self._postfix = postfix
        self._userdb = UserDb(tools, dovecot)

    def check(self) -> tuple[Finding, ...]:
        """Whom one of them does not know. Raises what ``Tools.run`` raises, HostError where Dovecot is stopped."""
        try:
            dovecots: Sequence[str] = self._userdb.users()[:MOST]
        except HostError as error:
            if "list its users" not in error.message:
                raise
            dovecots = ()
        listed = sorted(self._listed())[:MOST]
        return (*self._unknown([one for one in listed if one not in set(dovecots)]), *self._refused(dovecots))

    def _listed(self) -> set[str]:
        """Addresses in the text of the tables of mailboxes."""
        found: set[str] = set()
        for table in Tables(self._tools, self._postfix).used:
            if table.file is None or not any(use.parameter == "virtual_mailbox_maps" for use in table.uses):
                continue
            try:
                source = Source.read(read_file(table.file).data)
            except MailtuiError:
                continue
            keys = (entry.key.decode("utf-8", "surrogateescape").lower() for entry in source.entries)
            found |= {key for key in keys if _is_address(key)}
        return found

    def _unknown(self, addresses: Sequence[str]) -> Iterator[Finding]:
        if not self._postfix.get("virtual_transport").startswith("lmtp"):
            return
        for address, fields in self._userdb.fields_of(addresses):
            if isinstance(fields, NoSuchUser):
                yield say("nobody", address, fields.message)

    def _refused(self, users: Sequence[str]) -> Iterator[Finding]:
        smtpd = self._postfix.of_service(entrance(self._postfix))
        lookups = Lookups(smtpd, self._tools)
        router = Router(smtpd, lookups, AddressClasses(smtpd, lookups))
        listing = Listing(smtpd, lookups, router)
        addresses = [user for user in users if _is_address(user)]
        keys = [key for address in addresses for key in router.keys(address)]
        for parameter in _LISTS:
            lookups.learn(parameter, keys)
        delimiters = smtpd.get("recipient_delimiter")
        ways = [partial(transport_keys, delimiters=delimiters, parents=parents) for parents in (True, False)]
        lookups.learn("transport_maps", [key for address in addresses for way in ways for key in way(address)])
        for address in addresses:
            reply = listing.of(address).reply
            if reply.startswith("5"):
                yield say("refused", address, reply)


def _is_address(text: str) -> bool:
    user, at, domain = text.rpartition("@")
    return bool(user and at and domain) and not set(text) & set(" \t/")
