"""How local(8) delivers: alias_maps first, then the user's .forward, then the mailbox; and where there is no user.

An alias leads to addresses, ``|command``, ``/file/name`` or ``:include:/file/name`` (aliases(5)). Its local addresses
are followed here; all others become new mail, which goes through cleanup(8) once more. Each step is a function of
Postfix's src/local (recipient.c, alias.c, token.c, include.c, resolve.c, dotforward.c), and counts as deep.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mailtui.host.users import account
from mailtui.services.postfix.addresses.alias_targets import alias_targets, lines_of
from mailtui.services.postfix.addresses.expansion import with_extension
from mailtui.services.postfix.addresses.forward import own_list
from mailtui.services.postfix.addresses.included import NotIncluded, included
from mailtui.services.postfix.addresses.keys import Key, quoted
from mailtui.services.postfix.addresses.local_state import Forwarded, Local, Outcome
from mailtui.services.postfix.addresses.lookups import Lookups
from mailtui.services.postfix.addresses.mailboxes import Mailboxes, unknown
from mailtui.services.postfix.addresses.outside import PLACES, Outside
from mailtui.services.postfix.addresses.rewriting import Rewriting
from mailtui.services.postfix.addresses.routing import Router
from mailtui.services.postfix.ports import PostfixSettings
from mailtui.services.postfix.tables import words

_DEEPEST = 100
"""Calls within calls, after which local(8) bounces."""
_INCLUDE = ":include:"


class LocalDelivery:
    """local(8) of one Postfix. A table that cannot be asked raises TableError."""

    def __init__(self, postfix: PostfixSettings, lookups: Lookups, router: Router) -> None:
        self._postfix = postfix
        self._lookups = lookups
        self._router = router
        self._mailboxes = Mailboxes(postfix, lookups)
        self._outside = Outside(postfix)
        self._rewriting = Rewriting(postfix)
        self._propagated = frozenset(words(postfix.get("propagate_unmatched_extensions")))

    def deliver(self, address: str, service: str, nexthop: str, came_by: Iterable[str] = ()) -> Iterator[Outcome]:
        """Who gets mail for an address that was routed to this service and nexthop.

        ``came_by``: whom the message was delivered to before, in lower case.
        """
        delimiters = self._postfix.get("recipient_delimiter")
        yield from self._recipient(Local(address, service, nexthop, delimiters, frozenset(came_by)))

    def _recipient(self, local: Local) -> Iterator[Outcome]:
        local = local.deeper()
        if local.been_here("recipient", local.level, local.address):
            return
        if local.address.lower() in local.came_by:
            yield local.final(problem=f"mail forwarding loop for {local.address}")
        elif not local.user:
            yield local.final(problem=f'null username in "{local.address}"')
        else:
            yield from self._switch(local.deeper())

    def _switch(self, local: Local) -> Iterator[Outcome]:
        """Alias, own list, mailbox, in this order."""
        short = (local.user, local.extension) if local.extension else (local.local, "")
        for name, left in dict.fromkeys(((local.local, ""), short)):
            kept = left if "alias" in self._propagated else ""
            outcomes = self._alias(name, replace(local.deeper(), unmatched=kept))
            if outcomes is not None:
                yield from outcomes
                return
        if (local.owner and local.owner.lower() != local.user) or local.origin == "include":
            yield from self._indirect(local)
        else:
            yield from self._user(local)

    def _alias(self, name: str, local: Local) -> Iterable[Outcome] | None:
        """Whom an alias leads to; None where there is none of that name."""
        if local.expanded_from is not None and local.expanded_from.lower() == name:
            return None
        if local.level > _DEEPEST:
            return (local.final(problem=f"alias database loop for {name}"),)
        value = self._alias_value(name)
        if value is None:
            return None
        here = replace(self._owned(local, name), expanded_from=name, origin="alias", uid=0, home="")
        return self._tokens(value, here)

    def _owned(self, local: Local, name: str) -> Local:
        """With the ``owner-`` alias of an alias, if it has one that counts."""
        owner = f"owner-{name}"
        if self._rewriting.is_set("owner_request_special") and (value := self._alias_value(owner)) is not None:
            shown = value if self._rewriting.is_set("expand_owner_alias") else owner
            sender = self._rewriting.standard(shown)
            return replace(local, owner=sender, sender=sender)
        return replace(local, owner="") if self._rewriting.is_set("reset_owner_alias") else local

    def _alias_value(self, name: str) -> str | None:
        keys = [Key(one, whole=True) for one in dict.fromkeys((quoted(name), name))]
        hit = self._lookups.find("alias_maps", keys)
        return hit.value if hit else None

    def _tokens(self, text: str, local: Local) -> Iterator[Outcome]:
        """The right-hand side of an alias or a line of a file, entry by entry."""
        for token in alias_targets(text):
            if token[:1] in PLACES:
                yield from self._outside.deliver(token, local)
            elif token.lower().startswith(_INCLUDE):
                yield from self._included(token[len(_INCLUDE) :].strip('"'), local.deeper())
            else:
                yield from self._address(token, local.deeper())

    def _included(self, name: str, local: Local) -> Iterator[Outcome]:
        if local.been_here("include", local.uid, name):
            return
        try:
            text, owner = included(name)
        except NotIncluded as error:
            yield local.final(f"{_INCLUDE}{name}", f"mail system configuration error: {error}")
            return
        here = replace(
            local,
            expanded_from=local.local,
            origin="include",
            uid=local.uid or owner,
            owner=local.owner or local.address,
            unmatched=local.unmatched if "include" in self._propagated else "",
        )
        for line in lines_of(text):
            yield from self._tokens(line, here)

    def _address(self, text: str, local: Local) -> Iterator[Outcome]:
        for address in self._rewriting.each(text):
            # A backslash before a name means nothing to today's Postfix, whatever older manuals say of it.
            route = self._router.route(address.removeprefix("\\"))
            here = replace(local, address=with_extension(route.address, local.unmatched))
            if not route.valid:
                yield here.final(problem=f"bad recipient address syntax: {here.address}")
            elif route.transport == local.service:
                yield from self._recipient(here)
            else:
                yield from self._indirect(here)

    def _indirect(self, local: Local) -> Iterator[Outcome]:
        """New mail, once for an address."""
        if not local.been_here("indirect", local.address):
            yield Forwarded(local.address, local.sender)

    def _user(self, local: Local) -> Iterator[Outcome]:
        """The user's own list, or the mailbox."""
        if problem := self._mailboxes.homeless(local):
            yield local.final(problem=problem)
            return
        forwarded = self._own_list(local.deeper())
        yield from self._mailbox(local) if forwarded is None else forwarded

    def _own_list(self, local: Local) -> Iterable[Outcome] | None:
        """Whom the user's own list leads to; None where there is none, or its own entry has led here."""
        known = account(local.user)
        found = own_list(self._postfix.get("forward_path"), local.names(known), known.uid) if known else None
        if known is None or found is None:
            return None
        if local.been_here("forward", found.path):
            return () if local.been_here("forward-done", found.path) else None
        lines = list(lines_of(found.text or ""))
        if not any(True for line in lines for _ in alias_targets(line)):
            return None
        kept = "" if found.names_extension or "forward" not in self._propagated else local.extension
        here = replace(
            local,
            expanded_from=local.local,
            origin="forward",
            owner=local.user,
            unmatched=kept,
            uid=known.uid,
            home=known.home,
        )
        return self._of_own_list(found.path, lines, here)

    def _of_own_list(self, path: str, lines: Iterable[str], local: Local) -> Iterator[Outcome]:
        for line in lines:
            yield from self._tokens(line, local)
        local.been_here("forward-done", path)

    def _mailbox(self, local: Local) -> Iterator[Outcome]:
        for found in self._mailboxes.deliver(local.deeper()):
            if isinstance(found, str):
                yield from self._relayed(found, local.deeper())
            else:
                yield found

    def _relayed(self, relay: str, local: Local) -> Iterator[Outcome]:
        """The address of ``luser_relay``, unless it is the one that is not known."""
        (target,) = self._rewriting.each(relay)[:1] or ("",)
        if not target or target.lower() == local.address.lower():
            yield unknown(local)
        else:
            yield from self._address(relay, replace(local.deeper(), unmatched=""))
