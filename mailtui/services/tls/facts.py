"""What people ask of a certificate, key or request, in words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256, HashAlgorithm
from cryptography.x509.oid import NameOID

from mailtui.services.tls.pile import Content, Item
from mailtui.text import clean

WEAK_HASHES = frozenset({"md5", "sha1"})
"""Hashes with which nothing is signed any more (RFC 9155)."""
_NO_EXTENSION = (
    x509.ExtensionNotFound,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    ValueError,
    TypeError,
)


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """A certificate. Times are seconds since the epoch."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    """DNS names and addresses of subjectAltName; the subject's CN does not count (RFC 6125, 6.4.4)."""
    key: str
    """Type and size: ``RSA 2048``, ``EC secp256r1``, ``Ed25519``."""
    starts: float
    ends: float
    sha256: str
    """Fingerprint, as tools print it."""
    spki_sha256: str
    """Of the public key: by it key, request and certificate are matched, and a TLSA 3 1 1 is made."""
    self_signed: bool
    is_ca: bool

    def days_left(self, now: float) -> int:
        """Whole days; negative when it is over."""
        return int((self.ends - now) // 86400)

    def part_left(self, now: float) -> float:
        """How much of its life is left: 90-day and 6-day certificates are renewed by that."""
        return (self.ends - now) / max(1.0, self.ends - self.starts)


def facts(certificate: x509.Certificate) -> CertificateFacts:
    """The facts of a certificate; text is cleaned."""
    return CertificateFacts(
        clean(certificate.subject.rfc4514_string()),
        clean(certificate.issuer.rfc4514_string()),
        tuple(map(clean, names_of(certificate))),
        key_type(public_key(certificate)),
        certificate.not_valid_before_utc.timestamp(),
        certificate.not_valid_after_utc.timestamp(),
        certificate.fingerprint(SHA256()).hex(":").upper(),
        spki(certificate),
        is_self_signed(certificate),
        is_ca(certificate),
    )


def names_of(holder: x509.Certificate | x509.CertificateSigningRequest) -> Sequence[str]:
    """DNS names and addresses of subjectAltName; an extension that cannot be read has none."""
    try:
        extension = holder.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except _NO_EXTENSION:
        return ()
    addresses = map(str, extension.get_values_for_type(x509.IPAddress))
    return (*extension.get_values_for_type(x509.DNSName), *addresses)


def common_name(holder: x509.Certificate | x509.CertificateSigningRequest) -> str:
    """The CN of its subject; ``""`` for none."""
    found = holder.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return clean(str(found[0].value)) if found else ""


def covers(name: str, names: Sequence[str]) -> bool:
    """Whether one of a certificate's names stands for a host (RFC 6125, 6.4.3: a ``*`` is one whole label)."""
    wanted = name.lower().rstrip(".")
    parent = wanted.partition(".")[2]
    return any(own.lower() == wanted or (own.startswith("*.") and own[2:].lower() == parent) for own in names)


def key_type(key: PublicKeyTypes | None) -> str:
    """Type and size of a key."""
    match key:
        case rsa.RSAPublicKey():
            return f"RSA {key.key_size}"
        case ec.EllipticCurvePublicKey():
            return f"EC {key.curve.name}"
        case ed25519.Ed25519PublicKey():
            return "Ed25519"
        case ed448.Ed448PublicKey():
            return "Ed448"
        case dsa.DSAPublicKey():
            return f"DSA {key.key_size}"
    return "unknown"


def public_key(content: Content) -> PublicKeyTypes | None:
    """The public key in a certificate, key or request; None where it is of an unknown kind or there is none."""
    if isinstance(content, x509.CertificateRevocationList):
        return None
    try:
        if isinstance(content, x509.Certificate | x509.CertificateSigningRequest):
            return content.public_key()
        return content.public_key() if hasattr(content, "public_key") else content
    except (ValueError, TypeError, NotImplementedError, UnsupportedAlgorithm):
        return None


def spki(content: Content) -> str:
    """SHA-256 of SubjectPublicKeyInfo, in hex; ``""`` where there is no key that could be read."""
    key = public_key(content)
    if key is None:
        return ""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return hashlib.sha256(key.public_bytes(serialization.Encoding.DER, form)).hexdigest()


def is_self_signed(certificate: x509.Certificate) -> bool:
    """Whether it was signed by its own key."""
    return certificate.subject == certificate.issuer and issued_by(certificate, certificate)


def issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether ``issuer`` signed it: names and signature, those of long ago too, as old roots have them."""
    if certificate.issuer != issuer.subject:
        return False
    try:
        hashed = certificate.signature_hash_algorithm
        if hashed is not None and hashed.name in WEAK_HASHES:
            return _signed_weakly(certificate, issuer, hashed)
        certificate.verify_directly_issued_by(issuer)
    except Exception:
        return False
    return True


def _signed_weakly(certificate: x509.Certificate, issuer: x509.Certificate, hashed: HashAlgorithm) -> bool:
    """The signature alone: X.509's own verification does not know these hashes any more."""
    key, signature, signed = issuer.public_key(), certificate.signature, certificate.tbs_certificate_bytes
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, signed, padding.PKCS1v15(), hashed)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(hashed))
    else:
        return False
    return True


def is_ca(certificate: x509.Certificate) -> bool:
    """Whether it may sign others."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except _NO_EXTENSION:
        return False


def describe(item: Item, now: float) -> tuple[str, ...]:
    """An item in lines; of a private key nothing but its type and what it fits."""
    content = item.content
    head = f"{item.kind} {item.number} of {clean(item.source)}"
    if isinstance(content, x509.Certificate):
        return (head, *_certificate_lines(facts(content), now))
    if isinstance(content, x509.CertificateSigningRequest):
        names = ", ".join(map(clean, names_of(content))) or "none"
        return (
            head,
            f"  subject   {clean(content.subject.rfc4514_string())}",
            f"  names     {names}",
            *_key_lines(content),
        )
    if isinstance(content, x509.CertificateRevocationList):
        following = content.next_update_utc.isoformat() if content.next_update_utc else "not said"
        return head, f"  issuer    {clean(content.issuer.rfc4514_string())}", f"  next      {following}"
    return (head, *(("  encrypted with a passphrase",) if item.encrypted else ()), *_key_lines(content))


def _certificate_lines(one: CertificateFacts, now: float) -> tuple[str, ...]:
    left = one.days_left(now)
    state = f"{left} days left" if left >= 0 else f"over for {-left} days"
    return (
        f"  subject   {one.subject}",
        f"  issuer    {'itself' if one.self_signed else one.issuer}",
        f"  names     {', '.join(one.names) or 'none'}",
        f"  valid     {_day(one.starts)} to {_day(one.ends)}, {state}",
        f"  key       {one.key}{', may sign others (CA)' if one.is_ca else ''}",
        f"  SHA-256   {one.sha256}",
        f"  SPKI      {one.spki_sha256}",
    )


def _key_lines(content: Content) -> tuple[str, ...]:
    return f"  key       {key_type(public_key(content))}", f"  SPKI      {spki(content)}"


def _day(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M UTC")
