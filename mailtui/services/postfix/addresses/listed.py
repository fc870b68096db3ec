"""Whether smtpd(8) takes a recipient for one that exists: ``reject_unlisted_recipient`` of postconf(5).

An address passes that a canonical or virtual alias table knows; else the table of its class decides
(ADDRESS_CLASS_README), and a class without such a table takes every recipient.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mailtui.services.postfix.addresses.lookups import Hit, Lookups, TableError
from mailtui.services.postfix.addresses.rewriting import Rewriting
from mailtui.services.postfix.addresses.routing import Route, Router
from mailtui.services.postfix.addresses.statuses import fitting
from mailtui.services.postfix.ports import PostfixSettings

_BEFORE = ("recipient_canonical_maps", "canonical_maps", "virtual_alias_maps")
_TABLES = {
    "local": ("local_recipient_maps", "unknown_local_recipient_reject_code", " in local recipient table"),
    "virtual mailbox": (
        "virtual_mailbox_maps",
        "unknown_virtual_mailbox_reject_code",
        " in virtual mailbox table",
    ),
    "relay": ("relay_recipient_maps", "unknown_relay_recipient_reject_code", " in relay recipient table"),
}
_ALWAYS_LOCAL = ("postmaster", "mailer-daemon", "double-bounce")


@dataclass(frozen=True, slots=True)
class Listed:
    """What smtpd(8) says to a recipient, restrictions aside."""

    reply: str
    """What a client is told; ``""`` where the recipient is taken."""
    parameter: str = ""
    """The parameter that decided it."""
    hit: Hit | None = None
    """The entry that lists the recipient."""
    problem: str = ""
    """Why a table could not be asked; ``""`` where all could."""

    @property
    def accepted(self) -> bool:
        """Whether there is nothing against the recipient."""
        return not self.reply


class Listing:
    """Recipients of one Postfix."""

    def __init__(self, postfix: PostfixSettings, lookups: Lookups, router: Router) -> None:
        self._postfix = postfix
        self._lookups = lookups
        self._router = router
        self._rewriting = Rewriting(postfix)

    def of(self, address: str, sender: str = "", role: Literal["Recipient", "Sender"] = "Recipient") -> Listed:
        """What is said to ``address`` as the client wrote it, without angle brackets and quotes.

        A table that cannot be asked is a temporary refusal, as in smtpd(8).
        """
        try:
            route = self._router.route(self._rewriting.standard(address), self._rewriting.standard(sender))
            if not route.valid:
                syntax = "501 5.1.3 Bad recipient address syntax"
                return Listed(syntax if role == "Recipient" else "501 5.1.7 Bad sender address syntax")
            return self._of_route(address, route, role)
        except TableError as error:
            return Listed(f"451 4.3.0 <{address}>: Temporary lookup failure", problem=error.message)

    def _of_route(self, address: str, route: Route, role: str) -> Listed:
        user, _, domain = route.address.rpartition("@")
        recipient = f"{user}@{domain}".lower()
        first, *others = _BEFORE
        for parameter in (first, *(("sender_canonical_maps",) if role == "Sender" else ()), *others):
            if hit := self._find(parameter, recipient):
                return Listed("", parameter, hit)
        said = f"<{address}>: {role} address rejected:"
        if route.refusal:
            status, text = route.refusal
            if role == "Sender" and not route.says_status:
                status = f"{status[0]}.1.0"
            code = "550" if route.transport == "error" else "450"
            if route.address_class.name == "virtual alias":
                code = self._postfix.get("unknown_virtual_alias_reject_code")
            return Listed(f"{code} {fitting(status, f'{role} address')} {said} {text}", route.by)
        return self._in_table_of_class(recipient, route, said, role)

    def _in_table_of_class(self, recipient: str, route: Route, said: str, role: str) -> Listed:
        if route.address_class.name not in _TABLES:
            return Listed("")
        parameter, code, where = _TABLES[route.address_class.name]
        if not self._postfix.get(parameter):
            return Listed("", parameter)
        if route.address_class.name == "local" and recipient.rpartition("@")[0] in _ALWAYS_LOCAL:
            return Listed("", "mydestination")
        if hit := self._find(parameter, recipient):
            return Listed("", parameter, hit)
        told = where if self._rewriting.is_set("show_user_unknown_table_name") else ""
        status = "5.1.0" if role == "Sender" else "5.1.1"
        number = self._postfix.get(code)
        return Listed(f"{number} {number[:1]}{status[1:]} {said} User unknown{told}", parameter)

    def _find(self, parameter: str, address: str) -> Hit | None:
        if not self._lookups.tables(parameter):
            return None
        return self._lookups.find(parameter, self._router.keys(address, self._postfix))
