"""A test message sent and followed: by sendmail(1) or as a user of submission, to a mailbox here or to a stranger."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from mailtui.host.errors import UsageError
from mailtui.host.tools import Tools
from mailtui.services.postfix.addresses.resolver import Resolver
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.probes.following import follow, of_story
from mailtui.services.probes.joined import LogMark
from mailtui.services.probes.model import Endpoint, Probe
from mailtui.services.probes.posting import by_sendmail, by_submission, test_message
from mailtui.services.probes.sasl import Credentials
from mailtui.services.pulse.masters import require_postfix
from mailtui.text import clean

PATIENCE = 60.0
_BLIND = "no log of this machine can be read: what becomes of the message is not known"
_WARNING = "This sends a message to {address}, whose mailbox is not on this machine."


@dataclass(frozen=True, slots=True)
class Delivery:
    """What to send, and how."""

    recipient: str
    sender: str = ""
    """One of ours; ``""`` for postmaster, or for the user who logs in."""
    who: Credentials | None = None
    """Who submits it; None for sendmail(1)."""
    endpoint: Endpoint | None = None
    """Where it is submitted."""
    patience: float = PATIENCE


def deliver(
    wanted: Delivery,
    tools: Tools,
    postfix: PostfixConfig,
    resolver: Resolver,
    mark: LogMark,
    consent: Callable[[str], bool],
    told: Callable[[str], None] | None = None,
) -> Probe:
    """Send and follow. Raises UsageError; HostError where Postfix does not run, and what asking it raises."""
    started, recipient = time.monotonic(), clean(wanted.recipient)
    sender = _sender(wanted, postfix, resolver)
    stranger = resolver.resolve(wanted.recipient, sender).address_class == "default"
    if stranger and not consent(_WARNING.format(address=recipient)):
        return Probe("deliver", recipient, "unclear", "nothing was sent", seconds=_since(started))
    if wanted.who is None:
        require_postfix(postfix)  # sendmail(1) would take the message, and keep it until somebody starts Postfix
    message = test_message(sender, wanted.recipient, postfix.get("myhostname"))
    if wanted.who and wanted.endpoint:
        last = by_submission(wanted.endpoint, wanted.who, message)
    else:
        last = by_sendmail(tools, postfix, message)
    attempts = [last]
    verdict: str = "unclear" if last.ok else last.verdict
    if last.ok and not mark.blind:
        last = of_story(follow(mark, message.message_id, wanted.patience, told), _since(started))
        attempts.append(last)
        verdict = "delivered" if last.ok else last.verdict
    notes = (*([_BLIND] if mark.blind else []), f"its Message-ID is <{message.message_id}>")
    return Probe("deliver", recipient, verdict, last.told, tuple(attempts), notes, _since(started))


def _sender(wanted: Delivery, postfix: PostfixConfig, resolver: Resolver) -> str:
    """Who sends it. Raises UsageError for an address that is none, or none of ours."""
    own = wanted.who.user if wanted.who and "@" in wanted.who.user else f"postmaster@{postfix.get('myorigin')}"
    sender = wanted.sender or own
    for address in (sender, wanted.recipient):
        if "@" not in address.strip("@") or set("\r\n\0<> ") & set(address):
            raise UsageError(f"{clean(address)} is no address", unlock="write one such as anna@shop.example")
    if wanted.sender and resolver.resolve(sender).address_class == "default":
        raise UsageError(f"{clean(sender)} is not of a domain of this machine", unlock="name a sender of your own")
    return sender


def _since(started: float) -> float:
    return time.monotonic() - started
