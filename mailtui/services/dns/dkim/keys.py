"""The private keys on disk, and the record that belongs to one. RFC 6376, 3.6.1."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.host.errors import HostError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

EVERYBODY = 0o007


def public_key_of(path: Path) -> PublicKeyTypes:
    """The public half of the key in a file. Raises HostError where it cannot be read or is none that signs."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from mailtui.services.tls.facts import public_key
    from mailtui.services.tls.pile import read_pile

    keys = [item for item in read_pile(path) if item.kind == "key"]
    key = public_key(keys[0].content) if keys else None
    if not isinstance(key, RSAPublicKey | Ed25519PublicKey):
        raise HostError(f"{path} holds no RSA or Ed25519 private key")
    return key


def bits(key: PublicKeyTypes) -> int | None:
    """The size of an RSA key; None for one of another type."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    return key.key_size if isinstance(key, RSAPublicKey) else None


def encoded(key: PublicKeyTypes) -> str:
    """``p=`` of a record: SubjectPublicKeyInfo for RSA, the bare key for Ed25519; in base64."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    if bits(key) is None:
        data = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    else:
        data = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(data).decode()


def record_of(key: PublicKeyTypes) -> str:
    """The record to publish for a key."""
    kind = "rsa" if bits(key) else "ed25519"
    return f"v=DKIM1; k={kind}; p={encoded(key)}"


def same(one: PublicKeyTypes, other: PublicKeyTypes) -> bool:
    """Whether two keys are one."""
    return encoded(one) == encoded(other)
