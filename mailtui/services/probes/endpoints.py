"""The ports on which people log in here: smtpd(8) services with SASL in master.cf, login services of Dovecot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from mailtui.host.tools import Tools
from mailtui.services.configuration.dovecot_read import settings
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import MasterService, PostfixConfig
from mailtui.services.probes.model import Endpoint, Protocol
from mailtui.services.tls.endpoints import enabled_protocols, port_of, reached_at

_SMTP = 25
IMPLICIT = frozenset({465, 993, 995})
"""Ports where TLS begins with the first byte (RFC 8314)."""
STANDARD: dict[Protocol, int] = {"smtp": 587, "imap": 993, "pop3": 995, "sieve": 4190}
"""Where a client looks first."""
_LOGINS: dict[str, Protocol] = {
    "imap-login": "imap",
    "pop3-login": "pop3",
    "managesieve-login": "sieve",
    "submission-login": "smtp",
}
_PROTOCOLS = {"submission-login": "submission"}
_LISTENER = re.compile(r"service (\S+) \{ inet_listener (.+) \{ (address|listen|port|ssl)")


def submission_endpoints(postfix: PostfixConfig) -> tuple[Endpoint, ...]:
    """The smtpd(8) services that offer AUTH. Raises what ``Tools.run`` raises."""
    return tuple(
        endpoint
        for service in postfix.services
        if service.type in ("inet", "pass") and service.command.split()[0] == "smtpd"
        if _of(service, postfix, "smtpd_sasl_auth_enable") == "yes" and (endpoint := _smtpd(service, postfix))
    )


def port25(postfix: PostfixConfig) -> tuple[Endpoint, ...]:
    """The smtpd(8) or postscreen(8) services that take mail from strangers: those on port 25, or without AUTH."""
    found = [
        (service, endpoint)
        for service in postfix.services
        if service.type == "inet" and service.command.split()[0] in ("smtpd", "postscreen")
        if (endpoint := _smtpd(service, postfix)) and not endpoint.implicit
    ]
    at_25 = tuple(endpoint for _, endpoint in found if endpoint.port == _SMTP)
    open_to_all = (one for service, one in found if _of(service, postfix, "smtpd_sasl_auth_enable") != "yes")
    return at_25 or tuple(open_to_all)


def login_endpoints(tools: Tools, dovecot: DovecotConfig, protocol: Protocol) -> tuple[Endpoint, ...]:
    """Dovecot's listeners for a protocol. Raises what ``Tools.run`` raises."""
    known = dict(settings(tools.run(["doveconf", *dovecot.where, "-a"]).text))
    enabled = enabled_protocols(known)
    listeners: dict[tuple[str, str], dict[str, str]] = {}
    for path, value in known.items():
        if (match := _LISTENER.fullmatch(path)) and _LOGINS.get(match[1]) == protocol:
            listeners.setdefault((match[1], match[2]), {})[match[3]] = value
    found: dict[Endpoint, None] = {}
    for (service, name), told in listeners.items():
        if _PROTOCOLS.get(service, protocol) in enabled:
            found |= dict.fromkeys(_of_listener(protocol, name, told, known.get("listen", "*")))
    return tuple(found)


def _of_listener(protocol: Protocol, name: str, told: dict[str, str], listen: str) -> Iterator[Endpoint]:
    port = port_of(told.get("port", "0"))
    places = told.get("address") or told.get("listen") or listen
    for host in _once(reached_at(places, "all")) if port else ():
        yield Endpoint(protocol, host, port or 0, told.get("ssl") == "yes", name)


def _once(hosts: Iterable[str]) -> Iterator[str]:
    """The first of them: what else the same service is bound to answers alike."""
    yield from islice(hosts, 1)


def preferred(endpoints: Sequence[Endpoint]) -> Endpoint:
    """The one that a client should use: with TLS from the first byte (RFC 8314), else the first."""
    return min(endpoints, key=lambda one: not one.implicit)


def _smtpd(service: MasterService, postfix: PostfixConfig) -> Endpoint | None:
    host, _, name = service.name.rpartition(":")
    port, given = port_of(name), host.strip("[]") or _of(service, postfix, "inet_interfaces")
    implicit = _of(service, postfix, "smtpd_tls_wrappermode") == "yes"
    hosts = _once(reached_at(given, postfix.get("inet_protocols")))
    return next((Endpoint("smtp", one, port, implicit, service.name) for one in hosts), None) if port else None


def _of(service: MasterService, postfix: PostfixConfig, name: str) -> str:
    return dict(service.overrides).get(name, postfix.get(name))
