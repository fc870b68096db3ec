"""All findings about the restrictions of one Postfix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from mailtui.findings import Finding
from mailtui.host.tools import Tools
from mailtui.services.postfix.addresses.keys import Key
from mailtui.services.postfix.addresses.lookups import Lookups
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.sources import PROBE
from mailtui.services.postfix.restrictions.finding.entries import Permits, permits
from mailtui.services.postfix.restrictions.finding.harm import harm_findings
from mailtui.services.postfix.restrictions.finding.holes import hole_findings
from mailtui.services.postfix.restrictions.finding.networks import network_findings
from mailtui.services.postfix.restrictions.finding.policy import policy_findings
from mailtui.services.postfix.restrictions.finding.relay import relay_findings
from mailtui.services.postfix.restrictions.finding.saying import say
from mailtui.services.postfix.restrictions.judging.simulate import Simulator
from mailtui.services.postfix.restrictions.judging.zone import Zone
from mailtui.services.postfix.restrictions.model import Order, Rule, Stage
from mailtui.services.postfix.restrictions.order import orders
from mailtui.services.postfix.restrictions.required import is_safe

Reader = Callable[[str], Permits]
_SENDERS = 3
"""Forgeable senders that are tried."""


def findings(tools: Tools, postfix: PostfixConfig) -> tuple[Finding, ...]:
    """What is wrong with every smtpd(8), each thing once. Raises what ``Tools.run`` raises."""
    every = orders(postfix)
    read = cache(permits)
    lookups, zone = Lookups(postfix, tools), Zone()
    found: list[Finding] = []
    for order in every:
        found += _of_service(order, Simulator(tools, postfix, order.service, zone, lookups), postfix.version, read)
    found += policy_findings(every, postfix)
    found += _untold(every, read)
    found += _unanswered(every, lookups)
    return tuple({finding.id: finding for finding in reversed(found)}.values())[::-1]


def _of_service(order: Order, simulator: Simulator, version: str, read: Reader) -> Iterator[Finding]:
    """What is wrong with one of them."""
    machine = simulator.machine
    yield from harm_findings(order, version, logins=machine.is_set("smtpd_sasl_auth_enable"))
    holes = (*network_findings(_networks_of(order), machine.lists), *hole_findings(order, read))
    yield from holes
    if is_safe(order) and not any(one.severity == "error" for one in holes):
        yield from relay_findings(order, simulator, _claimable(order, read))


def _networks_of(order: Order) -> str:
    return f"{order.name}/mynetworks" if "mynetworks" in dict(order.service.overrides) else "mynetworks"


def _claimable(order: Order, read: Reader) -> tuple[str, ...]:
    """Senders that a table lets pass."""
    keys = [
        key
        for about in ("relay", "recipient")
        for rule in order.stage(about).every()
        if rule.name == "check_sender_access"
        for key in read(rule.argument).keys
    ]
    return tuple(key if "@" in key.strip("@") else f"anybody@{key.strip('@.')}" for key in keys[:_SENDERS])


def _untold(every: tuple[Order, ...], read: Reader) -> Iterator[Finding]:
    """The tables whose entries nobody can see."""
    for order in every:
        for about in ("relay", "recipient"):
            for rule in _looking(order.stage(about)):
                if problem := read(rule.argument).problem:
                    yield say("table", "access tables", (problem,), table=rule.argument)


def _unanswered(every: tuple[Order, ...], lookups: Lookups) -> Iterator[Finding]:
    """The tables that cannot be asked, so that mail is put off, and what is behind them was not tried."""
    tables = dict.fromkeys(rule.argument for order in every for stage in order.stages for rule in _looking(stage))
    for table in (one for one in tables if ":" in one):
        lookups.learn_of(table, [Key(PROBE, whole=True)])
    for table, why in lookups.patience.told.items():
        yield say("unanswered", "access tables", (why,), table=table)


def _looking(stage: Stage) -> Iterator[Rule]:
    """The rules of a list that look into a table."""
    return (rule for rule in stage.every() if rule.known and rule.known.argument == "table")
