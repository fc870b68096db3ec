"""How local(8) delivers: alias_maps first, then the user's .forward, then the mailbox; and where there is no user.

An alias leads to addresses, ``|command``, ``/file/name`` or ``:include:/file/name`` (aliases(5)). Its local addresses
are followed here; all others become new mail, which goes through cleanup(8) once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.host.users import account
from mailtui.services.postfix.addresses.expansion import with_extension
from mailtui.services.postfix.addresses.filled import filled, names_of
from mailtui.services.postfix.addresses.forward import own_list
from mailtui.services.postfix.addresses.keys import Key, quoted, split_address, split_extension
from mailtui.services.postfix.addresses.lookups import Hit, Lookups
from mailtui.services.postfix.addresses.model import Final
from mailtui.services.postfix.addresses.rewriting import Rewriting
from mailtui.services.postfix.addresses.routing import Router
from mailtui.services.postfix.ports import PostfixSettings
from mailtui.services.postfix.tables import words

_NESTED = 100
"""Aliases within aliases, after which local(8) bounces."""
_ENTRY = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^,"\n])+')
_DISCARDED = ("postmaster", "mailer-daemon")


@dataclass(frozen=True, slots=True)
class Forwarded:
    """New mail that local(8) makes, for an address that is not delivered by the same service."""

    address: str


@dataclass(frozen=True, slots=True)
class _Local:
    """One recipient of local(8)."""

    address: str
    service: str
    """The name of local(8) in master.cf."""
    came_from: str = ""
    """The alias that led here; an alias that names itself means the user."""
    owner: str = ""
    """The ``owner-`` alias of an alias on the way, or the user whose .forward led here: for others new mail is made."""
    is_included: bool = False
    """Whether it stands in an included file: then new mail is made for whoever is no alias."""
    level: int = 0
    included: set[tuple[str, str]] = field(default_factory=set)
    """The included files that this message has met, each with the user whose .forward named it: none is read twice."""


Outcome = Final | Forwarded


class LocalDelivery:
    """local(8) of one Postfix. A table that cannot be asked raises TableError."""

    def __init__(self, postfix: PostfixSettings, lookups: Lookups, router: Router) -> None:
        self._postfix = postfix
        self._lookups = lookups
        self._router = router
        self._rewriting = Rewriting(postfix)
        self._delimiters = postfix.get("recipient_delimiter")
        self._propagated = frozenset(words(postfix.get("propagate_unmatched_extensions")))

    def deliver(self, address: str, service: str) -> Iterator[Outcome]:
        """Who gets mail for an address that was routed to this service."""
        told = set[str]()
        for outcome in self._recipient(_Local(address, service)):
            # One message goes into a file, a mailbox and a command once.
            if isinstance(outcome, Forwarded) or not outcome.mailbox or outcome.mailbox not in told:
                yield outcome
            if isinstance(outcome, Final):
                told.add(outcome.mailbox)

    def _recipient(self, local: _Local) -> Iterator[Outcome]:
        if local.level > _NESTED:
            yield self._final(local, problem=f"alias database loop for {local.address}")
            return
        full = split_address(local.address)[0].lower()
        user, extension = split_extension(full, self._delimiters)
        for name, left in dict.fromkeys(((full, ""), (user, extension))):
            hit = None if local.came_from == name else self._alias(name)
            if hit is not None:
                kept = left if "alias" in self._propagated else ""
                owner = self._owner(name) or local.owner
                here = replace(local, came_from=name, owner=owner, is_included=False, level=local.level + 1)
                yield from self._tokens(hit.value, here, kept)
                return
        if local.is_included or (local.owner and local.owner != user):
            yield Forwarded(local.address)
            return
        yield from self._user(local, user, extension)

    def _owner(self, name: str) -> str:
        """The ``owner-`` alias of an alias, if it has one that counts."""
        owner = f"owner-{name}"
        counts = self._postfix.get("owner_request_special") == "yes"
        return owner if counts and self._alias(owner) is not None else ""

    def _alias(self, name: str) -> Hit | None:
        keys = [Key(one, whole=True) for one in dict.fromkeys((quoted(name), name))]
        return self._lookups.find("alias_maps", keys)

    def _tokens(self, value: str, local: _Local, extension: str) -> Iterator[Outcome]:
        """The right-hand side of an alias, entry by entry."""
        for text in alias_targets(value):
            yield from self._token(text, local, extension)

    def _token(self, text: str, local: _Local, extension: str) -> Iterator[Outcome]:
        if text.startswith("/"):
            yield self._final(local, text)
        elif text.startswith("|"):
            allowed = "alias" in words(self._postfix.get("allow_mail_to_commands"))
            yield self._final(local, text, "" if allowed else "mail to command is restricted")
        elif text.lower().startswith(":include:"):
            yield from self._included(text[len(":include:") :].strip('"'), local, extension)
        else:
            yield from self._address(text, local, extension)

    def _address(self, text: str, local: _Local, extension: str) -> Iterator[Outcome]:
        for address in self._rewriting.each(text):
            route = self._router.route(address.removeprefix("\\"))
            left = "" if address.startswith("\\") else extension
            here = replace(local, address=with_extension(route.address, left))
            if not route.valid:
                yield self._final(here, problem="bad address syntax")
            elif route.transport != local.service:
                yield Forwarded(here.address)
            elif address.startswith("\\") and not local.is_included:
                yield from self._mailbox(here, split_address(here.address)[0], "")
            else:
                yield from self._recipient(here)

    def _included(self, name: str, local: _Local, extension: str) -> Iterator[Outcome]:
        met = name, "" if local.owner.startswith("owner-") else local.owner
        if met in local.included:
            return
        local.included.add(met)
        here = replace(local, is_included=True, level=local.level + 1)
        try:
            text = read_file(Path(name)).data.decode("utf-8", "surrogateescape")
        except MailtuiError as error:
            yield self._final(local, f":include:{name}", error.message)
            return
        for line in text.splitlines():
            if not line.startswith("#"):
                yield from self._tokens(line, here, extension if "include" in self._propagated else "")

    def _user(self, local: _Local, user: str, extension: str) -> Iterator[Outcome]:
        """The user's own .forward, or the mailbox."""
        known = account(user)
        names = names_of(local.address, user, extension, self._delimiters, known)
        forward = own_list(self._postfix.get("forward_path"), names) if known else None
        if forward is None:
            yield from self._mailbox(local, user, extension)
            return
        here = replace(local, came_from=user, owner=user, level=local.level + 1)
        for line in forward.splitlines():
            if not line.startswith("#"):
                yield from self._tokens(line, here, extension if "forward" in self._propagated else "")

    def _mailbox(self, local: _Local, user: str, extension: str) -> Iterator[Outcome]:
        """The user's mailbox in local(8)'s order: another transport, a command, a file or folder."""
        transport = self._by_user("mailbox_transport_maps", user) or self._postfix.get("mailbox_transport")
        known = account(user)
        if transport:
            yield self._passed(local, transport)
        elif known is None:
            yield from self._unknown(local, user, extension)
        elif command := self._by_user("mailbox_command_maps", user) or self._postfix.get("mailbox_command"):
            yield self._final(local, f"|{command}")
        elif home := self._postfix.get("home_mailbox"):
            yield self._final(local, f"{known.home}/{home}")
        else:
            yield self._final(local, f"{self._postfix.get('mail_spool_directory').rstrip('/')}/{known.name}")

    def _unknown(self, local: _Local, user: str, extension: str) -> Iterator[Outcome]:
        fallback = self._by_user("fallback_transport_maps", user) or self._postfix.get("fallback_transport")
        relay = self._postfix.get("luser_relay")
        if fallback:
            yield self._passed(local, fallback)
        elif relay:
            yield from self._relayed(relay, local, user, extension)
        elif user in _DISCARDED:
            yield self._final(local, problem=f"discarded: there is no alias {user}")
        else:
            yield self._final(local, problem=f'unknown user: "{user}"')

    def _relayed(self, relay: str, local: _Local, user: str, extension: str) -> Iterator[Outcome]:
        text = filled(relay, names_of(local.address, user, extension, self._delimiters, None))
        (target,) = self._rewriting.each(text)[:1] or ("",)
        if target.lower() == local.address.lower() or not target:
            yield self._final(local, problem=f'unknown user: "{user}"')
        else:
            yield from self._address(text, replace(local, level=local.level + 1), "")

    def _by_user(self, parameter: str, user: str) -> str:
        hit = self._lookups.find(parameter, (Key(user, whole=True),)) if self._lookups.tables(parameter) else None
        return hit.value if hit else ""

    def _passed(self, local: _Local, transport: str) -> Final:
        """A delivery that another service carries out."""
        name, _, nexthop = transport.partition(":")
        return Final(local.address, name, nexthop or split_address(local.address)[1])

    def _final(self, local: _Local, mailbox: str = "", problem: str = "") -> Final:
        return Final(local.address, local.service, split_address(local.address)[1], mailbox, problem)


def alias_targets(value: str) -> Iterator[str]:
    """What an alias leads to, each without its quotes: an address, ``|command``, ``/file`` or ``:include:/file``."""
    for match in _ENTRY.finditer(value):
        text = match[0].strip()
        if len(text) > 1 and text[0] == text[-1] == '"':
            text = re.sub(r"\\(.)", r"\1", text[1:-1])
        if text:
            yield text
