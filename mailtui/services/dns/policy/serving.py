"""What this machine's own mail server shows to those who send here; whether a sender that keeps to MTA-STS takes it.

RFC 8461, 4.2: a certificate of a public authority, in date, for the host's name; TLS 1.2 or later.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.services.dns.said import say
from mailtui.services.tls.probe import Served

if TYPE_CHECKING:
    from cryptography import x509

_OLD = ("TLSv1", "TLSv1.1")

Roots = Callable[[], "tuple[x509.Certificate, ...]"]
"""Gives the authorities that are trusted."""


class Shown:
    """What was sent by the host of an MX record that is this machine."""

    def __init__(self, host: str, served: Served, roots: Roots | None = None) -> None:
        self.host = host
        self.served = served
        self.roots: Roots = roots or system_roots

    @cached_property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The certificates that were sent, the server's own first; those that cannot be read are left out."""
        from cryptography import x509

        found = []
        for der in self.served.chain_der:
            try:
                found.append(x509.load_der_x509_certificate(der))
            except ValueError:
                break
        return tuple(found)

    @property
    def stands_for_host(self) -> bool:
        """Whether the certificate names the host."""
        from mailtui.services.tls.facts import covers, names_of

        return bool(self.chain) and covers(self.host, names_of(self.chain[0]))

    @property
    def in_date(self) -> bool:
        """Whether its time has come and is not over."""
        from mailtui.services.tls.facts import facts

        if not self.chain:
            return False
        told = facts(self.chain[0])
        return told.starts <= time.time() <= told.ends


Look = Callable[[str], Shown]
"""Of the host of an MX record that is this machine."""


def sts_findings(domain: str, mode: str, shown: Shown) -> Iterator[Finding]:
    """What a sender that keeps to a policy of ``mode`` refuses."""
    if why := _refused(shown):
        yield say("mtasts", f"certificate-{mode}", domain, (), of=shown.host, host=shown.host, why=why)


def _refused(shown: Shown) -> str:
    if not shown.served.tls:
        return shown.served.detail or "it offers no TLS"
    if shown.served.version in _OLD:
        return f"it speaks {shown.served.version}"
    if not shown.stands_for_host:
        return "its certificate is for other names"
    if not shown.in_date:
        return "its certificate is out of date"
    return "" if _is_trusted(shown) else "its certificate does not come from an authority that this machine trusts"


def _is_trusted(shown: Shown) -> bool:
    """Whether the chain leads to a root of this machine; True where it has none to compare with."""
    from mailtui.services.tls.toolbox.chain import build

    roots = shown.roots()
    return not roots or build(shown.chain[0], shown.chain[1:], roots, time.time()).root in roots


def system_roots() -> tuple[x509.Certificate, ...]:
    """The authorities this machine trusts; none where they cannot be read."""
    from mailtui.services.tls import gate
    from mailtui.services.tls.pile import certificates, read_pile

    try:
        return certificates(read_pile(gate.ROOTS))
    except MailtuiError:
        return ()
