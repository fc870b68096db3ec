"""The ports on which people log in here, and on which strangers bring mail: of all that is set to listen, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.probes.model import Endpoint, Protocol
from mailtui.services.tls.dovecot_settings import DovecotSettings
from mailtui.services.tls.listeners.dovecot import dovecot_listeners
from mailtui.services.tls.listeners.model import Listener
from mailtui.services.tls.listeners.postfix import on, postfix_listeners

IMPLICIT = frozenset({465, 993, 995})
"""Ports where TLS begins with the first byte (RFC 8314)."""
STANDARD: dict[Protocol, int] = {"smtp": 587, "imap": 993, "pop3": 995, "sieve": 4190}
"""Where a client looks first."""
_SMTP = 25


def submission_endpoints(postfix: PostfixConfig) -> tuple[Endpoint, ...]:
    """The smtpd(8) services that offer AUTH. Raises what ``Tools.run`` raises."""
    offering = {
        f"{service.name}/{service.type}"
        for service in postfix.services
        if on(dict(service.overrides).get("smtpd_sasl_auth_enable", postfix.get("smtpd_sasl_auth_enable")))
    }
    return tuple(_endpoints((one for one in postfix_listeners(postfix) if one.service in offering), "smtp"))


def entrances(postfix: PostfixConfig) -> tuple[Endpoint, ...]:
    """Where strangers bring mail: port 25, or whatever stands for it. Raises what ``Tools.run`` raises."""
    found = [one for one in postfix_listeners(postfix) if one.protocol == "smtp" and one.role == "mx"]
    return tuple(_endpoints([one for one in found if one.port == _SMTP] or found, "smtp"))


def login_endpoints(tools: Tools, dovecot: DovecotConfig, protocol: Protocol) -> tuple[Endpoint, ...]:
    """Dovecot's listeners for a protocol. Raises what ``Tools.run`` raises."""
    found = dovecot_listeners(DovecotSettings(tools, dovecot))
    return tuple(_endpoints((one for one in found if one.protocol == protocol), protocol))


def preferred(endpoints: Sequence[Endpoint]) -> Endpoint:
    """The one that a client should use: with TLS from the first byte (RFC 8314), else the first."""
    return min(endpoints, key=lambda one: not one.implicit)


def _endpoints(listeners: Iterable[Listener], protocol: Protocol) -> Iterator[Endpoint]:
    """Each service once: what else it is bound to answers alike."""
    seen: set[tuple[str, int]] = set()
    for one in listeners:
        if (one.service, one.port) not in seen:
            seen.add((one.service, one.port))
            yield Endpoint(protocol, one.reached_at, one.port, one.implicit, one.service)
