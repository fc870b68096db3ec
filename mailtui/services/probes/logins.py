"""One login at one port: the dialogue, the errand after it, and what the log says of both."""

from __future__ import annotations

import time
from dataclasses import replace

from mailtui.services.probes.errands import Failed, run_errand
from mailtui.services.probes.joined import Client, LogMark
from mailtui.services.probes.login import log_in
from mailtui.services.probes.manner import TIMEOUT, Manner, Stopped
from mailtui.services.probes.meanings import meanings
from mailtui.services.probes.model import Attempt, Endpoint, Verdict
from mailtui.services.probes.own import is_own, lonely_source
from mailtui.services.probes.sasl import Credentials
from mailtui.services.probes.talk import Talk

_SLOW = 4.0
"""Seconds; a refusal takes Dovecot two by itself (``auth_failure_delay``)."""
_TOLD: dict[Verdict, str] = {
    "accepted": "the server takes user and password",
    "refused": "the server refuses user or password",
    "temporary": "the server cannot say now",
}
_PENALTY = "the answer took {0:.0f} s: Dovecot lets an address wait that has failed before (auth penalty)"
_QUIET = "Dovecot's log does not say why; auth_verbose = yes, or mailtui debug, makes it"


def attempt(
    endpoint: Endpoint,
    who: Credentials,
    mark: LogMark,
    *,
    mechanism: str = "",
    source: str | None = None,
    timeout: float = TIMEOUT,
) -> Attempt:
    """Log in at a port. ``source`` is the address to come from; without one, one of its own where that can be."""
    own = is_own(endpoint.host)
    lonely = lonely_source(endpoint.host) if source is None else None
    manner = Manner(source or lonely, verify=not own, timeout=timeout)
    talk, started = Talk(endpoint, manner), time.monotonic()
    made = replace(_spoken(talk, who, mechanism), seconds=time.monotonic() - started)
    if own and talk.local[1]:
        made = replace(made, lines=mark.caused_by([Client(*talk.local, alone=lonely is not None)]))
    return _explained(made, own=own, blind=mark.blind)


def _spoken(talk: Talk, who: Credentials, wanted: str) -> Attempt:
    made = Attempt(str(talk.endpoint), "unclear", "")
    try:
        with talk:
            made = replace(made, offered=talk.offered)
            mechanism, verdict, reply = log_in(talk, who, wanted)
            made = replace(made, mechanism=mechanism, verdict=verdict, told=_TOLD[verdict], reply=reply)
            if made.ok:
                made = replace(made, facts=run_errand(talk))
    except Stopped as stopped:
        reply = stopped.reply or made.reply
        made = replace(made, verdict=stopped.verdict, told=stopped.told, reply=reply)
    except Failed as failed:
        told = "the server takes user and password, but the mailbox does not open"
        made = replace(made, verdict="refused", told=told, reply=str(failed))
    return replace(made, tls=talk.tls, client=talk.local[0], dialogue=tuple(talk.dialogue))


def _explained(made: Attempt, *, own: bool, blind: bool) -> Attempt:
    """With what the log says of it."""
    facts = list(made.facts)
    if not made.ok:
        why = meanings(made.lines)
        facts += [f"the log says: {means}" for means in why]
        if own and made.verdict == "refused" and not why and not blind:
            facts.append(_QUIET)
    if made.verdict == "refused" and made.seconds > _SLOW:
        facts.append(_PENALTY.format(made.seconds))
    return replace(made, facts=tuple(facts))
