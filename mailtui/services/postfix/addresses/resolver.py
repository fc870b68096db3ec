"""Where does mail for this address go? Postfix's own order, from RCPT TO to the mailbox, with every table on the way.

smtpd(8) decides whether the recipient is taken; cleanup(8) rewrites and expands it; for each address that this makes,
trivial-rewrite(8) names transport and next hop, and the delivery agent the mailbox. Local aliases make new mail, which
takes the same way again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.addresses.classes import AddressClasses
from mailtui.services.postfix.addresses.delivery import Delivery
from mailtui.services.postfix.addresses.expansion import Expanded, Expansion
from mailtui.services.postfix.addresses.listed import Listed, Listing
from mailtui.services.postfix.addresses.local_state import Forwarded, Outcome
from mailtui.services.postfix.addresses.lookups import Lookups, TableError
from mailtui.services.postfix.addresses.model import Final, Resolution
from mailtui.services.postfix.addresses.people import People
from mailtui.services.postfix.addresses.places import Places
from mailtui.services.postfix.addresses.rewriting import Rewriting
from mailtui.services.postfix.addresses.routing import Router
from mailtui.services.postfix.addresses.services import entrance, service_named
from mailtui.services.postfix.addresses.trail import Trail
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.restrictions.service import Restrictions
from mailtui.services.postfix.tables import words
from mailtui.text import clean

MOST_FINAL = 2000
"""Addresses that are followed; more are only said to be more."""
_TAKEN = "250 2.1.5 Ok"


class Resolver:
    """Follows addresses through the Postfix and Dovecot of this machine as they are configured now."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot

    def resolve(self, address: str, sender: str = "", client: str = "") -> Resolution:
        """Where mail for ``address`` goes. Raises what ``Tools.run`` raises where Postfix cannot be asked at all.

        ``sender``: matters for tables by sender. ``client``: the IP address that hands it in; without one only that is
        judged which holds for every client.
        """
        postfix = self._postfix.again()
        return _Resolving(self._tools, postfix, self._dovecot.again()).resolve(address, sender, client)


@dataclass(slots=True)
class _Way:
    """What the ways of all addresses have come to."""

    final: dict[tuple[str, str, str], Final]
    followed: set[tuple[str, str, frozenset[str]]]
    """Recipients, each with its sender and whom its mail was delivered to on its way: these decide what happens."""
    problem: str = ""


class _Resolving:
    """One resolution: everything is read once."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._postfix = postfix
        self._trail = Trail(Places(tools))
        smtpd = entrance(postfix)
        self._smtpd = postfix.of_service(smtpd)
        self._options = frozenset(words(self._smtpd.get("receive_override_options")))
        cleanup = postfix.of_service(service_named(postfix, self._smtpd.get("cleanup_service_name")))
        rewrite = postfix.of_service(service_named(postfix, postfix.get("rewrite_service_name")))
        lookups = Lookups(rewrite, tools, self._trail.note)
        self._restrictions = Restrictions(tools, postfix, patience=lookups.patience)
        self._rewriting = Rewriting(rewrite)
        self._classes = AddressClasses(rewrite, lookups)
        self._router = Router(rewrite, lookups, self._classes)
        self._listing = Listing(self._smtpd, lookups.within(self._smtpd), self._router)
        mapping = "no_address_mappings" not in self._options
        self._entering = Expansion(cleanup, lookups.within(cleanup), self._router, mapping=mapping)
        self._again = Expansion(cleanup, lookups.within(cleanup), self._router)
        self._delivery = Delivery(postfix, lookups.within(postfix), self._router, People(tools, dovecot))

    def resolve(self, address: str, sender: str, client: str) -> Resolution:
        address, sender = self._rewriting.of_client(address), self._rewriting.of_client(sender)
        standard = self._rewriting.standard(address)
        found, reply, problem = "", "", ""
        try:
            found = self._class_of(standard)
            reply, problem = self._reply(address, sender, client)
        except TableError as error:
            reply, problem = f"451 4.3.0 <{address}>: Temporary lookup failure", error.message
        way = _Way({}, set(), problem)
        if not reply.startswith("501"):
            expanded = self._follow(standard, sender, way, self._entering)
            reply = reply or expanded.reply
        return Resolution(
            clean(standard),
            found,
            not reply,
            clean(reply or _TAKEN),
            self._trail.steps,
            tuple(map(_cleaned, way.final.values())),
            clean(way.problem),
        )

    def _class_of(self, address: str) -> str:
        domain = address.rpartition("@")[2]
        found = self._classes.of(domain)
        self._trail.note_class(domain, found)
        return found.name

    def _reply(self, address: str, sender: str, client: str) -> tuple[str, str]:
        """What smtpd(8) says to the recipient, and why a table could not be asked."""
        listed = self._listing.of(address, sender) if self._rejects_unlisted else Listed("")
        if not client:
            return listed.reply, listed.problem
        reply = self._restrictions.reply(client, sender, address)
        return reply, listed.problem if reply == listed.reply else ""

    @property
    def _rejects_unlisted(self) -> bool:
        if "no_unknown_recipient_checks" in self._options:
            return False
        return self._smtpd.get("smtpd_reject_unlisted_recipient").lower() != "no"

    def _follow(
        self, address: str, sender: str, way: _Way, expansion: Expansion, came_by: tuple[str, ...] = ()
    ) -> Expanded:
        """Expand a recipient and deliver what it stands for; ``came_by``: whom it was delivered to on its way here."""
        self._trail.stage = "rewriting"
        way.followed.add((address.lower(), sender, frozenset(came_by)))
        expanded = expansion.expand(address)
        if expanded.reply:
            way.problem = way.problem or expanded.problem
            return expanded
        for one in expanded.addresses:
            if len(way.final) >= MOST_FINAL or len(way.followed) > MOST_FINAL:
                way.problem = f"more than {MOST_FINAL} recipients: the others are not followed"
                break
            self._deliver(one, sender, way, came_by)
        return expanded

    def _deliver(self, address: str, sender: str, way: _Way, came_by: tuple[str, ...]) -> None:
        """Route an address and see what its delivery agent makes of it."""
        try:
            self._trail.stage = "routing"
            route = self._router.route(address, sender)
            self._trail.note_class(route.address.rpartition("@")[2], route.address_class)
            self._trail.stage = "delivery"
            outcomes = list(self._delivery.deliver(route, came_by))
        except TableError as error:
            self._end(Final(address, "", "", problem=f"{error.message}: mail waits"), way)
            return
        hops = (*came_by, route.address.lower())
        refused = self._refused(outcomes)
        for outcome in outcomes:
            if isinstance(outcome, Final):
                self._end(outcome, way)
            elif why := refused.get(outcome.sender):
                way.problem = way.problem or why
                self._end(Final(outcome.address, "", "", problem=f"{why}: mail waits"), way)
            else:
                self._forward(outcome, sender, way, hops)

    def _refused(self, outcomes: Iterable[Outcome]) -> dict[str, str]:
        """By sender, why cleanup(8) refuses new mail: all recipients of one delivery share one message."""
        self._trail.stage = "rewriting"
        mails = [one for one in outcomes if isinstance(one, Forwarded)]
        tried = [(mail.sender, self._again.expand(mail.address)) for mail in mails]
        return {sender: expanded.problem for sender, expanded in tried if expanded.reply}

    def _forward(self, mail: Forwarded, sender: str, way: _Way, came_by: tuple[str, ...]) -> None:
        """Follow new mail, unless the same has been followed already with the same ``Delivered-To:``."""
        sender = mail.sender or sender
        # One Received: for each time it was forwarded, and one for how it came in.
        if len(came_by) + 1 >= int(self._postfix.get("hopcount_limit") or 50):
            for address in self._again.expand(mail.address, copied=False).addresses:
                self._end(Final(address, "", "", problem="too many hops"), way)
        elif (mail.address.lower(), sender, frozenset(came_by)) not in way.followed:
            self._follow(mail.address, sender, way, self._again, came_by)

    def _end(self, final: Final, way: _Way) -> None:
        way.final.setdefault((final.address.lower(), final.mailbox, final.problem), final)


def _cleaned(final: Final) -> Final:
    return replace(
        final,
        address=clean(final.address),
        transport=clean(final.transport),
        nexthop=clean(final.nexthop),
        mailbox=clean(final.mailbox),
        problem=clean(final.problem),
    )
