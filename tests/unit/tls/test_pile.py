"""Any file of certificates and keys is read, and no bytes do harm."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtui.host.errors import HostError
from mailtui.services.tls.facts import describe, spki
from mailtui.services.tls.pile import PassphraseNeeded, parse_pile
from tests.unit.tls.authority import LEAF, MIDDLE, NOW

DER = serialization.Encoding.DER


def containers() -> dict[str, tuple[bytes, list[str]]]:
    """Files by form, with what they hold."""
    both = [LEAF.certificate, MIDDLE.certificate]
    return {
        "pem": (LEAF.pem + MIDDLE.pem + LEAF.key_pem(), ["certificate", "certificate", "key"]),
        "text around": (b"\xef\xbb\xbfSubject: x\r\n" + LEAF.pem.replace(b"\n", b"\r\n") + b"bye", ["certificate"]),
        "der": (LEAF.certificate.public_bytes(DER), ["certificate"]),
        "pkcs7 der": (pkcs7.serialize_certificates(both, DER), ["certificate", "certificate"]),
        "pkcs7 pem": (
            pkcs7.serialize_certificates(both, serialization.Encoding.PEM),
            ["certificate", "certificate"],
        ),
    }


@pytest.mark.parametrize("form", containers())
def test_every_form_is_read(form: str) -> None:
    data, expected = containers()[form]
    assert [item.kind for item in parse_pile(data, "file")] == expected


def test_a_container_with_a_passphrase() -> None:
    locked = serialization.BestAvailableEncryption(b"word")
    data = pkcs12.serialize_key_and_certificates(b"n", LEAF.key, LEAF.certificate, [MIDDLE.certificate], locked)
    with pytest.raises(PassphraseNeeded, match="needs its passphrase"):
        parse_pile(data, "f")
    with pytest.raises(PassphraseNeeded, match="wrong"):
        parse_pile(data, "f", b"other")
    key, leaf, middle = parse_pile(data, "f", b"word")
    assert spki(key.content) == spki(leaf.content) != spki(middle.content)


def test_a_private_key_is_described_without_itself() -> None:
    (item,) = parse_pile(LEAF.key_pem(), "f")
    told = "\n".join(describe(item, NOW.timestamp()))
    assert "EC secp256r1" in told
    secret = LEAF.key.private_numbers().private_value  # type: ignore[union-attr]
    assert f"{secret:x}" not in told
    assert str(secret) not in told


@given(st.binary(max_size=300))
def test_no_bytes_break_it(data: bytes) -> None:
    with pytest.raises(HostError):
        parse_pile(data, "f")


@settings(max_examples=400)
@given(st.data())
def test_no_flipped_bit_breaks_it(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from([LEAF.certificate.public_bytes(DER), LEAF.pem, LEAF.key_pem()])))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        for item in parse_pile(bytes(whole), "f"):
            describe(item, NOW.timestamp())
    except HostError:
        pass


def test_pkcs7_that_is_not_sorted_is_read_without_a_word(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    """As openssl crl2pkcs7 writes it."""
    both = sorted([LEAF, MIDDLE], key=lambda pair: pair.certificate.public_bytes(DER), reverse=True)
    (tmp_path / "chain").write_bytes(b"".join(pair.pem for pair in both))
    words = ["openssl", "crl2pkcs7", "-nocrl", "-certfile", str(tmp_path / "chain"), "-outform", "DER"]
    made = subprocess.run(words, capture_output=True, timeout=20, check=True)
    assert len(parse_pile(made.stdout, "f")) == 2
    assert not recwarn.list
