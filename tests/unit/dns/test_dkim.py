"""DKIM: the key that is published against the key on disk, and everything that can befall a record on its way."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from mailtui.findings import Finding
from mailtui.services.dns.dkim.check import check
from mailtui.services.dns.dkim.keys import encoded, record_of
from mailtui.services.dns.dkim.record import DkimFlaw, parse
from mailtui.services.dns.dkim.signers import Signers, Signing
from tests.support.dns_server import Zone, dns_server

NAME = "s1._domainkey.d.example"


@cache
def made(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return made(bits)


@cache
def ed_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


def p(bits: int = 2048) -> str:
    return encoded(rsa_key(bits).public_key())


def ed_p() -> str:
    return encoded(ed_key().public_key())


def tiny() -> str:
    """A key of 768 bits, which nobody makes any more."""
    numbers = rsa.RSAPublicNumbers(65537, (1 << 767) + 12345)
    return base64.b64encode(numbers.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def pkcs1() -> str:
    return base64.b64encode(rsa_key().public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)).decode()


def ed_as_spki() -> str:
    return base64.b64encode(
        ed_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode()


def of_curve() -> str:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return written(tmp_path / "s1.private", rsa_key())


def written(path: Path, key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey, mode: int = 0o600) -> Path:
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(mode)
    return path


def txt(text: str) -> str:
    parts = [text[at : at + 200] for at in range(0, len(text), 200)]
    return " ".join('"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in parts)


def kinds(zone: Zone, key: Path | None, domain: str = "d.example", signer: str = "d.example") -> dict[str, Finding]:
    signers = Signers((Signing(signer, "s1", "OpenDKIM, /etc/opendkim.conf", key),))
    with dns_server({"d.example": {"A": ["192.0.2.1"]}, **zone}) as server:
        found = check(server.resolver(), domain, signers)
    assert len({finding.id for finding in found}) == len(found)
    return {finding.id.split(":")[0].removeprefix("dns.dkim."): finding for finding in found}


RECORDS: list[tuple[str, set[str]]] = [
    ("v=DKIM1; k=rsa; p={p}", {"same"}),
    ("v=DKIM1;k=rsa;p={p};", {"same"}),
    ("v=DKIM1; p={p}", {"same"}),
    ("p={p}", {"same"}),
    ("k=rsa; p={p}", {"same"}),
    ("v=DKIM1; h=sha256; k=rsa; s=email; p={p}; n=note", {"same"}),
    ("v=DKIM1; h=sha1:sha256; s=*; p={p}", {"same"}),
    ("v=DKIM1; t=s; p={p}", {"same"}),
    ("v=DKIM1; p={spaced}", {"same"}),
    ("v=DKIM1; p={pkcs1}", {"same"}),
    ("v=DKIM1; unknown=1; p={p}", {"same"}),
    ("v=DKIM1; t=y; p={p}", {"same", "testing"}),
    ("v=DKIM1; t=y:s; p={p}", {"same", "testing"}),
    ("v=DKIM1; h=sha1; p={p}", {"same", "hashes"}),
    ("v=DKIM1; s=chat; p={p}", {"same", "services"}),
    ("v=DKIM1; p={other}", {"differs", "short"}),
    ("v=DKIM1; p={tiny}", {"differs", "tiny"}),
    ("v=DKIM1; k=ed25519; p={ed}", {"differs"}),
    ("v=DKIM1; p=", {"revoked"}),
    ("v=DKIM1; p", {"no-key"}),
    ("v=DKIM1; k=rsa", {"no-key"}),
    ("v=DKIM1", {"no-key"}),
    ("hello", {"no-key"}),
    ("v=spf1 -all", {"version"}),
    ("v=DKIM2; p={p}", {"version"}),
    ("v=dkim1; p={p}", {"version"}),
    ("k=rsa; v=DKIM1; p={p}", {"version"}),
    ('"v=DKIM1; p={p}"', {"quoted"}),
    ('v=DKIM1; p={head}" "{tail}', {"quoted"}),
    ("v=DKIM1\\; p={p}", {"quoted"}),
    ("v=DKIM1; p={lost}", {"unreadable"}),
    ("v=DKIM1; p={head}", {"unreadable"}),
    ("v=DKIM1; p={head}...{tail}", {"unreadable"}),
    ("v=DKIM1; p=-----BEGIN PUBLIC KEY-----{p}-----END PUBLIC KEY-----", {"unreadable"}),
    ("v=DKIM1; p=AAAA", {"unreadable"}),
    ("v=DKIM1; k=dsa; p={p}", {"unreadable"}),
    ("v=DKIM1; k=ed25519; p={p}", {"unreadable"}),
    ("v=DKIM1; k=ed25519; p={ed_spki}", {"unreadable"}),
    ("v=DKIM1; p={ed}", {"unreadable"}),
    ("v=DKIM1; p={curve}", {"unreadable"}),
]


@pytest.mark.parametrize(("record", "told"), RECORDS, ids=[record for record, _ in RECORDS])
def test_what_is_told_of_a_record(record: str, told: set[str], key_file: Path) -> None:
    good = p()
    text = record.format(
        p=good,
        spaced=" ".join(good[at : at + 64] for at in range(0, len(good), 64)),
        pkcs1=pkcs1(),
        other=p(1024),
        tiny=tiny(),
        ed=ed_p(),
        ed_spki=ed_as_spki(),
        curve=of_curve(),
        head=good[:101],
        tail=good[101:],
        lost=good[:50] + good[51:],
    )
    assert set(kinds({NAME: {"TXT": [txt(text)]}}, key_file)) == told


@pytest.mark.parametrize(
    ("fate", "told"),
    [
        ("NXDOMAIN", "unpublished"),
        ("SERVFAIL", "dns.any.unknown-servfail"),
        ("TIMEOUT", "dns.any.unknown-timeout"),
        ("REFUSED", "dns.any.unknown-failed"),
    ],
)
def test_each_fate_of_the_question_is_told_apart(fate: str, told: str, key_file: Path) -> None:
    assert set(kinds({NAME: fate}, key_file)) == {told}


def test_a_name_without_a_text_has_no_key(key_file: Path) -> None:
    found = kinds({NAME: {"A": ["192.0.2.1"]}}, key_file)
    assert set(found) == {"unpublished"}
    assert found["unpublished"].fix == ("mailtui", "dns", "records", "d.example")
    assert str(key_file) in " ".join(found["unpublished"].evidence)


def test_a_record_with_the_domain_twice_is_found(key_file: Path) -> None:
    zone: Zone = {f"{NAME}.d.example": {"TXT": [txt(f"v=DKIM1; p={p()}")]}}
    assert set(kinds(zone, key_file)) == {"misplaced"}


def test_a_key_behind_an_alias_is_a_key(key_file: Path) -> None:
    zone: Zone = {NAME: {"CNAME": ["key.esp.example."]}, "key.esp.example": {"TXT": [txt(f"v=DKIM1; p={p()}")]}}
    assert set(kinds(zone, key_file)) == {"same"}


def test_two_records_are_chance(key_file: Path) -> None:
    assert set(kinds({NAME: {"TXT": [txt(f"v=DKIM1; p={p()}"), '"v=DKIM1; p="']}}, key_file)) == {"several"}


def published() -> Zone:
    return {NAME: {"TXT": [txt(record_of(rsa_key().public_key()))]}}


def test_the_record_made_from_a_key_is_the_one_that_is_the_same(tmp_path: Path, key_file: Path) -> None:
    assert set(kinds(published(), key_file)) == {"same"}
    ed = written(tmp_path / "ed", ed_key())
    assert set(kinds({NAME: {"TXT": [txt(record_of(ed_key().public_key()))]}}, ed)) == {"same", "ed25519-alone"}


def test_a_key_file_that_is_gone_or_no_key(tmp_path: Path) -> None:
    assert set(kinds(published(), tmp_path / "none")) == {"key-unreadable", "uncompared"}
    broken = tmp_path / "broken"
    broken.write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    assert set(kinds(published(), broken)) == {"key-unreadable", "uncompared"}
    broken.write_bytes(rsa_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    assert set(kinds(published(), broken)) == {"key-unreadable", "uncompared"}


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602])
def test_a_key_for_everybody(tmp_path: Path, mode: int) -> None:
    assert set(kinds(published(), written(tmp_path / "k", rsa_key(), mode))) == {"key-open", "same"}


def test_a_key_known_from_the_log_alone_is_not_compared() -> None:
    assert set(kinds(published(), None)) == {"uncompared"}


def test_nobody_signs_and_no_selector_is_guessed() -> None:
    with dns_server({"default._domainkey.d.example": {"TXT": ['"p="']}}) as server:
        found = check(server.resolver(), "d.example", Signers((), ("/etc/opendkim.conf: no permission",)))
        assert not any("_domainkey" in name for name, _ in server.asked)
    assert [finding.id for finding in found] == ["dns.dkim.no-signer:d.example"]
    assert found[0].evidence == ("/etc/opendkim.conf: no permission",)


@pytest.mark.parametrize(("adkim", "told"), [("r", "parent"), ("s", "unaligned")])
def test_a_signature_of_the_organization_stands_for_a_subdomain(key_file: Path, adkim: str, told: str) -> None:
    zone: Zone = {"_dmarc.d.example": {"TXT": [f'"v=DMARC1; p=reject; adkim={adkim}"']}}
    assert set(kinds(zone, key_file, domain="sub.d.example")) == {told}


@given(st.text(max_size=120))
def test_any_text_is_a_key_or_has_a_flaw(text: str) -> None:
    try:
        parse(text)
    except DkimFlaw as flaw:
        assert flaw.kind in {"quoted", "version", "no-key", "revoked", "unreadable"}
