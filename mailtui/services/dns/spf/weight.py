"""How much a record asks of a receiver in the worst case: when nothing matches before its end. RFC 7208, 4.6.4.

Evaluating it for one address stops at the first match, and so hides what others run into.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mailtui.services.dns.resolver import Resolver
from mailtui.services.dns.spf.record import LOOKUPS, Mechanism, SpfSyntax, is_spf, parse
from mailtui.text import clean

_MOST_NAMES = 10
_DEEPEST = 12


@dataclass(slots=True)
class Weight:
    """What was counted."""

    lookups: int = 0
    """Terms that need the DNS, over all included records."""
    void: list[str] = field(default_factory=list)
    """Terms that lead to no record at all."""
    crowded: list[tuple[str, int]] = field(default_factory=list)
    """Terms that lead to more MX hosts than allowed, and how many."""
    broken: list[tuple[str, str]] = field(default_factory=list)
    """Terms whose target has no usable record, and why."""
    trail: list[str] = field(default_factory=list)
    """Every term that was counted, those of included records indented, for people."""


def weigh(resolver: Resolver, domain: str) -> Weight:
    """Follow every include and redirect of the record of ``domain``, which must have one that can be read."""
    weight = Weight()
    _follow(resolver, domain, weight, (domain,))
    return weight


def _follow(resolver: Resolver, domain: str, weight: Weight, path: tuple[str, ...]) -> str:
    """Count a record; why it cannot be used, or ``""``."""
    answer = resolver.ask(domain, "TXT")
    found = [text for text in answer.texts if is_spf(text)]
    if answer.unknown or not found:
        return answer.told() if answer.unknown or answer.absent else f"{clean(domain)} has no SPF record"
    if len(found) > 1:
        return f"{clean(domain)} has {len(found)} SPF records"
    try:
        record = parse(found[0])
    except SpfSyntax as error:
        return str(error)
    for mechanism in record.mechanisms:
        if mechanism.name == "all":
            return ""
        if mechanism.name in LOOKUPS:
            _count(resolver, mechanism, domain, weight, path)
    if record.redirect:
        target = Mechanism(f"redirect={record.redirect}", "", "redirect", record.redirect)
        _count(resolver, target, domain, weight, path)
    return ""


def _count(resolver: Resolver, mechanism: Mechanism, domain: str, weight: Weight, path: tuple[str, ...]) -> None:
    weight.lookups += 1
    text = clean(mechanism.text)
    weight.trail.append(f"{'  ' * (len(path) - 1)}{weight.lookups}. {text}")
    target = (mechanism.domain or domain).rstrip(".").lower()
    if "%" in target:
        return
    if mechanism.name in ("include", "redirect"):
        if target in path or len(path) > _DEEPEST:
            weight.broken.append((text, "it leads back to itself" if target in path else "it goes too deep"))
        elif why := _follow(resolver, target, weight, (*path, target)):
            weight.broken.append((text, why))
    elif mechanism.name == "mx":
        _count_mx(resolver, text, target, weight)
    elif mechanism.name == "a" and all(answer.absent for answer in resolver.ask_all(_both(target))):
        weight.void.append(text)


def _count_mx(resolver: Resolver, text: str, target: str, weight: Weight) -> None:
    answer = resolver.ask(target, "MX")
    if answer.absent:
        weight.void.append(text)
    elif len(answer.records) > _MOST_NAMES:
        weight.crowded.append((text, len(answer.records)))


def _both(target: str) -> Iterator[tuple[str, str]]:
    yield target, "A"
    yield target, "AAAA"
