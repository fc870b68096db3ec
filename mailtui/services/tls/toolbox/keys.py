"""New private keys of the kinds that mail servers and clients understand.

RFC 9325, 4.5 (sizes); Ed25519 (RFC 8410) serves only beside another key: many programs do not know it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from mailtui.host.errors import UsageError

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
"""The kinds that sign requests and certificates here."""

_EXPONENT = 65537
_MAKERS: Mapping[str, Callable[[], PrivateKey]] = {
    "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ec384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "rsa": lambda: rsa.generate_private_key(_EXPONENT, 2048),
    "rsa3072": lambda: rsa.generate_private_key(_EXPONENT, 3072),
    "rsa4096": lambda: rsa.generate_private_key(_EXPONENT, 4096),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}
KINDS = tuple(_MAKERS)
"""Names of the kinds; ``ec`` is P-256, which every client knows, and ``rsa`` has 2048 bits."""


def new_key(kind: str = "ec") -> PrivateKey:
    """A new key. Raises UsageError for a kind there is none of."""
    maker = _MAKERS.get(kind)
    if maker is None:
        raise UsageError(f"there is no kind of key {kind!r}", unlock=f"the kinds are: {', '.join(KINDS)}")
    return maker()
