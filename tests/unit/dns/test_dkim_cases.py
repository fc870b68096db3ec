"""Hundreds of published keys, each set against the key on disk; see ``test_cases`` and ``cases/dkim.toml``."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mailtui.services.dns.dkim.check import check
from mailtui.services.dns.dkim.keys import encoded
from mailtui.services.dns.dkim.signers import Signers, Signing
from tests.support.dns_cases import DOMAIN, by_kind, cases, zone_of
from tests.support.dns_server import dns_server
from tests.unit.dns.test_dkim import ed_as_spki, ed_p, of_curve, p, pkcs1, rsa_key, written

SIZES = (512, 768, 1023, 1024, 1536, 2047, 2048, 3072, 4096)


def of_size(bits: int) -> str:
    """A public key of this size, which belongs to nobody."""
    return encoded(rsa.RSAPublicNumbers(65537, (1 << (bits - 1)) + 12345).public_key())


@cache
def words() -> dict[str, str]:
    """What stands for the names in the texts of the cases."""
    good = p()
    private = rsa_key().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return {
        "record": f"v=DKIM1; p={good}",
        "p": good,
        "head": good[:100],
        "tail": good[100:],
        "headless": good[1:],
        "less4": good[:40] + good[44:],
        "cut": good[:240],
        "urlsafe": "-_" + good[2:],
        "hex": base64.b64decode(good).hex(),
        "pkcs1": pkcs1(),
        "private": base64.b64encode(private).decode(),
        "ed": ed_p(),
        "edspki": ed_as_spki(),
        "curve": of_curve(),
        **{f"rsa{bits}": of_size(bits) for bits in SIZES},
    }


def filled(text: str) -> str:
    for name, word in words().items():
        text = text.replace(f"{{{name}}}", word)
    return text


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("keys") / "s1.private", rsa_key())


def told_of(lines: list[str], key: Path) -> set[str]:
    signers = Signers((Signing(DOMAIN, "s1", "OpenDKIM, /etc/opendkim.conf", key),))
    with dns_server(zone_of([filled(line) for line in lines])) as server:
        return set(by_kind(check(server.resolver(), DOMAIN, signers), "dkim"))


@pytest.mark.parametrize(("told", "texts"), cases("dkim", "record"))
def test_what_is_told_of_a_published_key(told: set[str], texts: list[str], key_file: Path) -> None:
    assert told_of([f"s1._domainkey TXT {text}" for text in texts], key_file) == told


@pytest.mark.parametrize(("told", "lines"), cases("dkim", "place"))
def test_where_a_key_is_found(told: set[str], lines: list[str], key_file: Path) -> None:
    assert told_of(lines, key_file) == told
