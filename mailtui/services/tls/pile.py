"""Certificates, keys and requests out of any file: PEM in any number and order, DER, PKCS#7, PKCS#12.

Formats: RFC 7468 (PEM), RFC 5280, RFC 2986, RFC 5958, RFC 2315, RFC 7292.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12

from mailtui.host.errors import HostError, MailtuiError
from mailtui.host.files import read_file

Kind = Literal["certificate", "key", "request", "public key", "revocation list"]
Content = (
    x509.Certificate
    | PrivateKeyTypes
    | x509.CertificateSigningRequest
    | PublicKeyTypes
    | x509.CertificateRevocationList
)
T = TypeVar("T")
LARGEST = 4 * 2**20
MOST_ITEMS = 2000
_WRONG = (ValueError, UnsupportedAlgorithm, x509.InvalidVersion, OverflowError)
_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_GAPS = re.compile(rb"\n(?:[ \t\r]*\n)+")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that stands in a file."""

    kind: Kind
    content: Content
    source: str
    """The file's name."""
    number: int
    """Its place in the file, from 1."""
    encrypted: bool = False
    """Whether a passphrase was needed; of keys."""


class PassphraseNeeded(HostError):
    """A key or container is encrypted, and no passphrase or a wrong one was given."""


def read_pile(path: Path, passphrase: bytes | None = None) -> tuple[Item, ...]:
    """Everything in a file, in its order. Raises PassphraseNeeded, PermissionDenied, or HostError for no such thing."""
    return parse_pile(read_file(path, limit=LARGEST).data, str(path), passphrase)


def parse_pile(data: bytes, source: str, passphrase: bytes | None = None) -> tuple[Item, ...]:
    """The same of bytes."""
    data = _as_ascii(data)
    blocks = list(_BLOCK.finditer(data))[:MOST_ITEMS]
    found: list[Item] = []
    if blocks:
        for block in blocks:
            found += _numbered(_of_block(block[1], _without_gaps(block[0]), passphrase), source, len(found))
    else:
        found += _numbered(_of_der(data, passphrase), source, 0)
    if not found:
        raise HostError(
            f"{source} holds no certificate, key or request", unlock="mailtui reads PEM, DER, PKCS#7, PKCS#12"
        )
    return tuple(found)


def certificates(items: tuple[Item, ...]) -> tuple[x509.Certificate, ...]:
    """The certificates among items, in order."""
    return tuple(item.content for item in items if isinstance(item.content, x509.Certificate))


def _as_ascii(data: bytes) -> bytes:
    """Text as Windows writes it, too: with a byte order mark, in UTF-16."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").encode("ascii", "replace")
    return data.removeprefix(b"\xef\xbb\xbf")


def _without_gaps(block: bytes) -> bytes:
    """A block without empty lines, except the one that ends an old key's headers (RFC 1421)."""
    return block if b"Proc-Type:" in block else _GAPS.sub(b"\n", block)


def _numbered(contents: Iterator[tuple[Kind, Content, bool]], source: str, before: int) -> Iterator[Item]:
    for number, (kind, content, encrypted) in enumerate(contents, before + 1):
        yield Item(kind, content, source, number, encrypted)


def _of_block(label: bytes, block: bytes, passphrase: bytes | None) -> Iterator[tuple[Kind, Content, bool]]:
    if label in (b"CERTIFICATE", b"X509 CERTIFICATE", b"TRUSTED CERTIFICATE"):
        yield "certificate", _tried(lambda: x509.load_pem_x509_certificate(_plain(block)), "a certificate"), False
    elif label.endswith(b"PRIVATE KEY"):
        yield _key(lambda word: serialization.load_pem_private_key(block, word), passphrase)
    elif label.endswith(b"CERTIFICATE REQUEST"):
        yield "request", _tried(lambda: x509.load_pem_x509_csr(block), "a request"), False
    elif label.endswith(b"PUBLIC KEY"):
        yield "public key", _tried(lambda: serialization.load_pem_public_key(block), "a public key"), False
    elif label == b"X509 CRL":
        yield "revocation list", _tried(lambda: x509.load_pem_x509_crl(block), "a revocation list"), False
    elif label == b"PKCS7":
        for one in _tried(lambda: pkcs7.load_pem_pkcs7_certificates(block), "PKCS#7"):
            yield "certificate", one, False


def _of_der(data: bytes, passphrase: bytes | None) -> Iterator[tuple[Kind, Content, bool]]:
    """The first form that fits; a wrong form is a ValueError."""
    simple: tuple[tuple[Kind, Callable[[bytes], Content]], ...] = (
        ("certificate", x509.load_der_x509_certificate),
        ("request", x509.load_der_x509_csr),
        ("revocation list", x509.load_der_x509_crl),
        ("public key", serialization.load_der_public_key),
    )
    for kind, load in simple:
        try:
            content = _quietly(partial(load, data))
        except _WRONG:
            continue
        yield kind, content, False
        return
    try:
        for one in _quietly(lambda: pkcs7.load_der_pkcs7_certificates(data)):
            yield "certificate", one, False
        return
    except (*_WRONG, NotImplementedError):
        pass
    yield from _of_container(data, passphrase)


def _of_container(data: bytes, passphrase: bytes | None) -> Iterator[tuple[Kind, Content, bool]]:
    """A key, or PKCS#12; with no passphrase first, since either may have none."""
    try:
        yield _key(lambda word: serialization.load_der_private_key(data, word), passphrase)
        return
    except PassphraseNeeded:
        raise
    except MailtuiError:
        pass
    if not _looks_like_pkcs12(data):
        return
    try:
        held = pkcs12.load_pkcs12(data, passphrase)
    except _WRONG as error:
        raise PassphraseNeeded(_wanted(passphrase)) from error
    if held.key is not None:
        yield "key", held.key, passphrase is not None
    for one in (held.cert, *held.additional_certs):
        if one is not None:
            yield "certificate", one.certificate, False


def _key(load: Callable[[bytes | None], PrivateKeyTypes], passphrase: bytes | None) -> tuple[Kind, Content, bool]:
    try:
        return "key", load(None), False
    except TypeError:
        pass
    except _WRONG as error:
        raise HostError("a key that cannot be read") from error
    if passphrase is None:
        raise PassphraseNeeded(_wanted(None))
    try:
        return "key", load(passphrase), True
    except _WRONG as error:
        raise PassphraseNeeded(_wanted(passphrase)) from error


def _wanted(passphrase: bytes | None) -> str:
    return "a key is encrypted and needs its passphrase" if passphrase is None else "the passphrase is wrong"


def _looks_like_pkcs12(data: bytes) -> bool:
    """PFX ::= SEQUENCE { version INTEGER 3, … } (RFC 7292, 4)."""
    return data[:1] == b"\x30" and b"\x02\x01\x03" in data[:16]


def _whole(content: T) -> T:
    """What is read of every one, now: cryptography reads the fields of a certificate when they are asked for."""
    if isinstance(content, x509.Certificate):
        _ = content.subject, content.issuer, content.not_valid_before_utc, content.not_valid_after_utc
    elif isinstance(content, x509.CertificateSigningRequest):
        _ = content.subject
    elif isinstance(content, x509.CertificateRevocationList):
        _ = content.issuer, content.next_update_utc
    return content


def _plain(block: bytes) -> bytes:
    return block.replace(b" TRUSTED CERTIFICATE", b" CERTIFICATE").replace(b" X509 CERTIFICATE", b" CERTIFICATE")


def _quietly(load: Callable[[], T]) -> T:
    """Old roots have serial numbers that RFC 5280 forbids, PKCS#7 comes unsorted: that is no news for an operator."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _whole(load())


def _tried(load: Callable[[], T], what: str) -> T:
    try:
        return _quietly(load)
    except _WRONG as error:
        raise HostError(f"{what} that cannot be read: {error}") from error
