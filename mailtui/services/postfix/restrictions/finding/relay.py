"""The proof of an open relay: strangers who ask this machine, in thought, to send to somebody else's domain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailtui.findings import Finding
from mailtui.services.postfix.restrictions.finding.saying import say
from mailtui.services.postfix.restrictions.judging.model import Verdict
from mailtui.services.postfix.restrictions.judging.session import UNKNOWN, Session
from mailtui.services.postfix.restrictions.judging.simulate import Simulator
from mailtui.services.postfix.restrictions.model import Order

_STRANGERS = ("198.51.100.77", "2001:db8:ffff::77")
"""Addresses that belong to nobody (RFC 5737, RFC 3849)."""
_ELSEWHERE = "somebody@open-relay-test.invalid"


def relay_findings(order: Order, simulator: Simulator, senders: Sequence[str]) -> Iterator[Finding]:
    """Whether a stranger may relay; ``senders``: addresses an access table lets pass, which anybody can claim."""
    for sender in ("stranger@open-relay-test.invalid", "", *senders):
        for client in _STRANGERS:
            session = Session(client, UNKNOWN, UNKNOWN, "stranger.open-relay-test.invalid", sender, _ELSEWHERE)
            verdict = simulator.judge(session)
            if verdict.accepted:
                rules = tuple(
                    f"{step.parameter}: {step.rule}: {step.answer}" for step in verdict.steps if step.answer == "permit"
                )
                who = f"anybody who claims to be {sender}" if sender in senders else "anybody"
                evidence = (f"{order.name}: {client}, from <{sender}>, to <{_ELSEWHERE}>: {verdict.reply}", *rules)
                yield say("open", _place(order, verdict), evidence, who=who)
                return


def _place(order: Order, verdict: Verdict) -> str:
    """The list to be mended: that of the rule which let the recipient pass, or the one that should not."""
    about = {stage.parameter: stage for stage in (order.stage("relay"), order.stage("recipient"))}
    found = next(
        (about[one.parameter] for one in verdict.steps if one.answer == "permit" and one.parameter in about), None
    )
    return order.place(found or order.stage("relay"))
