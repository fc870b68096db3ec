"""Requests for an authority (PKCS#10, RFC 2986) and certificates signed by their own key, for tests (RFC 5280)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mailtui.host.errors import UsageError
from mailtui.services.tls.facts import common_name, names_of
from mailtui.services.tls.toolbox.keys import PrivateKey
from mailtui.services.tls.toolbox.names import alternative_names

Holder = x509.Certificate | x509.CertificateSigningRequest
_LONGEST_CN = 64
_SLACK = timedelta(hours=1)
"""How long before now a new certificate begins: clients' clocks differ."""
MOST_DAYS = 3650


def request(key: PrivateKey, names: Sequence[str] = (), like: Holder | None = None) -> x509.CertificateSigningRequest:
    """A request for ``names``; with ``like`` its subject and, where no names are given, its names are asked for again.

    Raises UsageError for names that cannot be.
    """
    wanted = alternative_names(names or _names(like))
    subject = like.subject if like is not None else _subject(wanted)
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject).add_extension(wanted, critical=False)
    return builder.sign(key, _hash(key))


def self_signed(key: PrivateKey, names: Sequence[str], days: int, now: float) -> x509.Certificate:
    """A server's certificate signed by its own key, for ``days`` from ``now``. Raises UsageError."""
    if not 0 < days <= MOST_DAYS:
        raise UsageError(f"{days} days are no life of a certificate", unlock=f"1 to {MOST_DAYS}")
    wanted = alternative_names(names)
    begin = datetime.fromtimestamp(now, UTC)
    subject = _subject(wanted)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin - _SLACK)
        .not_valid_after(begin + timedelta(days=days))
        .add_extension(wanted, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    return builder.sign(key, _hash(key))


def signing_key(key: object) -> PrivateKey:
    """A key that can sign here. Raises UsageError for another kind."""
    if isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        return key
    raise UsageError("this kind of key signs nothing that a mail server can use", unlock="mailtui cert key -o NEW")


def _names(like: Holder | None) -> Sequence[str]:
    """Those of a certificate or request; of one from before they were needed, its CN."""
    if like is None:
        return ()
    return names_of(like) or tuple(filter(None, [common_name(like)]))


def _subject(names: x509.SubjectAlternativeName) -> x509.Name:
    """The first name as CN, for people; none where it is too long for one (RFC 5280, ub-common-name)."""
    first = str(next(iter(names)).value)
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, first)] if len(first) <= _LONGEST_CN else [])


def _hash(key: PrivateKey) -> hashes.SHA256 | hashes.SHA384 | None:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return None
    large = isinstance(key, ec.EllipticCurvePrivateKey) and key.key_size > 256
    return hashes.SHA384() if large else hashes.SHA256()
