"""One port, asked as a client of today would, and then for each version of TLS on its own."""

from __future__ import annotations

import socket
from dataclasses import replace
from ipaddress import ip_address

from cryptography import x509

from mailtui.services.tls.facts import CertificateFacts, facts
from mailtui.services.tls.probe import NAMES, Ask, Served, StartTls, served_by

_PATIENCE = 10.0


def probe_versions(host: str, port: int, starttls: StartTls, name: str | None = None) -> tuple[Served, ...]:
    """What the port serves, then whether it takes each of ``NAMES``; one connection after the other.

    It is asked for ``name``, or for the host where that is no address.
    """
    source = "127.0.0.2" if _is_here(host) else None
    first = Ask(host, port, starttls, name or (None if _is_address(host) else host), (), source, _PATIENCE)
    return served_by([first, *(replace(first, versions=(version,)) for version in NAMES)])


def chain_facts(answer: Served) -> tuple[CertificateFacts, ...]:
    """The facts of what was sent; what is no certificate is left out."""
    found = []
    for der in answer.chain_der:
        try:
            found.append(facts(x509.load_der_x509_certificate(der)))
        except ValueError:
            continue
    return tuple(found)


def _is_here(host: str) -> bool:
    """Whether a host is this machine by an IPv4 address, which can then be asked as a stranger would."""
    try:
        address = socket.gethostbyname(host)
        with socket.socket() as probe:
            probe.bind((address, 0))
    except (OSError, UnicodeError):
        return False
    return True


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
