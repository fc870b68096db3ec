"""The rest of the world as the lab plays it: how the mail servers of some domains behave."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RemoteDomain:
    """One domain and its only mail server."""

    name: str
    address: str
    """A loopback address of its own, so that Postfix sees destinations that fail one by one."""
    behaviour: str
    """``accept``, ``grey`` (4xx until the second try), ``drop`` (after DATA), ``slow`` (no answer), or ``reply``."""
    reply: str = ""
    """Answer to RCPT TO where the behaviour is ``reply``."""
    at_end_of_data: bool = False
    """Give the reply after the message instead."""
    tls: bool = False
    """Offer STARTTLS."""


WORLD = (
    RemoteDomain("accept.example", "127.0.1.1", "accept", tls=True),
    RemoteDomain("grey.example", "127.0.1.2", "grey", "450 4.2.0 <{to}>: Recipient address rejected: Greylisted"),
    RemoteDomain("full.example", "127.0.1.3", "reply", "452 4.2.2 The recipient's mailbox is full"),
    RemoteDomain("unknown.example", "127.0.1.4", "reply", "550 5.1.1 <{to}>: Recipient address rejected: User unknown"),
    RemoteDomain(
        "strict.example",
        "127.0.1.5",
        "reply",
        "550 5.7.26 Unauthenticated email from {domain} is not accepted due to domain's DMARC policy",
        at_end_of_data=True,
    ),
    RemoteDomain(
        "busy.example",
        "127.0.1.6",
        "reply",
        "421 4.7.28 Our system has detected an unusual rate of unsolicited mail originating from your IP address",
    ),
    RemoteDomain("drop.example", "127.0.1.7", "drop"),
    RemoteDomain("slow.example", "127.0.1.8", "slow"),
)
ELSEWHERE = WORLD[0].address
"""Where mail for all other domains goes."""
