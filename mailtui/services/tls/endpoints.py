"""The ports on which Postfix and Dovecot are set to speak TLS, and where each is asked from this machine.

Postfix: master(5), postconf(5) ``inet_interfaces``, ``smtpd_tls_security_level``, ``smtpd_tls_wrappermode``; Dovecot:
the ``inet_listener`` blocks of its login services, ``listen`` and ``address``.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal

from mailtui.host.tools import Tools
from mailtui.services.configuration.dovecot_read import settings
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import MasterService, PostfixConfig
from mailtui.services.tls.probe import Ask, StartTls

Program = Literal["postfix", "dovecot"]
_SMTPD = ("smtpd", "postscreen")
_LOGINS: Mapping[str, StartTls] = {
    "imap-login": "imap",
    "pop3-login": "pop3",
    "managesieve-login": "sieve",
    "submission-login": "smtp",
    "lmtp": "lmtp",
}
_PROTOCOLS = {"managesieve-login": "sieve", "lmtp": "lmtp"}
_EVERYWHERE = {4: "127.0.0.1", 6: "::1"}
_LISTENER = re.compile(r"service (\S+) \{ inet_listener (.+) \{ (address|listen|port|ssl)")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A port that speaks TLS, by STARTTLS or from its first byte."""

    program: Program
    service: str
    """``submission/inet``, ``imap-login``."""
    host: str
    """An address it is bound to; the loopback's where it is bound to all."""
    port: int
    starttls: StartTls

    def ask(self, sni: str | None = None, **more: str | float) -> Ask:
        """The question what it serves; ``more`` as ``Ask`` has it."""
        return Ask(self.host, self.port, self.starttls, sni, **more)  # type: ignore[arg-type]

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def postfix_endpoints(postfix: PostfixConfig) -> tuple[Endpoint, ...]:
    """Those of every smtpd and postscreen in master.cf that offers TLS. Raises what ``PostfixConfig`` raises."""
    found = [end for service in postfix.services if _is_smtpd(service) for end in _of_service(postfix, service)]
    return tuple(dict.fromkeys(found))


def dovecot_endpoints(tools: Tools, dovecot: DovecotConfig) -> tuple[Endpoint, ...]:
    """Those of Dovecot's login services. Raises what ``Tools.run`` raises."""
    known = dict(settings(tools.run(["doveconf", *dovecot.where, "-a"]).text))
    if known.get("ssl") == "no":
        return ()
    enabled = enabled_protocols(known)
    listeners: dict[tuple[str, str], dict[str, str]] = {}
    for name, value in known.items():
        if match := _LISTENER.fullmatch(name):
            listeners.setdefault((match[1], match[2]), {})[match[3]] = value
    found: dict[Endpoint, None] = {}
    for (service, _), told in listeners.items():
        protocol = _PROTOCOLS.get(service, service.removesuffix("-login"))
        if service in _LOGINS and protocol in enabled:
            found |= dict.fromkeys(_of_listener(service, told, known.get("listen", "*, ::")))
    return tuple(found)


def _of_service(postfix: PostfixConfig, service: MasterService) -> Iterator[Endpoint]:
    own = dict(service.overrides)
    implicit = own.get("smtpd_tls_wrappermode", postfix.get("smtpd_tls_wrappermode")) == "yes"
    if not implicit and not _offers(postfix, own):
        return
    host, _, name = service.name.rpartition(":")
    port = port_of(name)
    interfaces = own.get("inet_interfaces", postfix.get("inet_interfaces"))
    if port is None:
        return
    for address in reached_at(host.strip("[]") or interfaces, postfix.get("inet_protocols")):
        yield Endpoint("postfix", f"{service.name}/{service.type}", address, port, "" if implicit else "smtp")


def _is_smtpd(service: MasterService) -> bool:
    return service.type == "inet" and service.command.split()[0] in _SMTPD


def _offers(postfix: PostfixConfig, own: Mapping[str, str]) -> bool:
    """Whether STARTTLS is offered: by the level where there is one, else by what came before levels."""
    level = own.get("smtpd_tls_security_level", postfix.get("smtpd_tls_security_level"))
    if level:
        return level != "none"
    return any(own.get(name, postfix.get(name)) == "yes" for name in ("smtpd_use_tls", "smtpd_enforce_tls"))


def _of_listener(service: str, told: Mapping[str, str], listen: str) -> Iterator[Endpoint]:
    port = port_of(told.get("port", "0"))
    if port is None:
        return
    starttls: StartTls = "" if told.get("ssl") == "yes" else _LOGINS[service]
    for address in reached_at(told.get("address") or told.get("listen") or listen, "all"):
        yield Endpoint("dovecot", service, address, port, starttls)


def enabled_protocols(known: Mapping[str, str]) -> set[str]:
    """``protocols = imap lmtp`` (2.3), ``protocols { imap = yes }`` (2.4)."""
    listed = set(known.get("protocols", "").split())
    return listed | {
        name.removeprefix("protocols { ")
        for name, value in known.items()
        if name.startswith("protocols { ") and value == "yes"
    }


def port_of(name: str) -> int | None:
    """A port by its number or its name in services(5); None for none."""
    if name.isdigit():
        return int(name) if 0 < int(name) < 65536 else None
    try:
        return socket.getservbyname(name, "tcp")
    except OSError:
        return None


def reached_at(interfaces: str, protocols: str) -> Iterator[str]:
    """Where a server that listens on ``interfaces`` is reached from this machine."""
    four, six = ("all" in protocols or version in protocols for version in ("ipv4", "ipv6"))
    for word in dict.fromkeys(re.split(r"[,\s]+", interfaces.strip())):
        match word:
            case "all" | "loopback-only" | "localhost":
                yield from ([_EVERYWHERE[4]] if four else []) + ([_EVERYWHERE[6]] if six else [])
            case "*" | "0.0.0.0":  # noqa: S104 - where a server listens
                yield _EVERYWHERE[4]
            case "::" | "[::]":
                yield _EVERYWHERE[6]
            case _:
                yield from _literal(word)


def _literal(word: str) -> Iterator[str]:
    """An address as it is; a host name by the addresses it has here."""
    try:
        yield str(ip_address(word.strip("[]")))
    except ValueError:
        try:
            found = socket.getaddrinfo(word, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        yield from dict.fromkeys(str(entry[4][0]) for entry in found)
