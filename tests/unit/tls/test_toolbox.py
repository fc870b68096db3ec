"""What the toolbox makes, OpenSSL takes; keys are nobody else's from the first instant."""

from __future__ import annotations

import ipaddress
import ssl
import subprocess
from pathlib import Path
from typing import get_args

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from mailtui.host.errors import UsageError
from mailtui.services.tls.facts import covers, facts, names_of, spki
from mailtui.services.tls.gate import check
from mailtui.services.tls.pile import Item, PassphraseNeeded, parse_pile
from mailtui.services.tls.toolbox.chain import build
from mailtui.services.tls.toolbox.forms import Form, converted, key_pem
from mailtui.services.tls.toolbox.keys import KINDS, new_key
from mailtui.services.tls.toolbox.names import host_name
from mailtui.services.tls.toolbox.signing import request, self_signed
from tests.unit.tls.authority import LEAF, MIDDLE, NOW, ROOT, Pair, issue

TIME = NOW.timestamp()


def openssl(*words: str, data: bytes = b"") -> str:
    done = subprocess.run(["openssl", *words], input=data, capture_output=True, timeout=20, check=True)
    return (done.stdout + done.stderr).decode()


def pile(pair: Pair) -> tuple[Item, ...]:
    """A key, its certificate and the intermediate."""
    return parse_pile(pair.key_pem() + pair.pem + MIDDLE.pem, "f")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("rsa3072", "rsa4096")])
def test_a_key_of_each_kind_is_read_by_openssl_and_signs(kind: str, tmp_path: Path) -> None:
    key = new_key(kind)
    made = key_pem(key)
    assert made.mode == 0o600 and made.secret
    assert b"PRIVATE" not in repr(made).encode()
    assert "PUBLIC KEY" in openssl("pkey", "-pubout", data=made.data)
    signed = self_signed(key, ["mail.example"], 30, TIME)
    (tmp_path / "both").write_bytes(made.data + signed.public_bytes(serialization.Encoding.PEM))
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tmp_path / "both")


def test_no_other_kind() -> None:
    with pytest.raises(UsageError, match="no kind of key"):
        new_key("dsa")


def test_a_request_has_its_names_and_proves_its_key() -> None:
    key = new_key()
    made = request(key, ["Mail.Example.", "*.mx.example", "müller.example", "192.0.2.1", "[2001:db8::1]"])
    assert made.is_signature_valid and spki(made) == spki(key)
    assert list(names_of(made)) == [
        "mail.example",
        "*.mx.example",
        "xn--mller-kva.example",
        "192.0.2.1",
        str(ipaddress.ip_address("2001:db8::1")),
    ]
    text = openssl("req", "-noout", "-verify", "-text", data=made.public_bytes(serialization.Encoding.PEM))
    assert "DNS:mail.example" in text and "verify OK" in text


def test_a_request_after_a_certificate_keeps_subject_and_names() -> None:
    made = request(new_key(), like=LEAF.certificate)
    assert made.subject == LEAF.certificate.subject
    assert tuple(names_of(made)) == ("mail.example", "*.mx.example")
    again = request(new_key("rsa"), ["new.example"], like=made)
    assert again.subject == made.subject and tuple(names_of(again)) == ("new.example",)


def test_a_request_after_a_certificate_without_names_asks_for_its_cn() -> None:
    assert tuple(names_of(request(new_key(), like=issue("old.example").certificate))) == ("old.example",)


@pytest.mark.parametrize("name", ["", "a b", "-x.example", "a..b", "x" * 64 + ".example", "*", "a.*.example", "ü" * 80])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(UsageError):
        request(new_key(), [name])


@given(st.text(max_size=80))
def test_any_text_is_a_name_or_refused(text: str) -> None:
    try:
        name = host_name(text)
    except UsageError:
        return
    assert name.isascii() and covers(name.removeprefix("*."), [name.removeprefix("*.")])


def test_a_certificate_of_ones_own_passes_the_gate() -> None:
    key = new_key()
    signed = self_signed(key, ["mail.example"], 90, TIME)
    items = parse_pile(signed.public_bytes(serialization.Encoding.PEM) + key_pem(key).data, "f")
    found = {finding.id.split(":")[0] for finding in check(items, now=TIME, names=["mail.example"])}
    assert found == {"cert.self-signed"}
    told = facts(signed)
    assert told.days_left(TIME) == 90 and not told.is_ca
    with pytest.raises(UsageError):
        self_signed(key, ["mail.example"], 0, TIME)


@pytest.mark.parametrize("form", get_args(Form))
def test_every_form_and_back(form: Form) -> None:
    items = pile(LEAF)
    if form == "pkcs7":
        items = items[1:]
    if form == "der":
        items = items[1:2]
    made = converted(items, form)
    assert made.secret == (form in ("pem", "pkcs12"))
    again = parse_pile(made.data, "f")
    assert {spki(item.content) for item in again} == {spki(item.content) for item in items}


@pytest.mark.parametrize("old", [False, True])
def test_a_container_openssl_opens(old: bool, tmp_path: Path) -> None:
    made = converted(pile(LEAF), "pkcs12", b"word", old=old)
    file, word = tmp_path / "f.p12", tmp_path / "word"
    file.write_bytes(made.data)
    word.write_text("word\n")
    legacy = ("-legacy",) if old else ()
    text = openssl("pkcs12", "-in", str(file), "-passin", f"file:{word}", "-info", "-noout", *legacy)
    assert ("3-KeyTripleDES" in text) == old
    with pytest.raises(PassphraseNeeded):
        parse_pile(made.data, "f")


def test_a_passphrase_is_set_and_taken_off() -> None:
    (key,) = parse_pile(LEAF.key_pem(), "f")
    locked = converted([key], "pem", b"word").data
    assert b"ENCRYPTED PRIVATE KEY" in locked
    (opened,) = parse_pile(locked, "f", b"word")
    assert opened.encrypted
    assert converted([opened], "pem").data == LEAF.key_pem()


@pytest.mark.parametrize(
    ("form", "data"),
    [("der", LEAF.pem + MIDDLE.pem), ("pkcs7", LEAF.key_pem()), ("pkcs12", LEAF.key_pem()),
     ("pkcs12", MIDDLE.key_pem() + LEAF.pem), ("pkcs12", LEAF.key_pem() * 2 + LEAF.pem)],
    ids=["two certificates", "a key", "no certificate", "another's certificate", "two keys"],
)  # fmt: skip
def test_what_a_form_cannot_hold(form: Form, data: bytes) -> None:
    with pytest.raises(UsageError):
        converted(parse_pile(data, "f"), form)


def test_a_chain_out_of_any_pile() -> None:
    stranger = issue("stranger.example")
    heap = [ROOT.certificate, stranger.certificate, LEAF.certificate, MIDDLE.certificate, MIDDLE.certificate]
    for roots in ([], [ROOT.certificate]):
        chain = build(LEAF.certificate, heap, roots, TIME)
        assert chain.certificates == (LEAF.certificate, MIDDLE.certificate)
        assert chain.root == ROOT.certificate and chain.missing == ""
        assert chain.left_over == (ROOT.certificate, stranger.certificate)
    assert parse_pile(chain.pem, "f")[1].content == MIDDLE.certificate


def test_a_chain_without_its_intermediate_names_it() -> None:
    chain = build(LEAF.certificate, [ROOT.certificate], [ROOT.certificate], TIME)
    assert chain.certificates == (LEAF.certificate,) and chain.missing == "CN=Middle"


def test_of_two_ways_the_one_that_is_valid_is_taken() -> None:
    """AddTrust's story: a cross-signed root that expired stands in the pile."""
    other = issue("Other Root", ca=True, days=(-1000, 1000))
    crossed = issue("Root", other, ca=True, days=(-900, -1), key=ROOT.key)
    expired = issue("Middle", ROOT, ca=True, days=(-900, -1), key=MIDDLE.key)
    heap = [crossed.certificate, expired.certificate, other.certificate, MIDDLE.certificate, ROOT.certificate]
    chain = build(LEAF.certificate, heap, [], TIME)
    assert chain.certificates == (LEAF.certificate, MIDDLE.certificate) and chain.root == ROOT.certificate


def test_certificates_that_issue_each_other_come_to_an_end() -> None:
    one, two = issue("One", ca=True), issue("Two", ca=True)
    first, second = issue("One", two, ca=True, key=one.key), issue("Two", one, ca=True, key=two.key)
    leaf = issue("leaf.example", first)
    chain = build(leaf.certificate, [first.certificate, second.certificate], [], TIME)
    assert chain.certificates == (leaf.certificate, first.certificate, second.certificate)
    assert chain.root is None
