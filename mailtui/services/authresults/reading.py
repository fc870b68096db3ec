"""A message's results put together: who says what, what of it is ours, and whether it is about the From people see.

Alignment is that of DMARC (RFC 9989): DKIM's ``d=`` or SPF's envelope sender against the domain of From.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterator, Sequence
from email.utils import getaddresses
from functools import cache
from importlib.resources import files

from mailtui.services.authresults.grammar import parse, parse_received_spf
from mailtui.services.authresults.model import Alignment, Reading, Result, ResultsHeader
from mailtui.services.authresults.trust import entrance, judge
from mailtui.text import clean

Aligned = Callable[[str, str], bool]
"""Whether two domains are one organisation's; asks the DNS."""
_FIELDS = {
    "authentication-results": "Authentication-Results",
    "arc-authentication-results": "ARC-Authentication-Results",
    "received-spf": "Received-SPF",
}
_MOST_FIELDS = 60
_DOMAINS = {
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom", "smtp.helo", "smtp.mfrom"),
    "dmarc": ("header.from",),
}
_SOME = "the sender's domain"


def read(
    headers: Sequence[tuple[str, str]],
    own: Sequence[str],
    aligned: Aligned | None = None,
    addresses: Container[str] = (),
) -> Reading:
    """The results in a message's header fields, which come in their order.

    ``own`` are this machine's names, ``addresses`` those it has besides loopback's. Without ``aligned`` only what the
    names themselves tell is said.
    """
    names = tuple(dict.fromkeys(name.rstrip(".").lower() for name in own if name))
    entered = entrance(headers, names, addresses)
    found = tuple(_headers(headers, names, entered))
    sender = _from(headers)
    trusted = [result for one in found if one.trust == "ours" for result in one.results]
    alignments = tuple(_alignments(trusted, sender, aligned))
    return Reading(sender, found, alignments, tuple(_told(found, sender, headers)), names)


def sentence(result: Result) -> str:
    """One result in words."""
    domain = domain_of(result) or _SOME
    known = _words().get(result.method, {}).get(result.result)
    told = known.format(domain=domain) if known else f"{result.method} says {result.result}"
    extra = result.reason or result.comment
    return f"{told} ({extra})" if extra else told


def domain_of(result: Result) -> str:
    """Whom a result is about, in small letters; ``""`` where it does not say."""
    return result.of(*_DOMAINS.get(result.method, ())).rpartition("@")[2].rstrip(".").lower()


def _headers(headers: Sequence[tuple[str, str]], own: Sequence[str], entered: int | None) -> Iterator[ResultsHeader]:
    fields = [
        (place, _FIELDS[name.lower()], value) for place, (name, value) in enumerate(headers) if name.lower() in _FIELDS
    ]
    for place, name, value in fields[:_MOST_FIELDS]:
        parsed = parse_received_spf(value) if name == "Received-SPF" else parse(value, arc=name.startswith("ARC"))
        trust, why = judge(place, parsed.authserv_id, entered, own)
        yield ResultsHeader(name, parsed.authserv_id, parsed.results, trust, why, parsed.problem)


def _from(headers: Sequence[tuple[str, str]]) -> str:
    """The one domain of From; a message with several is nobody's."""
    values = [value for name, value in headers if name.lower() == "from"]
    domains = {address.rpartition("@")[2].lower() for _, address in getaddresses(values) if "@" in address}
    return clean(domains.pop()) if len(domains) == 1 and len(values) == 1 else ""


def _alignments(results: Sequence[Result], sender: str, aligned: Aligned | None) -> Iterator[Alignment]:
    for result in results:
        domain = domain_of(result)
        if result.method in ("dkim", "spf") and result.result == "pass" and domain and sender:
            yield _alignment(result.method, domain, sender, aligned)


def _alignment(method: str, domain: str, sender: str, aligned: Aligned | None) -> Alignment:
    what = "the signature" if method == "dkim" else "the envelope sender"
    if domain == sender:
        return Alignment(method, domain, True, f"{what} is of {domain}, exactly the domain in From")
    if aligned:
        same = aligned(domain, sender)
    elif domain.endswith(f".{sender}") or sender.endswith(f".{domain}"):
        same = True
    elif _parent(domain) and _parent(domain) == _parent(sender):
        told = f"{what} is of {domain}, From is of {sender}: whether that is one organisation, only the DNS can tell"
        return Alignment(method, domain, None, told)
    else:
        same = False
    if same:
        return Alignment(method, domain, True, f"{what} is of {domain}, the same organisation as {sender} in From")
    return Alignment(method, domain, False, f"{what} is of {domain}, which says nothing about {sender} in From")


def _parent(domain: str) -> str:
    """What stands behind the first dot, if that has a dot itself."""
    rest = domain.partition(".")[2]
    return rest if "." in rest else ""


def _told(found: Sequence[ResultsHeader], sender: str, headers: Sequence[tuple[str, str]]) -> Iterator[str]:
    if not sender:
        many = any(name.lower() == "from" for name, _ in headers)
        yield "From has no single domain: nothing can vouch for it" if many else "there is no From"
    ours = [one for one in found if one.trust == "ours"]
    for one in ours:
        yield from map(sentence, one.results)
    if not ours:
        yield "nothing here was checked by this machine" if found else "the message has no results of any check"
    if forged := sum(one.trust == "forged" for one in found):
        yield f"{forged} header with our name came with the message: do not believe it"


@cache
def _words() -> dict[str, dict[str, str]]:
    known: dict[str, dict[str, str]] = json.loads((files(__package__) / "words.json").read_text())
    return known
