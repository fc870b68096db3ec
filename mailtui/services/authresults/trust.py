"""Which of a message's results this machine wrote itself.

Everybody can put a field with our name into a message. Each server puts its own Received field above what came to it,
and a filter of ours puts its results above that (RFC 8601, 5 and 7.1): only what stands above the Received field of the
server that took the message in is ours.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from ipaddress import ip_address

from mailtui.services.authresults.model import Trust

_BY = re.compile(r"(?:^|\s)by\s+([^\s;()]+)", re.IGNORECASE)
_CLIENT = re.compile(r"^from [^()]*\([^()\[\]]*\[([^\]]+)\]\)", re.IGNORECASE)
_PARENTHESES = re.compile(r"\([^()]*\)")
_WHY: dict[Trust, str] = {
    "ours": "written here: it has our name and stands above the Received field of the server that took the mail in",
    "foreign": "written elsewhere, or made up: it has another server's name",
    "forged": "it has our name but came with the message: made up, unless a filter here appends its results at the end",
    "unplaced": "the message has no Received field of this machine: nobody can tell who wrote it",
}


def entrance(headers: Sequence[tuple[str, str]], own: Sequence[str], addresses: Container[str]) -> int | None:
    """Where the Received field stands with which the message came to us; None where it never did.

    The first from above that tells of a client elsewhere: fields of ours above it are of filters and of delivery,
    fields with our name below it are the sender's. ``addresses`` are this machine's.
    """
    for number, (name, value) in enumerate(headers):
        if name.lower() == "received":
            if received_by(value) not in own:
                return None
            if not _is_inside(value, addresses):
                return number
    return None


def _is_inside(received: str, addresses: Container[str]) -> bool:
    """Whether a field of ours tells of no client, or of one on this machine.

    smtpd(8) writes the client's address in the first parentheses; it leaves none in the HELO name before them.
    """
    found = _CLIENT.search(" ".join(received.split()))
    if not found:
        return True
    try:
        client = ip_address(found[1].lower().removeprefix("ipv6:"))
    except ValueError:
        return False
    return client.is_loopback or str(client) in addresses


def received_by(value: str) -> str:
    """Who wrote a Received field, in small letters; ``""`` where it does not say."""
    text = value
    while (shorter := _PARENTHESES.sub(" ", text)) != text:
        text = shorter
    found = _BY.search(" ".join(text.split()))
    return found[1].rstrip(".").lower() if found else ""


def judge(place: int, authserv_id: str, entered: int | None, own: Sequence[str]) -> tuple[Trust, str]:
    """What a field at this place of the headers is worth, and why."""
    trust: Trust
    if authserv_id.rstrip(".").lower() not in own:
        trust = "foreign"
    elif entered is None:
        trust = "unplaced"
    else:
        trust = "ours" if place < entered else "forged"
    return trust, _WHY[trust]
