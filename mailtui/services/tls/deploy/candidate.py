"""A certificate on its way to the servers: out of any files, put in order, judged by the gate and by OpenSSL."""

from __future__ import annotations

import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError, UsageError
from mailtui.services.tls import gate
from mailtui.services.tls.facts import common_name, key_type, names_of, public_key, spki
from mailtui.services.tls.pile import Item, certificates
from mailtui.services.tls.toolbox.chain import Chain, build
from mailtui.services.tls.toolbox.forms import key_pem
from mailtui.text import clean

_NO_REASON = "cert.late:"
"""An error that is none of the new certificate's: it may be all there is."""


class Refused(MailtuiError):
    """The gate is closed: served, this would fail. ``unlock`` says what to do."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A key and its chain, fit to be served."""

    chain: Chain
    key: bytes = field(repr=False)
    """PEM, PKCS#8, without a passphrase: Postfix has no setting for one."""
    findings: tuple[Finding, ...]
    """What is less than well, but no reason to refuse."""
    notes: tuple[str, ...]
    """What was put in order."""

    @property
    def leaf(self) -> x509.Certificate:
        """The server's own certificate."""
        return self.chain.certificates[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The hosts it stands for; cleaned."""
        return tuple(map(clean, names_of(self.leaf)))

    @property
    def sha256(self) -> str:
        """Fingerprint of the leaf, as ``Served.sha256`` gives it."""
        return self.leaf.fingerprint(hashes.SHA256()).hex().upper()

    @property
    def algorithm(self) -> str:
        """``RSA``, ``EC``, ``Ed25519``: a server has one pair of each."""
        return key_type(public_key(self.leaf)).partition(" ")[0]


def candidate(
    items: tuple[Item, ...], *, names: Sequence[str], now: float, roots: Sequence[x509.Certificate]
) -> Candidate:
    """The candidate in ``items``; ``names`` are hosts it must stand for.

    Raises UsageError where there is no certificate with its key, and Refused where the gate finds an error.
    """
    heap = certificates(items)
    if not heap:
        raise UsageError("there is no certificate in the files", unlock="mailtui cert show FILE tells what is in one")
    key, leaf = _pair(items, heap)
    chain = build(leaf, [one for one in heap if one is not leaf], roots, now)
    made = key_pem(key.content)
    ordered = (Item("key", key.content, key.source, 1), *_numbered(chain.certificates, items))
    found = gate.check(ordered, now=now, names=names, roots=roots)
    errors = [one for one in found if one.severity == "error" and not one.id.startswith(_NO_REASON)]
    if errors:
        raise Refused("; ".join(finding.title for finding in errors), unlock=errors[0].advice)
    _require_loadable(made.data + chain.pem)
    return Candidate(chain, made.data, found, tuple(_notes(items, key, chain)))


def _pair(items: Sequence[Item], heap: Sequence[x509.Certificate]) -> tuple[Item, x509.Certificate]:
    """The key and the certificate that has it."""
    keys = [item for item in items if item.kind == "key"]
    if not keys:
        raise UsageError("there is no private key in the files", unlock="name its file too")
    for key in keys:
        for one in heap:
            if spki(one) == spki(key.content):
                return key, one
    raise Refused(
        "the key is not the certificate's: STARTTLS would be announced and answered with 454",
        unlock=f"Find the key whose SPKI is {spki(gate.leaf_of(heap))}: mailtui cert match FILE…",
    )


def _numbered(chain: Sequence[x509.Certificate], items: Sequence[Item]) -> list[Item]:
    source = next(item.source for item in items if item.kind == "certificate")
    return [Item("certificate", one, source, number) for number, one in enumerate(chain, 1)]


def _notes(items: Sequence[Item], key: Item, chain: Chain) -> list[str]:
    notes = []
    if key.encrypted:
        notes.append("its copy of the key has no passphrase: Postfix could not ask for one")
    if tuple(chain.certificates) != certificates(tuple(items)):
        notes.append("its copy of the chain is put in order: the leaf, then each issuer, no root")
    dropped = [one for one in chain.left_over if common_name(one) and one != chain.root]
    return notes + [f"left out, not of this chain: {common_name(one)}" for one in dropped]


def _require_loadable(data: bytes) -> None:
    """As OpenSSL loads it; in memory, so that the key lies nowhere. Raises Refused with OpenSSL's word."""
    descriptor = os.memfd_create("candidate", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, data)
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(f"/proc/self/fd/{descriptor}")
    except ssl.SSLError as error:
        raise Refused(f"OpenSSL does not load it: {(error.reason or str(error)).replace('_', ' ').lower()}") from error
    finally:
        os.close(descriptor)
