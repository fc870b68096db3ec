"""The gate before anything is installed: whether key, certificate and chain fit, and what clients would say.

The defects and what Postfix 3.7 and Dovecot 2.3 do with each were measured; both programs' own checks accept them all.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.services.tls.facts import (
    WEAK_HASHES,
    common_name,
    covers,
    facts,
    is_ca,
    is_self_signed,
    issued_by,
    names_of,
    public_key,
    spki,
)
from mailtui.services.tls.pile import Item, certificates, read_pile
from mailtui.text import clean

ROOTS = Path("/etc/ssl/certs/ca-certificates.crt")
_SMALLEST_RSA = 2048
_RARE = ("Ed25519", "Ed448", "DSA")
_A_THIRD, _A_SIXTH = 1 / 3, 1 / 6


def check(
    items: tuple[Item, ...],
    *,
    now: float,
    names: Sequence[str] = (),
    roots: Sequence[x509.Certificate] = (),
) -> tuple[Finding, ...]:
    """What is wrong with a chain and its key as they stand in their files; ``names`` are hosts it must stand for."""
    chain = certificates(items)
    subject = clean(", ".join(dict.fromkeys(item.source for item in items)))
    if not chain:
        return (gate_finding("no-certificate", subject),)
    return (
        *_keys(items, chain, subject),
        *_order(chain, subject, roots),
        *(finding for number, one in enumerate(chain, 1) for finding in _each(one, number, subject, now)),
        *_leaf(chain[0], subject, names, now),
    )


def trusted_roots() -> tuple[x509.Certificate, ...]:
    """The authorities this machine trusts; none where their file is not there."""
    try:
        return certificates(read_pile(ROOTS))
    except MailtuiError:
        return ()


def leaf_of(chain: Sequence[x509.Certificate]) -> x509.Certificate:
    """The certificate that issued none of the others; the first where that is not clear."""
    leaves = [one for one in chain if not any(other is not one and issued_by(other, one) for other in chain)]
    return next((one for one in leaves if not is_ca(one)), leaves[0] if leaves else chain[0])


def _keys(items: tuple[Item, ...], chain: Sequence[x509.Certificate], subject: str) -> Iterator[Finding]:
    keys = [item for item in items if item.kind == "key"]
    leaf = leaf_of(chain)
    if keys and not any(spki(key.content) == spki(leaf) for key in keys):
        yield gate_finding("mismatch", subject, spki=spki(leaf))
    if any(key.encrypted for key in keys):
        yield gate_finding("encrypted", subject)
    sources = {item.source for item in items if item.kind == "certificate"}
    if len({item.source for item in items}) > 1 and any(key.source in sources for key in keys):
        yield gate_finding("key-inside", subject)


def _order(chain: Sequence[x509.Certificate], subject: str, roots: Sequence[x509.Certificate]) -> Iterator[Finding]:
    if leaf_of(chain) is not chain[0]:
        yield gate_finding("reversed", subject)
        return
    for number, (one, issuer) in enumerate(itertools.pairwise(chain), 2):
        if issuer in chain[: number - 1]:
            yield gate_finding("twice", subject, number=number)
            return
        if not issued_by(one, issuer):
            yield gate_finding("order", subject, number=number)
            return
    last = chain[-1]
    if is_self_signed(last):
        if len(chain) > 1:
            yield gate_finding("root", subject)
    elif roots and not any(last.issuer == root.subject and issued_by(last, root) for root in roots):
        yield gate_finding("missing", subject, issuer=clean(last.issuer.rfc4514_string()))


def _each(one: x509.Certificate, number: int, subject: str, now: float) -> Iterator[Finding]:
    told = facts(one)
    if told.ends <= now:
        yield gate_finding("expired", subject, number=number, date=_day(told.ends))
    if told.starts > now:
        yield gate_finding("early", subject, number=number, date=_day(told.starts))
    key = public_key(one)
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < _SMALLEST_RSA:
        yield gate_finding("weak-key", subject, number=number, key=told.key)
    hashed = _hash(one)
    if hashed in WEAK_HASHES and not told.self_signed:
        yield gate_finding("weak-signature", subject, number=number, hash=hashed)


def _leaf(leaf: x509.Certificate, subject: str, names: Sequence[str], now: float) -> Iterator[Finding]:
    told = facts(leaf)
    if 0 < told.part_left(now) < _A_THIRD and told.starts <= now:
        late = told.part_left(now) < _A_SIXTH
        yield gate_finding("late" if late else "soon", subject, days=told.days_left(now))
    if told.key.startswith(_RARE):
        yield gate_finding("rare-key", subject, key=told.key)
    own = names_of(leaf)
    if not own:
        yield gate_finding("no-names", subject, name=common_name(leaf) or "nothing")
    missing = [name for name in names if own and not covers(name, own)]
    if missing:
        yield gate_finding("names", subject, missing=clean(", ".join(missing)))
    if told.self_signed:
        yield gate_finding("self-signed", subject)
    elif told.is_ca:
        yield gate_finding("ca", subject)
    if not _for_servers(leaf):
        yield gate_finding("purpose", subject)


def _for_servers(leaf: x509.Certificate) -> bool:
    """Whether its extended key usage, where it has one, allows a server to show it (RFC 5280, 4.2.1.12)."""
    try:
        usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return True
    return ExtendedKeyUsageOID.SERVER_AUTH in usage or ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in usage


def _hash(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except Exception:
        return ""
    return algorithm.name if algorithm else ""


def gate_finding(kind: str, subject: str, **words: object) -> Finding:
    """A finding of a kind in ``gate.json``, whose sentences ``words`` fill."""
    row = _rows()[kind]
    which = f".{words['number']}" if "number" in words else ""
    return Finding(
        f"cert.{kind}{which}:{subject}",
        row["severity"],
        "certificates",
        subject,
        row["title"].format_map(words),
        advice=row["advice"].format_map(words),
    )


def _day(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d")


@cache
def _rows() -> dict[str, Any]:
    rows: dict[str, Any] = json.loads(files(__package__).joinpath("gate.json").read_text(encoding="utf-8"))
    return rows
