"""The lists that this Postfix asks about others: does each still answer, and what does Postfix make of its answers?

postconf(5): ``reject_rbl_client`` and its like, ``postscreen_dnsbl_sites``. A list that refuses to answer a public
resolver says so with an address, which Postfix takes for a listing unless ``=127.0.0.x`` narrows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from mailtui.findings import Finding
from mailtui.services.dns.dnsbl.asking import tested
from mailtui.services.dns.dnsbl.model import About, Zone, died, shown, zones
from mailtui.services.dns.dnsbl.removal import POSTSCREEN, Written, removing
from mailtui.services.dns.resolver import Resolver, side_by_side
from mailtui.services.dns.said import say
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.restrictions.judging.dnslists import answer_matches
from mailtui.services.postfix.restrictions.model import Rule
from mailtui.services.postfix.restrictions.order import orders
from mailtui.services.postfix.tables import words

_RULES: dict[str, About] = {
    "reject_rbl_client": "ip",
    "permit_dnswl_client": "ip",
    "reject_rhsbl_client": "domain",
    "reject_rhsbl_reverse_client": "domain",
    "reject_rhsbl_helo": "domain",
    "reject_rhsbl_sender": "domain",
    "reject_rhsbl_recipient": "domain",
    "permit_rhswl_client": "domain",
}
_SITE = re.compile(r"([^=*]+)(?:=([^*]+))?(?:\*([+-]?[0-9]+))?\Z")
_A_REFUSAL = "127.255.255.254"


@dataclass(frozen=True, slots=True)
class Asked:
    """One list in the configuration."""

    zone: str
    about: About
    pattern: str
    """The answers that count; empty for all."""
    where: str
    """The rule or parameter that asks it."""
    rejects: bool = True
    """Whether being listed there is held against a client, rather than in its favour."""
    place: str = ""
    """The parameter, or ``service/type/parameter``, in whose value it stands."""


def configured(postfix: PostfixConfig) -> tuple[Asked, ...]:
    """Every list of every smtpd and of postscreen, each use once. Raises what reading the configuration raises."""
    return tuple(dict.fromkeys((*_smtpd(postfix), *_postscreen(postfix))))


def check(
    resolver: Resolver,
    asked: Iterable[Asked],
    hits: dict[str, int] | None = None,
    written: Written = lambda _place: None,
) -> tuple[Finding, ...]:
    """What each list is worth.

    ``hits``: how often the log says that it rejected a client, by zone; ``written``: what stands in the configuration.
    """
    by_zone: dict[str, list[Asked]] = {}
    for one in asked:
        by_zone.setdefault(one.zone.lower().rstrip("."), []).append(one)
    return side_by_side([partial(_zone, resolver, name, uses, hits, written) for name, uses in by_zone.items()])


def _zone(
    resolver: Resolver, name: str, uses: Sequence[Asked], hits: dict[str, int] | None, written: Written
) -> Finding:
    known = next((zone for zone in zones() if zone.name == name), None)
    told = tested(resolver, known or Zone(name, uses[0].about))
    where = tuple(f"{one.where} {shown(one.zone)}{'=' * bool(one.pattern)}{one.pattern}" for one in uses)
    evidence = (*where, *(line.replace(name, shown(name)) for line in told.evidence))
    against = any(one.rejects for one in uses)
    kind = f"asked-{told.health}"
    useless = told.health in ("dead", "everything")
    fix = removing(name, (one.place for one in uses), written) if useless else ()
    if told.health == "refused" and any(one.rejects and answer_matches(one.pattern, _A_REFUSAL) for one in uses):
        kind = "asked-refused-all"
    elif told.health == "everything" and not against:
        kind = "asked-everyone-welcome"
    elif died(name) and told.health not in ("alive", "everything"):
        return say("dnsbl", "asked-gone", shown(name), evidence, fix=fix, since=died(name))
    elif told.health == "alive" and hits is not None:
        return say("dnsbl", "asked-alive", shown(name), evidence, hits=_told_hits(hits.get(name, 0), against=against))
    return say("dnsbl", kind, shown(name), evidence, fix=fix, hits="")


def _told_hits(count: int, *, against: bool) -> str:
    if not against:
        return ""
    return (
        f"; {count} clients refused by it in the log that was read"
        if count
        else "; no client refused by it in the log that was read"
    )


def _smtpd(postfix: PostfixConfig) -> Iterator[Asked]:
    for order in orders(postfix):
        for stage in order.stages:
            yield from _of_rules(stage.rules, order.place(stage))


def _of_rules(rules: Iterable[Rule], place: str) -> Iterator[Asked]:
    """Those of a list, and of the classes it names: a class is a parameter of its own."""
    for rule in rules:
        yield from _of_rules(rule.rules, rule.written)
        if rule.name in _RULES and rule.argument:
            zone, _, pattern = rule.argument.partition("=")
            rejects = rule.name.startswith("reject_") and not rule.only_warns
            yield Asked(zone, _RULES[rule.name], pattern, rule.name, rejects, place)


def _postscreen(postfix: PostfixConfig) -> Iterator[Asked]:
    if not any(service.command.split()[0] == "postscreen" for service in postfix.services):
        return
    for word in words(postfix.get(POSTSCREEN)):
        if match := _SITE.match(word):
            yield Asked(match[1], "ip", match[2] or "", POSTSCREEN, int(match[3] or 1) > 0, POSTSCREEN)
