"""The ports that master.cf opens (master(5), postconf(5): ``inet_interfaces``, ``inet_protocols``)."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

from mailtui.services.postfix.config import MasterService, PostfixConfig
from mailtui.services.postfix.tables import words
from mailtui.services.tls.listeners.model import ANYWHERE, Listener, Role

_LOOPBACK = ("127.0.0.1", "::1")
_SUBMISSION = (465, 587)
_PLACE = re.compile(r"(?:(?:\[(?P<bracketed>[^\]]+)\]|(?P<host>[^:]+)):)?(?P<port>[^:]+)")
_RESTRICTIONS = tuple(f"smtpd_{stage}_restrictions" for stage in ("client", "helo", "sender", "relay", "recipient"))


def postfix_listeners(postfix: PostfixConfig) -> tuple[Listener, ...]:
    """Every inet entry on each of its addresses. Raises what ``PostfixConfig`` raises."""
    found = []
    for service in postfix.services:
        if service.type == "inet":
            found += [*_of(service, postfix)]
    return tuple(found)


def is_smtp(service: MasterService) -> bool:
    """Whether an entry speaks SMTP with clients."""
    return service.command.split(" ")[0] in ("smtpd", "postscreen")


def role(service: MasterService, own: PostfixConfig, port: int) -> Role:
    """Who comes to a port; ``own`` is the configuration as the service sees it."""
    if not is_smtp(service):
        return "other"
    if port in _SUBMISSION or on(own.get("smtpd_tls_wrappermode")):
        return "submission"
    return "submission" if any(_only_for_users(own.get(name)) for name in _RESTRICTIONS) else "mx"


def on(value: str) -> bool:
    """Whether a parameter that is yes or no is yes."""
    return value.strip().lower() == "yes"


def level(own: PostfixConfig) -> str:
    """``smtpd_tls_security_level`` of a service, told by the older parameters where it is empty (TLS_README)."""
    said = own.get("smtpd_tls_security_level").strip().lower()
    if said:
        return said
    if on(own.get("smtpd_enforce_tls")):
        return "encrypt"
    return "may" if on(own.get("smtpd_use_tls")) else "none"


def _of(service: MasterService, postfix: PostfixConfig) -> Iterator[Listener]:
    match = _PLACE.fullmatch(service.name)
    port = _port(match["port"]) if match else None
    if match is None or port is None:
        return
    own = postfix.of_service(service)
    host = match["bracketed"] or match["host"] or ""
    wrapped = on(own.get("smtpd_tls_wrappermode"))
    for address in _addresses(host, own):
        yield Listener(
            "postfix",
            f"{service.name}/inet",
            address,
            port,
            role(service, own, port),
            "smtp" if is_smtp(service) else service.command.split(" ")[0],
            implicit=wrapped and is_smtp(service),
            tls=is_smtp(service) and (wrapped or level(own) != "none"),
        )


def _only_for_users(restrictions: str) -> bool:
    """Whether everybody is refused who has not logged in."""
    rules = [word.lower() for word in words(restrictions)]
    return "permit_sasl_authenticated" in rules and "reject" in rules


def _port(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    try:
        return socket.getservbyname(text, "tcp")
    except OSError:
        return None


def _addresses(host: str, own: PostfixConfig) -> Iterator[str]:
    """The addresses of one entry: its own host's, or ``inet_interfaces``."""
    protocols = {word.lower() for word in words(own.get("inet_protocols"))}
    kinds = [kind for kind in (4, 6) if "all" in protocols or f"ipv{kind}" in protocols]
    for name in [host] if host else words(own.get("inet_interfaces")):
        match name.lower():
            case "all" if not host:
                yield from (ANYWHERE[kind == 6] for kind in kinds)
            case "loopback-only" if not host:
                yield from (_LOOPBACK[kind == 6] for kind in kinds)
            case _:
                yield from _resolved(name.strip("[]"), kinds)


def _resolved(name: str, kinds: list[int]) -> list[str]:
    """The addresses of a host of these kinds; none for a name that nobody knows."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    wanted = {4: socket.AF_INET, 6: socket.AF_INET6}
    families = {wanted[kind] for kind in kinds}
    return list(dict.fromkeys(str(one[4][0]) for one in found if one[0] in families))
