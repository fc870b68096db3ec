"""Up to RCPT TO and no further: what a server says to a recipient, and to one that cannot exist.

RFC 5321, 3.3; RFC 3463. No DATA is ever sent, so nobody gets mail; but many servers count such questions against those
who ask them.
"""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import replace

from mailtui.maillog.causes import classify
from mailtui.services.probes.manner import Manner, Stopped
from mailtui.services.probes.model import Attempt, Endpoint, Verdict
from mailtui.services.probes.talk import Talk, reply_of

_SMTPUTF8 = re.compile(r"\d{3}[- ]SMTPUTF8\s*$", re.IGNORECASE)
_ABOUT_RECIPIENT = ("recipient", "quota")
CATCH_ALL = "the server takes an address that cannot exist as well: its yes proves nothing"
_PROVEN = "an address that cannot exist is refused there: the yes means this one"
_OPEN = "an address that cannot exist could not be tried: {0}"
_TOLD: dict[Verdict, str] = {
    "accepted": "the server takes mail for this recipient",
    "refused": "the server refuses this recipient",
    "temporary": "the server does not say now",
    "unclear": "the server refuses us, not the recipient: whether there is such a one is not known",
}


def ask(endpoint: Endpoint, sender: str, recipient: str, manner: Manner, *, decoy: bool) -> Attempt:
    """What a server says to RCPT TO; with ``decoy`` also whether it would take any name. Never raises."""
    started = time.monotonic()
    made, talk = _asked(endpoint, sender, recipient, manner, decoy=decoy)
    if made.verdict == "not-encrypted" and manner.tls == "may":
        # As Postfix does with level may: TLS that fails is not worth more than none.
        made, talk = _asked(endpoint, sender, recipient, replace(manner, tls="none"), decoy=decoy)
        made = replace(made, facts=("TLS failed; asked again without", *made.facts))
    seconds = time.monotonic() - started
    return replace(made, tls=talk.tls, client=talk.local[0], dialogue=tuple(talk.dialogue), seconds=seconds)


def local_name(address: str) -> str:
    """A local part that nobody has."""
    return f"mailtui-no-such-user-{secrets.token_hex(6)}@{address.rpartition('@')[2]}"


def _asked(endpoint: Endpoint, sender: str, recipient: str, manner: Manner, *, decoy: bool) -> tuple[Attempt, Talk]:
    made, talk = Attempt(str(endpoint), "unclear", ""), Talk(endpoint, manner)
    try:
        with talk:
            made = _judged(made, _rcpt(talk, sender, recipient))
            if made.ok and decoy:
                reply = reply_of(talk.say(f"RCPT TO:<{local_name(recipient)}>"))
                made = replace(made, facts=(*made.facts, _of_decoy(reply)))
    except Stopped as stopped:
        made = replace(made, verdict=stopped.verdict, told=stopped.told, reply=stopped.reply or made.reply)
        if stopped.reply:
            made = _judged(made, stopped.reply)
    return made, talk


def _rcpt(talk: Talk, sender: str, recipient: str) -> str:
    """The reply that decides. Raises Stopped where it comes before RCPT TO."""
    if set("\r\n\0<> ") & set(sender + recipient):
        raise Stopped("unclear", "an address with spaces or brackets is not asked for")
    option = ""
    if not (sender + recipient).isascii():
        if not any(_SMTPUTF8.match(line.decode("ascii", "replace")) for line in talk.told):
            raise Stopped("refused", "the server does not offer SMTPUTF8, which this address needs")
        option = " SMTPUTF8"
    said = reply_of(talk.say(f"MAIL FROM:<{sender}>{option}"))
    return reply_of(talk.say(f"RCPT TO:<{recipient}>")) if said.startswith("2") else said


def _judged(made: Attempt, reply: str) -> Attempt:
    """With what a reply means, in its own words and in ours."""
    if reply.startswith("2"):
        return replace(made, verdict="accepted", told=_TOLD["accepted"], reply=reply)
    cause = classify(reply, where="R")
    facts = (f"that means: {cause.meaning}",) if cause else ()
    verdict: Verdict = "temporary" if reply.startswith("4") else "refused"
    told = _TOLD[verdict]
    if verdict == "refused" and cause and cause.cause not in _ABOUT_RECIPIENT:
        verdict, told = "unclear", _TOLD["unclear"]
    if cause and cause.cause == "greylist":
        told = "greylisted: the server wants to see another try; whether there is such a recipient is not known"
    return replace(made, verdict=verdict, told=told, reply=reply, facts=facts)


def _of_decoy(reply: str) -> str:
    if reply.startswith("2"):
        return CATCH_ALL
    return _PROVEN if reply.startswith("5") else _OPEN.format(reply)
