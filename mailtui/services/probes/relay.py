"""Is this an open relay? In thought, by the rules; and at the port, as a stranger as far as we can be one.

A connection from this machine proves little: ``mynetworks`` most often holds loopback and our own addresses. Where
smtpd(8) lets us say who we are (XCLIENT_README, ``smtpd_authorized_xclient_hosts``), the port is asked as a client from
outside. RCPT TO is the last command; nothing is sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from mailtui.host.tools import Tools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.restrictions.judging.session import UNKNOWN, Session
from mailtui.services.postfix.restrictions.service import Restrictions
from mailtui.services.probes.endpoints import entrances
from mailtui.services.probes.joined import Client, LogMark
from mailtui.services.probes.manner import Manner, Stopped
from mailtui.services.probes.model import Attempt, Endpoint, Probe, Verdict
from mailtui.services.probes.own import lonely_source
from mailtui.services.probes.talk import Talk, reply_of

OPEN, SHUT = "open-relay", "no-relay"
_STRANGER = "198.51.100.77"
"""Belongs to nobody (RFC 5737)."""
_HELO = "stranger.relay-test.invalid"
_SENDER = "stranger@relay-test.invalid"
_ELSEWHERE = "somebody@elsewhere.relay-test.invalid"
_TIMEOUT = 45.0
_TOLD: dict[Verdict, str] = {
    "accepted": "a stranger may send to a stranger",
    "refused": "a stranger may not send to a stranger",
    "temporary": "put off: whether it would be refused later is not known",
}
_AS_OURSELVES = (
    "the port was asked from this machine, which says nothing about strangers where mynetworks holds its addresses; "
    "only a machine elsewhere, or XCLIENT, can ask as one"
)


def relay(tools: Tools, postfix: PostfixConfig, mark: Callable[[], LogMark]) -> Probe:
    """Ask the rules and the port. Raises what ``Tools.run`` raises."""
    started = time.monotonic()
    recipients = (_ELSEWHERE, f"{_ELSEWHERE.replace('@', '%')}@{postfix.get('myhostname')}")
    attempts = list(_in_thought(tools, postfix, recipients))
    notes: list[str] = []
    for endpoint in entrances(postfix)[:1]:
        made, as_stranger = _at_port(endpoint, recipients, mark())
        attempts.append(made)
        notes += [] if as_stranger else [_AS_OURSELVES]
    found = next((one for one in attempts if one.ok), None)
    verdict = OPEN if found else SHUT if all(one.verdict == "refused" for one in attempts) else "unclear"
    told = found.told if found else next((one.told for one in attempts if one.verdict != "refused"), _TOLD["refused"])
    subject = postfix.get("myhostname")
    return Probe("relay", subject, verdict, told, tuple(attempts), tuple(notes), time.monotonic() - started)


def _in_thought(tools: Tools, postfix: PostfixConfig, recipients: tuple[str, ...]) -> Iterator[Attempt]:
    """What the rules of port 25 say."""
    for recipient in recipients:
        session = Session(_STRANGER, UNKNOWN, UNKNOWN, _HELO, _SENDER, recipient)
        verdict = Restrictions(tools, postfix).judge(session)
        said: Verdict = "accepted" if verdict.accepted else "refused"
        facts = [f"{step.parameter}: {step.rule}: {step.answer}" for step in verdict.steps if step.answer != "dunno"]
        facts += [f"not asked: {rule}" for rule in verdict.left_out]
        target = f"the rules of {verdict.service}, to {recipient}"
        yield Attempt(target, said, _TOLD[said], verdict.reply, facts=tuple(facts))


def _at_port(endpoint: Endpoint, recipients: tuple[str, ...], mark: LogMark) -> tuple[Attempt, bool]:
    """What the port says, and whether it was asked as a stranger."""
    source, started = lonely_source(endpoint.host), time.monotonic()
    talk = Talk(endpoint, Manner(source, _HELO, tls="none", timeout=_TIMEOUT))
    made, stranger = Attempt(str(endpoint), "unclear", ""), False
    try:
        with talk:
            stranger = _becomes_stranger(talk)
            made = _asked(made, talk, recipients)
    except Stopped as stopped:
        made = replace(made, verdict=stopped.verdict, told=stopped.told, reply=stopped.reply or made.reply)
    clients = [Client(talk.local[0], talk.local[1], alone=source is not None)] if talk.local[0] else []
    lines = mark.caused_by(clients) if clients else ()
    seconds = time.monotonic() - started
    return replace(made, dialogue=tuple(talk.dialogue), lines=lines, seconds=seconds), stranger


def _becomes_stranger(talk: Talk) -> bool:
    if not any(b"XCLIENT" in line.upper() for line in talk.told):
        return False
    words = f"XCLIENT ADDR={_STRANGER} NAME=[UNAVAILABLE] REVERSE_NAME=[UNAVAILABLE]"
    if not talk.say(words)[-1].startswith("220"):
        return False
    talk.hello()
    return True


def _asked(made: Attempt, talk: Talk, recipients: tuple[str, ...]) -> Attempt:
    said = reply_of(talk.say(f"MAIL FROM:<{_SENDER}>"))
    for recipient in recipients:
        if said.startswith("2"):
            reply = reply_of(talk.say(f"RCPT TO:<{recipient}>"))
            if reply.startswith("2"):
                return replace(made, verdict="accepted", told=_TOLD["accepted"], reply=reply)
            made = replace(made, reply=reply)
    reply = made.reply or said
    # defer_unauth_destination, the default of smtpd_relay_restrictions, says 454.
    verdict: Verdict = "refused" if reply.startswith(("5", "454 4.7.1")) else "temporary"
    return replace(made, verdict=verdict, told=_TOLD[verdict], reply=reply)
