"""Files that look right and are not: what is said of them, and that OpenSSL, which both servers use, agrees."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
)
from hypothesis import given
from hypothesis import strategies as st

from mailtui.host.errors import HostError
from mailtui.services.tls.facts import spki
from mailtui.services.tls.gate_text import check_bytes, check_file
from mailtui.services.tls.pile import PassphraseNeeded
from tests.unit.tls.authority import LEAF, MIDDLE

CHAIN = LEAF.pem + MIDDLE.pem
_BEGIN = b"-----BEGIN CERTIFICATE-----\n"


def body(change: Callable[[bytes], bytes]) -> bytes:
    """The leaf with its base64 changed."""
    inner = LEAF.pem.split(_BEGIN)[1].split(b"-----END")[0]
    return LEAF.pem.replace(inner, change(inner))


REFUSED = {
    "empty": b" \n",
    "utf-16": CHAIN.decode().encode("utf-16"),
    "der": LEAF.certificate.public_bytes(Encoding.DER),
    "pkcs7": pkcs7.serialize_certificates([LEAF.certificate, MIDDLE.certificate], Encoding.PEM),
    "truncated": LEAF.pem[:-40],
    "glued": LEAF.pem.strip() + MIDDLE.pem,
    "gap": body(lambda inner: inner.replace(b"\n", b"\n\n", 1)),
    "indented": b"\n".join(b" " + line for line in LEAF.pem.splitlines()) + b"\n",
    "unreadable": b"no certificate at all\n",
}
FINE = {
    "as it is": CHAIN,
    "byte order mark": b"\xef\xbb\xbf" + CHAIN,
    "CRLF": CHAIN.replace(b"\n", b"\r\n"),
    "blank lines between": CHAIN.replace(b"-----BEGIN", b"\n \n-----BEGIN"),
    "no newline at the end": CHAIN.rstrip(),
    "blanks at line ends": CHAIN.replace(b"\n", b"  \n"),
    "text before": b"Certificate:\n    Data:\n" + CHAIN,
    "one long line": body(lambda inner: inner.replace(b"\n", b"") + b"\n"),
    "blanks inside": body(lambda inner: inner.replace(b"M", b" M", 2)),
}
KEYS = {
    "PKCS#8": LEAF.key_pem(),
    "SEC1": LEAF.key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
}


def loads(chain: bytes, folder: Path, key: bytes = LEAF.key_pem()) -> bool:
    """Whether OpenSSL takes it with the leaf's key."""
    (folder / "chain").write_bytes(chain)
    (folder / "key").write_bytes(key)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(folder / "chain", folder / "key")
    except ssl.SSLError:
        return False
    return True


@pytest.mark.parametrize("kind", REFUSED)
def test_what_openssl_refuses_is_an_error(kind: str, tmp_path: Path) -> None:
    items, found = check_bytes(REFUSED[kind], "f")
    assert [finding.id for finding in found] == [f"cert.{kind}:f"]
    assert found[0].severity == "error" and found[0].advice
    assert not loads(REFUSED[kind], tmp_path)
    if kind in ("utf-16", "der", "pkcs7", "glued", "gap", "indented"):
        assert spki(LEAF.certificate) in {spki(item.content) for item in items}, "it can be mended from what is in it"


@pytest.mark.parametrize("kind", FINE)
def test_what_openssl_takes_is_none(kind: str, tmp_path: Path) -> None:
    items, found = check_bytes(FINE[kind], "f")
    assert found == () and spki(items[0].content) == spki(LEAF.certificate)
    assert loads(FINE[kind], tmp_path)


@pytest.mark.parametrize("kind", KEYS)
def test_keys_in_every_form_openssl_writes_are_taken(kind: str, tmp_path: Path) -> None:
    for data in (KEYS[kind], KEYS[kind].replace(b"\n", b"\r\n")):
        assert check_bytes(data, "f")[1] == ()
        assert loads(CHAIN, tmp_path, data)


def test_a_trusted_certificate_is_dovecots_trouble_alone() -> None:
    data = LEAF.pem.replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE")
    (finding,) = check_bytes(data, "f")[1]
    assert (finding.id, finding.severity) == ("cert.trusted:f", "warning")


def test_an_old_keys_headers_are_no_gap() -> None:
    locked = LEAF.key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"word"))
    assert b"Proc-Type" in locked
    with pytest.raises(PassphraseNeeded):
        check_bytes(locked, "f")
    items, found = check_bytes(locked, "f", b"word")
    assert found == () and items[0].encrypted


def test_a_file_that_is_not_there_or_is_none(tmp_path: Path) -> None:
    (absent,), (folder,) = check_file(tmp_path / "none")[1], check_file(tmp_path)[1]
    assert absent.id.startswith("cert.absent:") and str(tmp_path) not in absent.title
    assert folder.id.startswith("cert.unreadable:") and str(tmp_path) not in folder.title


@given(st.binary(max_size=200))
def test_no_bytes_break_it(data: bytes) -> None:
    try:
        items, found = check_bytes(data, "f")
    except HostError:
        return
    assert items or found
