"""Certificates, keys and requests in the forms other programs want: PEM, DER, PKCS#7, PKCS#12.

PEM is written as RFC 7468 has it, keys as PKCS#8 (RFC 5958), with a passphrase as PBES2 (RFC 8018).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12

from mailtui.host.errors import UsageError
from mailtui.services.tls.facts import spki
from mailtui.services.tls.pile import Item, certificates

Form = Literal["pem", "der", "pkcs7", "pkcs12"]
_PEM, _DER = serialization.Encoding.PEM, serialization.Encoding.DER


@dataclass(frozen=True, slots=True)
class Made:
    """A file's content."""

    data: bytes = field(repr=False)
    secret: bool
    """Whether a private key stands in it."""

    @property
    def mode(self) -> int:
        """The rights of the file that gets it."""
        return 0o600 if self.secret else 0o644


def converted(items: Sequence[Item], form: Form, passphrase: bytes = b"", *, old: bool = False) -> Made:
    """``items`` in a form; private keys among them are encrypted where there is a passphrase.

    ``old`` is for PKCS#12 that Windows before 2019 and OpenSSL 1.0 must read. Raises UsageError for what a form cannot
    hold.
    """
    match form:
        case "pem":
            return pem(items, passphrase)
        case "der":
            return _der(items, passphrase)
        case "pkcs7":
            return Made(pkcs7.serialize_certificates(_all_certificates(items), _DER), secret=False)
    return _pkcs12(items, passphrase, old)


def pem(items: Sequence[Item], passphrase: bytes = b"") -> Made:
    """One block after another, in their order."""
    return Made(
        b"".join(_encoded(item.content, _PEM, passphrase) for item in items), any(item.kind == "key" for item in items)
    )


def key_pem(key: Any, passphrase: bytes = b"") -> Made:
    """A private key."""
    return Made(_encoded(key, _PEM, passphrase), secret=True)


def _der(items: Sequence[Item], passphrase: bytes) -> Made:
    if len(items) != 1:
        raise UsageError(f"DER holds one thing, not {len(items)}", unlock="--only key, or --to pkcs7 for a chain")
    return Made(_encoded(items[0].content, _DER, passphrase), items[0].kind == "key")


def _pkcs12(items: Sequence[Item], passphrase: bytes, old: bool) -> Made:
    """The key, its certificate, and the others (RFC 7292)."""
    keys = [_containable(item.content) for item in items if item.kind == "key"]
    chain = certificates(tuple(items))
    if len(keys) > 1 or not chain or len(keys) + len(chain) != len(items):
        raise UsageError("PKCS#12 holds certificates and at most one key")
    leaf = next((one for one in chain if keys and spki(one) == spki(keys[0])), None)
    if keys and leaf is None:
        raise UsageError("the key is not that of any certificate given")
    rest = [one for one in chain if one is not leaf]
    data = pkcs12.serialize_key_and_certificates(
        None, keys[0] if keys else None, leaf, rest, _pkcs12_lock(passphrase, old)
    )
    return Made(data, bool(keys))


def _containable(key: object) -> pkcs12.PKCS12PrivateKeyTypes:
    if not isinstance(key, get_args(pkcs12.PKCS12PrivateKeyTypes)):
        raise UsageError("PKCS#12 cannot hold this kind of key")
    return cast("pkcs12.PKCS12PrivateKeyTypes", key)


def _pkcs12_lock(passphrase: bytes, old: bool) -> serialization.KeySerializationEncryption:
    if not passphrase:
        return serialization.NoEncryption()
    if not old:
        return serialization.BestAvailableEncryption(passphrase)
    builder = serialization.PrivateFormat.PKCS12.encryption_builder()
    builder = builder.key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC).hmac_hash(hashes.SHA1())  # noqa: S303
    return builder.build(passphrase)


def _all_certificates(items: Sequence[Item]) -> list[x509.Certificate]:
    found = certificates(tuple(items))
    if len(found) != len(items) or not found:
        raise UsageError("PKCS#7 holds certificates only", unlock="--only certificates")
    return list(found)


def _encoded(content: Any, encoding: serialization.Encoding, passphrase: bytes) -> bytes:
    if hasattr(content, "private_bytes"):
        lock = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
        made: bytes = content.private_bytes(encoding, serialization.PrivateFormat.PKCS8, lock)
    elif isinstance(content, x509.Certificate | x509.CertificateSigningRequest | x509.CertificateRevocationList):
        made = content.public_bytes(encoding)
    else:
        made = content.public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
    return made
