"""A chain out of any pile of certificates: the leaf, each followed by its issuer, the root left out (RFC 8446, 4.4.2).

Where several certificates issued one — a cross-signed root such as AddTrust's or DST Root X3's —, the one that is valid
now is taken, and of those the one that leads to a root of this machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from mailtui.services.tls.facts import is_self_signed, issued_by
from mailtui.text import clean

_LONGEST = 10


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain that was built, and what of the pile does not belong to it."""

    certificates: tuple[x509.Certificate, ...]
    """The leaf first; no root, unless the leaf is one."""
    root: x509.Certificate | None
    """The root it leads to, out of the pile or the machine's; None where the pile ends before one."""
    left_over: tuple[x509.Certificate, ...]
    """Certificates of the pile that are not sent; a root among them."""

    @property
    def missing(self) -> str:
        """The issuer that is not there, in cleaned text; ``""`` where the chain is whole."""
        return "" if self.root else clean(self.certificates[-1].issuer.rfc4514_string())

    @property
    def pem(self) -> bytes:
        """What a server is given: one block after another, nothing between them."""
        return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in self.certificates)


def build(
    leaf: x509.Certificate, pile: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], now: float
) -> Chain:
    """The chain of ``leaf``; ``roots`` are those this machine trusts, ``now`` is in seconds since the epoch."""
    chain = [leaf]
    root = leaf if is_self_signed(leaf) else None
    while root is None and len(chain) < _LONGEST:
        root = _issuer(chain, roots, now)
        if root is not None:
            break
        issuer = _issuer(chain, pile, now, roots)
        if issuer is None:
            break
        if is_self_signed(issuer):
            root = issuer
        else:
            chain.append(issuer)
    return Chain(tuple(chain), root, tuple(one for one in dict.fromkeys(pile) if one not in chain))


def _issuer(
    chain: Sequence[x509.Certificate],
    pile: Sequence[x509.Certificate],
    now: float,
    roots: Sequence[x509.Certificate] = (),
) -> x509.Certificate | None:
    """The best issuer of the last of ``chain``."""
    last = chain[-1]
    found = [one for one in pile if one not in chain and one.subject == last.issuer and issued_by(last, one)]
    return max(found, key=lambda one: _worth(one, roots, now), default=None)


def _worth(one: x509.Certificate, roots: Sequence[x509.Certificate], now: float) -> tuple[bool, bool, float]:
    ends = one.not_valid_after_utc.timestamp()
    valid = one.not_valid_before_utc.timestamp() <= now < ends
    trusted = any(one.issuer == root.subject and issued_by(one, root) for root in roots)
    return valid, trusted, ends
