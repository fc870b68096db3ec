"""Whose domain it is, by Postfix's address classes. Source: ADDRESS_CLASS_README."""

from __future__ import annotations

from mailtui.services.explain.case import Case

_CLASSES = ("mydestination", "virtual_alias_domains", "virtual_mailbox_domains", "relay_domains")


def relay_denied(case: Case) -> None:
    """Ours and not listed, theirs and not allowed, or a user without login."""
    if not case.refused_by_us:
        _routed_wrongly(case)
        return
    place = _class_of(case)
    if place:
        case.found.add(f"{case.domain} is in {place} now: it was added after this message")
        return
    case.found.add(f"{case.domain} is in none of {', '.join(_CLASSES)}: it is not ours")
    case.show("smtpd_relay_restrictions", "mynetworks")
    if case.story.sasl_username:
        case.found.add(f"The client had logged in as {case.story.sasl_username}")
    else:
        case.found.add(f"The client {case.story.client or 'in question'} had not logged in")
    case.found.advise(
        f"If {case.domain} is yours, add it to one of {', '.join(_CLASSES)}.",
        "If the client is one of your users, they must log in on port 587 or 465.",
        "Otherwise nothing: somebody tried to send through your server.",
    )


def loops_back(case: Case) -> None:
    """The domain leads to this machine, which does not know it."""
    place = _class_of(case)
    case.found.add(
        f"{case.domain} is in {place}" if place else f"{case.domain} is in none of {', '.join(_CLASSES)}",
    )
    case.show("relayhost", "transport_maps", "inet_interfaces", "proxy_interfaces")
    if not place:
        case.found.advise(
            f"If {case.domain} is yours, add it to one of {', '.join(_CLASSES)}; otherwise its MX, the relayhost or"
            " a transport leads back to this machine: correct that."
        )


def _routed_wrongly(case: Case) -> None:
    """Another server refused: did we choose it, or did its MX?"""
    case.show_route(f"No transport_maps entry and no relayhost: the MX records of {case.domain} name the server")


def _class_of(case: Case) -> str:
    """The parameter that lists the recipient's domain."""
    return next((name for name in _CLASSES if case.domain and case.lookups.contains(name, case.domain)), "")
