"""Is there such a recipient? This machine's own tables first, then its own port, then the servers of others.

Strangers are asked only with the operator's word, at a slow pace, with a sender of ours, and never up to DATA.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

from mailtui.host.errors import UsageError
from mailtui.services.postfix.addresses.model import Final, Resolution
from mailtui.services.postfix.addresses.resolver import Resolver
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.probes.endpoints import entrances
from mailtui.services.probes.joined import Client, LogMark
from mailtui.services.probes.manner import Manner
from mailtui.services.probes.model import Attempt, Endpoint, Probe
from mailtui.services.probes.own import is_own, lonely_source
from mailtui.services.probes.pace import Pace
from mailtui.services.probes.rcpt import CATCH_ALL, ask
from mailtui.services.probes.walk import Walk, Walker
from mailtui.text import clean

Consent = Callable[[str], bool]
"""Shown what would be asked of strangers; whether to do it."""
_TIMEOUT = 45.0
_MOST_FINAL = 3
_UNASKED = "could not be asked"
_TABLES = "this machine's own tables"
_AS_A_STRANGER = (
    "its own port was asked from a loopback address of our own: rules by a client's address, name or block list "
    "say something else to other clients"
)
_RELAYHOST = "this machine sends by {0}: what that server says of a recipient elsewhere is only that it takes mail"
_WARNING = (
    "This asks {hosts} whether {address} exists, up to RCPT TO and without sending mail. Servers take many such "
    "questions for a search for addresses, and may block this machine."
)
_DECLINED = "not asked: strangers are asked only with your word"
_HELO = "smtp_helo_name = {0} has no address in the DNS: many servers refuse a client that says so"
_TRY_NEXT = ("unreachable", "silent", "closed")


class RecipientProbe:
    """Probes of recipients; made for one probe, with the configuration as it is then."""

    def __init__(
        self, postfix: PostfixConfig, resolver: Resolver, walker: Walker, mark: Callable[[], LogMark], pace: Pace
    ):
        self._postfix = postfix
        self._resolver = resolver
        self._walker = walker
        self._mark = mark
        self._pace = pace

    def run(self, address: str, sender: str | None, consent: Consent) -> Probe:
        """Ask. ``sender`` is one of ours; None for Postfix's own for such questions.

        Raises UsageError; TooOften; what ``Tools.run`` raises where Postfix cannot be asked.
        """
        if "@" not in address.strip("@"):
            raise UsageError(f"{clean(address)} is no address", unlock="write one such as anna@shop.example")
        started = time.monotonic()
        mail_from = self._sender(sender)
        found = self._resolver.resolve(address, mail_from)
        attempts, notes = [_of_tables(found)], list[str]()
        ours = found.address_class != "default"
        if ours and (at_home := self._at_home(found.address, sender or "")):
            attempts.append(at_home)
            notes.append(_AS_A_STRANGER)
        for final in self._leaving(found)[:_MOST_FINAL] if found.accepted or not ours else ():
            attempts += self._elsewhere(final, mail_from, consent)
            if self._postfix.get("relayhost") and final.nexthop == self._postfix.get("relayhost"):
                notes.append(_RELAYHOST.format(final.nexthop))
        verdict, told = _judgement(attempts, found, ours=ours)
        return Probe(
            "recipient", clean(address), verdict, told, tuple(attempts), tuple(notes), time.monotonic() - started
        )

    def _sender(self, given: str | None) -> str:
        """Raises UsageError for a sender at a domain that is not ours: it would be forged."""
        if given:
            if self._resolver.resolve(given).address_class == "default":
                raise UsageError(
                    f"{clean(given)} is not of a domain of this machine: a forged sender costs it its good name",
                    unlock="name a sender of your own: --from, or none",
                )
            return given
        own = self._postfix.get("address_verify_sender") if given is None else ""
        return own if not own or "@" in own else f"{own}@{self._postfix.get('myorigin')}"

    def _at_home(self, address: str, sender: str) -> Attempt | None:
        """What our own smtpd(8) says to a stranger."""
        endpoint = next(iter(entrances(self._postfix)), None)
        if endpoint is None:
            return None
        source = lonely_source(endpoint.host)
        mark, manner = self._mark(), Manner(source, tls="may", timeout=_TIMEOUT)
        made = ask(endpoint, sender, address, manner, decoy=False)
        lines = mark.caused_by([Client(made.client, 0, alone=source is not None)]) if made.client else ()
        return replace(made, lines=lines)

    @cached_property
    def _clients(self) -> frozenset[str]:
        """Transports of master.cf that are smtp(8)."""
        return frozenset(one.name for one in self._postfix.services if one.command.split()[0] == "smtp")

    def _leaving(self, found: Resolution) -> list[Final]:
        """Where it leaves this machine by SMTP."""
        return [one for one in found.final if one.transport in self._clients and not one.problem]

    def _elsewhere(self, final: Final, sender: str, consent: Consent) -> list[Attempt]:
        walk = self._walker.of(final.nexthop)
        if not walk.servers:
            return [_without_server(final, walk)]
        hosts = list(dict.fromkeys(one.service for one in walk.servers))
        strangers = not all(is_own(one.host) for one in walk.servers)
        if strangers and not consent(_WARNING.format(hosts=", ".join(map(clean, hosts)), address=final.address)):
            return [Attempt(clean(hosts[0]), "unclear", _DECLINED)]
        attempts = self._walk(walk.servers, final.address, sender)
        if strangers and not self._walker.knows(helo := self._postfix.get("smtp_helo_name")):
            attempts[-1] = replace(attempts[-1], facts=(*attempts[-1].facts, _HELO.format(clean(helo))))
        return attempts

    def _walk(self, servers: Sequence[Endpoint], address: str, sender: str) -> list[Attempt]:
        """One server after the other, as far as the first that says something to the recipient."""
        attempts: list[Attempt] = []
        for server in servers:
            if not is_own(server.host):
                self._pace.before(server.service)
            manner = Manner(self._bind(server.host), self._postfix.get("smtp_helo_name"), tls="may", timeout=_TIMEOUT)
            made = ask(server, sender, address, manner, decoy=True)
            attempts.append(replace(made, target=clean(f"{server.service} {server}")))
            if made.verdict not in _TRY_NEXT:
                break
        return attempts

    def _bind(self, host: str) -> str | None:
        return self._postfix.get("smtp_bind_address6" if ":" in host else "smtp_bind_address") or None


def _of_tables(found: Resolution) -> Attempt:
    """The local chain as an attempt like the others."""
    facts = [f"{found.address_class} domain"] if found.address_class else []
    for final in found.final:
        way = final.mailbox or " ".join(filter(None, (final.transport, final.nexthop)))
        facts.append(f"{final.address}: {final.problem or way}")
    broken = found.problem or next((one.problem for one in found.final if one.problem), "")
    if not found.accepted:
        return Attempt(
            _TABLES, "refused", "this machine takes no mail for this recipient", found.reply, facts=tuple(facts)
        )
    if _UNASKED in broken:
        return Attempt(
            _TABLES, "unclear", f"taken; who gets it is not known: {broken}", found.reply, facts=tuple(facts)
        )
    if broken:
        return Attempt(_TABLES, "refused", f"taken, but not delivered: {broken}", found.reply, facts=tuple(facts))
    return Attempt(_TABLES, "accepted", "taken, and every way ends somewhere", found.reply, facts=tuple(facts))


def _without_server(final: Final, walk: Walk) -> Attempt:
    return Attempt(clean(final.nexthop), "refused" if walk.final else "temporary", clean(walk.problem))


def _judgement(attempts: Sequence[Attempt], found: Resolution, *, ours: bool) -> tuple[str, str]:
    """The answer to the question that was asked."""
    tables, others = attempts[0], attempts[1:]
    if ours and not tables.ok:
        return tables.verdict, tables.told
    if ours and others and others[0].verdict in ("temporary", "unclear"):
        return (
            "exists",
            f"there is such a recipient, though our own port tells a client from loopback: {others[0].reply}",
        )
    against = next((one for one in others if not one.ok and one.verdict not in _TRY_NEXT), None)
    last = against or (others[-1] if others else tables)
    if last.ok and CATCH_ALL in last.facts:
        return "catch-all", f"{last.target} takes any name of that domain"
    if last.ok:
        return "exists", "there is such a recipient" if ours or not found.final else f"{last.target} takes mail for it"
    return last.verdict, last.told
