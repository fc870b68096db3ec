"""The ports on which people log in here: smtpd(8) services with SASL in master.cf, login services of Dovecot."""

from __future__ import annotations

import socket
from collections.abc import Iterator

from mailtui.host.tools import Tools
from mailtui.services.configuration.dovecot_read import settings
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import MasterService, PostfixConfig
from mailtui.services.postfix.tables import words
from mailtui.services.probes.model import Endpoint, Protocol

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
_PROTOCOLS = {
    "imap-login": "imap",
    "pop3-login": "pop3",
    "managesieve-login": "sieve",
    "submission-login": "submission",
}
_ANY = {"*": "127.0.0.1", "::": "::1", "": "127.0.0.1", "0.0.0.0": "127.0.0.1", "all": "127.0.0.1"}  # noqa: S104


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
    at_25 = tuple(endpoint for _, endpoint in found if endpoint.port == socket.getservbyname("smtp"))
    open_to_all = (one for service, one in found if _of(service, postfix, "smtpd_sasl_auth_enable") != "yes")
    return at_25 or tuple(open_to_all)


def login_endpoints(tools: Tools, dovecot: DovecotConfig, protocol: Protocol) -> tuple[Endpoint, ...]:
    """Dovecot's listeners for a protocol. Raises what ``Tools.run`` raises."""
    listeners: dict[tuple[str, str], dict[str, str]] = {}
    for name, value in settings(tools.run(["doveconf", *dovecot.where, "-a"]).text):
        service, _, rest = name.partition(" { ")
        listener, _, setting = rest.partition(" { ")
        if listener.startswith("inet_listener ") and _LOGINS.get(service.removeprefix("service ")) == protocol:
            listeners.setdefault((service.removeprefix("service "), listener.split()[1]), {})[setting] = value
    enabled = words(dovecot.get("protocols"))
    listen = next(iter(words(dovecot.get("listen"))), "")
    return tuple(
        Endpoint(protocol, _host(found.get("address") or found.get("listen") or listen), port, _is_tls(found), name)
        for (service, name), found in listeners.items()
        if _PROTOCOLS[service] in enabled and (port := _number(found.get("port", "")))
    )


def preferred(endpoints: tuple[Endpoint, ...]) -> tuple[Endpoint, ...]:
    """The one that a client should use: with TLS from the first byte (RFC 8314), else the first."""
    return tuple(sorted(endpoints, key=lambda one: not one.implicit)[:1])


def _smtpd(service: MasterService, postfix: PostfixConfig) -> Endpoint | None:
    host, _, name = service.name.rpartition(":")
    port = _number(name)
    if not port:
        return None
    given = host.strip("[]") or next(iter(words(_of(service, postfix, "inet_interfaces"))), "all")
    implicit = _of(service, postfix, "smtpd_tls_wrappermode") == "yes"
    return Endpoint("smtp", _host(given), port, implicit, service.name)


def _of(service: MasterService, postfix: PostfixConfig, name: str) -> str:
    return dict(service.overrides).get(name, postfix.get(name))


def _host(given: str) -> str:
    return "127.0.0.1" if given == "loopback-only" else _ANY.get(given, given)


def _is_tls(listener: dict[str, str]) -> bool:
    return listener.get("ssl", "no") == "yes"


def _number(name: str) -> int:
    """A port by number or name; 0 for none."""
    if name.isdecimal():
        return int(name)
    try:
        return socket.getservbyname(name, "tcp")
    except OSError:
        return 0


def described(endpoints: tuple[Endpoint, ...]) -> Iterator[str]:
    """Each with the name it has in the configuration."""
    for one in endpoints:
        yield f"{one} ({one.service})" if one.service else str(one)
