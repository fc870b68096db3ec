"""TLSA records: what a domain has published about the certificate of its mail server (RFC 6698; for SMTP RFC 7672)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import serialization

_USABLE = (2, 3)
_HASHES = {1: hashlib.sha256, 2: hashlib.sha512}


@dataclass(frozen=True, slots=True)
class Tlsa:
    """One record."""

    usage: int
    """3: the server's own certificate; 2: an authority in its chain; 0 and 1 are not for SMTP (RFC 7672, 3.1.3)."""
    selector: int
    """0: the whole certificate; 1: its public key."""
    matching: int
    """0: all bytes; 1: SHA-256; 2: SHA-512."""
    data: bytes

    @property
    def usable(self) -> bool:
        """Whether a mail server that sends here can make use of it."""
        return self.usage in _USABLE and self.selector in (0, 1) and (self.matching == 0 or self.matching in _HASHES)

    def matches(self, chain: Sequence[x509.Certificate]) -> bool:
        """Whether it fits what a server sends, its own certificate first."""
        candidates = chain[:1] if self.usage == 3 else chain
        return self.usable and any(self._of(one) == self.data for one in candidates)

    def _of(self, certificate: x509.Certificate) -> bytes:
        if self.selector == 1:
            form = serialization.PublicFormat.SubjectPublicKeyInfo
            whole = certificate.public_key().public_bytes(serialization.Encoding.DER, form)
        else:
            whole = certificate.public_bytes(serialization.Encoding.DER)
        made = _HASHES.get(self.matching)
        return made(whole).digest() if made else whole

    def __str__(self) -> str:
        return f"{self.usage} {self.selector} {self.matching} {self.data.hex()}"


def parse(record: str) -> Tlsa | None:
    """A record as RFC 6698, 2.2 writes it, ``3 1 1 d2ab…``, blanks within the hex allowed; None for what is none."""
    fields = record.split(None, 3)
    try:
        usage, selector, matching = map(int, fields[:3])
        return Tlsa(usage, selector, matching, bytes.fromhex("".join(fields[3].split())))
    except (ValueError, IndexError):
        return None


def of_key(certificate: x509.Certificate) -> Tlsa:
    """The record to publish for a certificate: ``3 1 1``, which outlives renewals with the same key."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    whole = certificate.public_key().public_bytes(serialization.Encoding.DER, form)
    return Tlsa(3, 1, 1, hashlib.sha256(whole).digest())
