"""One published DKIM key: what verifiers make of it. RFC 6376, 3.6.1; RFC 8301 (sizes, hashes); RFC 8463 (Ed25519)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from mailtui.services.dns.tags import Tags, read_tags

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

_SPACE = re.compile(r"[ \t\r\n]+")
_ED25519_SIZE = 32
_PKCS1 = "-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----\n"


class DkimFlaw(ValueError):
    """A record that no verifier can use. ``kind`` names it in ``said/dkim.json``; its text says why, for people."""

    def __init__(self, kind: str, why: str = "") -> None:
        super().__init__(why)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A key that verifiers can use."""

    tags: Tags
    key: PublicKeyTypes

    @property
    def flags(self) -> frozenset[str]:
        """``t=``: ``y`` for a test, ``s`` for no subdomains."""
        return frozenset(_list(self.tags.get("t")))

    @property
    def hashes(self) -> tuple[str, ...]:
        """``h=``: the hashes that may be used; empty for any."""
        return _list(self.tags.get("h"))

    @property
    def services(self) -> tuple[str, ...]:
        """``s=``: what the key is for; empty for anything."""
        return _list(self.tags.get("s"))


def parse(text: str) -> PublishedKey:
    """The key of a record. Raises DkimFlaw."""
    tags = read_tags(text)
    if '"' in text or "\\" in text:
        raise DkimFlaw("quoted")
    if "v" in tags.values and (tags.first != "v" or tags.get("v") != "DKIM1"):
        raise DkimFlaw("version")
    if "p" not in tags.values:
        raise DkimFlaw("no-key")
    if tags.flaws:
        raise DkimFlaw("unreadable", f"{tags.flaws[0]}, which makes the whole list of tags invalid (RFC 6376, 3.2)")
    kind, written = tags.get("k", "rsa").lower(), _SPACE.sub("", tags.get("p"))
    if kind not in ("rsa", "ed25519"):
        raise DkimFlaw("unreadable", f"k={kind} is no type of key")
    if not written:
        raise DkimFlaw("revoked")
    try:
        data = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DkimFlaw("unreadable", f"p= is no base64 ({len(written)} characters: {error})") from error
    return PublishedKey(tags, _ed25519(data) if kind == "ed25519" else _rsa(data))


def _rsa(data: bytes) -> PublicKeyTypes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

    pem = _PKCS1.format(base64.b64encode(data).decode()).encode()
    for load in (partial(load_der_public_key, data), partial(load_pem_public_key, pem)):
        try:
            key = load()
        except (ValueError, UnsupportedAlgorithm):
            continue
        if not isinstance(key, RSAPublicKey):
            raise DkimFlaw("unreadable", "p= holds a key of another type than k= says")
        return key
    raise DkimFlaw("unreadable", f"p= is no RSA key ({len(data)} bytes); a character may be lost")


def _ed25519(data: bytes) -> PublicKeyTypes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if len(data) != _ED25519_SIZE:
        raise DkimFlaw(
            "unreadable", f"p= has {len(data)} bytes; of Ed25519 it is the bare key, 32 bytes (RFC 8463, 4.2)"
        )
    return Ed25519PublicKey.from_public_bytes(data)


def _list(value: str) -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in value.split(":") if part.strip())
