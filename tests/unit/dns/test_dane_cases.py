"""Hundreds of TLSA records, each set against a chain that is served; see ``test_cases`` and ``cases/dane.toml``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mailtui.services.dns.hosts.mx import exchangers
from mailtui.services.dns.policy import dane
from mailtui.services.dns.policy.serving import Shown
from mailtui.services.dns.sender import Sender
from mailtui.services.tls.probe import Ask, Served
from tests.support.dns_cases import DOMAIN, by_kind, cases, zone_of
from tests.support.dns_server import dns_server
from tests.unit.tls.authority import issue

V4, HOST = "198.51.99.10", f"mx.{DOMAIN}"
US = Sender(HOST, HOST, (V4,))
LONG = (-9000, 9000)
ROOT = issue("Root", ca=True, days=LONG)
MIDDLE = issue("Middle", ROOT, ca=True, days=LONG)
PAIRS = {
    "root": ROOT,
    "middle": MIDDLE,
    "leaf": issue(HOST, MIDDLE, names=(HOST,), days=LONG),
    "other": issue("other", MIDDLE, names=("other.example",), days=LONG),
    "past": issue(HOST, MIDDLE, names=(HOST,), days=(-9000, -8000)),
    "future": issue(HOST, MIDDLE, names=(HOST,), days=(8000, 9000)),
    "own": issue(HOST, names=(HOST,), days=LONG),
    "next": issue(HOST, MIDDLE, names=(HOST,), days=LONG),
}
HASHES: dict[str, Callable[[bytes], bytes]] = {
    "0": lambda data: data,
    "1": lambda data: hashlib.sha256(data).digest(),
    "2": lambda data: hashlib.sha512(data).digest(),
}


def whole(name: str, selector: str) -> bytes:
    """The bytes of a certificate (0), or of its key."""
    certificate = PAIRS[name].certificate
    if selector == "0":
        return certificate.public_bytes(Encoding.DER)
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def data_of(record: str) -> str:
    """A record with the name of a certificate, and perhaps what is wrong with its data, as it is published."""
    usage, selector, matching, named = record.split()
    name, _, fault = named.partition("/")
    if name not in PAIRS:
        return record
    right = HASHES.get(matching, HASHES["1"])(whole(name, fault if fault in ("0", "1") else selector))
    faulty = {
        "bit": bytes([right[0] ^ 1]) + right[1:],
        "256": hashlib.sha256(whole(name, selector)).digest(),
        "pem": hashlib.sha256(PAIRS[name].pem).digest(),
        "twice": hashlib.sha256(right.hex().encode()).digest(),
    }.get(fault, right)
    text = faulty.hex().upper() if fault == "upper" else faulty.hex()
    return f"{usage} {selector} {matching} {text}"


def shown(chain: str) -> Shown:
    """The mail server with this chain."""
    ask = Ask(V4, 25, "smtp", HOST)
    if chain == "none":
        return Shown(HOST, Served(ask, "no-starttls", "it does not offer STARTTLS"))
    ders = tuple(b"broken" if name == "broken" else whole(name, "0") for name in chain.split())
    return Shown(HOST, Served(ask, chain_der=ders, version="TLSv1.3"), lambda: (ROOT.certificate,))


def told_of(chain: str, lines: list[str], proven: tuple[str, ...] = ("*",), host: str = "mx") -> set[str]:
    zone = zone_of([f"@ MX 10 {host}.{DOMAIN}.", f"mx A {V4}", f"alias CNAME {HOST}.", *lines])
    with dns_server(zone, secure=proven) as server:
        resolver = server.resolver()
        found = dane.check(resolver, exchangers(resolver, DOMAIN), US, lambda _: shown(chain))
    return set(by_kind(found, "dane"))


@pytest.mark.parametrize(("told", "case"), cases("dane", "record"))
def test_what_is_told_of_tlsa_records(told: set[str], case: list[str]) -> None:
    chain, *records = case
    assert told_of(chain, [f"_25._tcp.mx TLSA {data_of(record)}" for record in records]) == told


@pytest.mark.parametrize(("told", "lines"), cases("dane", "place"))
def test_where_tlsa_records_are_found(told: set[str], lines: list[str]) -> None:
    split = [line.partition(" TLSA ") for line in lines]
    made = [
        f"{name} TLSA {data_of(record)}" if record.count(" ") == 3 else name + tlsa + record
        for name, tlsa, record in split
    ]
    assert told_of("leaf middle", made) == told


@pytest.mark.parametrize(("told", "case"), cases("dane", "proof"))
def test_tlsa_records_count_only_where_dnssec_proves_all(told: set[str], case: list[str]) -> None:
    proven, record, host = [*case, "mx"][:3]
    lines = [f"_25._tcp.{host} TLSA {data_of(record)}"] if record else []
    assert told_of("leaf middle", lines, tuple(proven.split()), host) == told
