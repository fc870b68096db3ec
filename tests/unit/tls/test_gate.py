"""Each defect that Postfix or Dovecot serve without a word, or refuse without saying why."""

from __future__ import annotations

import subprocess
import time
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from mailtui.findings import worst
from mailtui.services.tls.facts import is_self_signed, issued_by
from mailtui.services.tls.gate import check
from mailtui.services.tls.pile import certificates, parse_pile
from tests.unit.tls.authority import LEAF, MIDDLE, NOW, ROOT, Pair, issue

ROOTS = (ROOT.certificate,)


def kinds(*files: bytes, names: tuple[str, ...] = ("mail.example",), passphrase: bytes | None = None) -> set[str]:
    """The kinds of findings about these files."""
    items = tuple(item for number, data in enumerate(files) for item in parse_pile(data, f"file{number}", passphrase))
    found = check(items, now=NOW.timestamp(), names=names, roots=ROOTS)
    return {finding.id.split(":")[0].removeprefix("cert.") for finding in found}


def test_a_whole_chain_with_its_key_is_sound() -> None:
    assert kinds(LEAF.pem + MIDDLE.pem, LEAF.key_pem()) == set()


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ((MIDDLE.pem + LEAF.pem, LEAF.key_pem()), "reversed"),
        ((LEAF.pem + MIDDLE.pem + ROOT.pem,), "root"),
        ((LEAF.pem,), "missing"),
        ((LEAF.pem + ROOT.pem,), "order.2"),
        ((LEAF.pem + MIDDLE.pem, MIDDLE.key_pem()), "mismatch"),
        ((LEAF.key_pem(),), "no-certificate"),
        ((LEAF.pem + MIDDLE.pem + LEAF.key_pem(), LEAF.key_pem()), "key-inside"),
        ((MIDDLE.pem,), "ca"),
        ((ROOT.pem,), "self-signed"),
        ((LEAF.pem + MIDDLE.pem + LEAF.pem + MIDDLE.pem,), "twice.3"),
        ((LEAF.pem + MIDDLE.pem + issue("stranger.example").pem,), "order.3"),
    ],
)
def test_what_is_in_the_files(files: tuple[bytes, ...], kind: str) -> None:
    assert kind in kinds(*files)


def leaf(**more: object) -> Pair:
    """A leaf of the intermediate, with something wrong."""
    return issue("mail.example", MIDDLE, **{"names": ("mail.example",), **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pair", "kind"),
    [
        (leaf(days=(-90, -1)), "expired.1"),
        (leaf(days=(1, 90)), "early.1"),
        (leaf(days=(-70, 20)), "soon"),
        (leaf(days=(-80, 10)), "late"),
        (leaf(days=(-6, 1)), "late"),
        (leaf(names=()), "no-names"),
        (leaf(names=("other.example",)), "names"),
        (leaf(key=rsa.generate_private_key(65537, 1024)), "weak-key.1"),
        (leaf(key=ed25519.Ed25519PrivateKey.generate()), "rare-key"),
    ],
)
def test_what_is_in_the_leaf(pair: Pair, kind: str) -> None:
    assert kind in kinds(pair.pem + MIDDLE.pem, pair.key_pem())


def test_an_expired_intermediate_is_found_even_where_another_path_verifies() -> None:
    old = issue("Middle", ROOT, ca=True, days=(-900, -1), key=MIDDLE.key)
    assert "expired.2" in kinds(LEAF.pem + old.pem)


@pytest.mark.parametrize(
    ("usages", "refused"),
    [
        ([ExtendedKeyUsageOID.SERVER_AUTH], False),
        ([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH], False),
        ([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE], False),
        ([ExtendedKeyUsageOID.CLIENT_AUTH], True),
        ([ExtendedKeyUsageOID.EMAIL_PROTECTION], True),
    ],
)
def test_a_certificate_for_something_else(usages: list[x509.ObjectIdentifier], refused: bool) -> None:
    pair = leaf(usages=usages)
    assert ("purpose" in kinds(pair.pem + MIDDLE.pem)) == refused


def test_a_wildcard_stands_for_one_label() -> None:
    assert kinds(LEAF.pem + MIDDLE.pem, names=("a.mx.example",)) == set()
    assert "names" in kinds(LEAF.pem + MIDDLE.pem, names=("a.b.mx.example",))
    assert "names" in kinds(LEAF.pem + MIDDLE.pem, names=("mx.example",))


def test_a_short_life_is_judged_by_its_own_length() -> None:
    six_days = leaf(days=(-1, 5))
    assert "soon" not in kinds(six_days.pem + MIDDLE.pem)


def test_an_encrypted_key_is_told_before_postfix_meets_it() -> None:
    assert "encrypted" in kinds(LEAF.pem + MIDDLE.pem, LEAF.key_pem(b"word"), passphrase=b"word")


def test_expired_is_worse_than_a_root_too_many() -> None:
    items = parse_pile(LEAF.pem + MIDDLE.pem + ROOT.pem, "f")
    assert worst(check(items, now=NOW.timestamp(), roots=ROOTS)) == "notice"
    later = (NOW + timedelta(days=365)).timestamp()
    assert worst(check(items, now=later, roots=ROOTS)) == "error"


@pytest.mark.parametrize(("kind", "digest"), [("rsa:2048", "sha1"), ("rsa:2048", "md5"), ("ec", "sha1")])
def test_signatures_of_long_ago(kind: str, digest: str, tmp_path: Path) -> None:
    """A root signed by itself with an old hash does no harm; a leaf signed so is accepted by nobody."""
    key = (
        ("-newkey", kind, "-nodes")
        if kind != "ec"
        else ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    )
    root, leaf_file, request = tmp_path / "root", tmp_path / "leaf", tmp_path / "csr"
    openssl("req", "-x509", *key, "-keyout", f"{root}.key", "-out", str(root), "-subj", "/CN=Old Root", f"-{digest}")
    names = ("-subj", "/CN=mail.example", "-addext", "subjectAltName=DNS:mail.example")
    openssl("req", *key, "-keyout", f"{leaf_file}.key", "-out", str(request), *names)
    signed = ("-CA", str(root), "-CAkey", f"{root}.key", f"-{digest}", "-copy_extensions", "copyall")
    openssl("x509", "-req", "-in", str(request), *signed, "-out", str(leaf_file))
    items = parse_pile(leaf_file.read_bytes() + root.read_bytes(), "f")
    old_root, leaf_itself = certificates(items)[1], certificates(items)[0]
    assert is_self_signed(old_root) and issued_by(leaf_itself, old_root) and not issued_by(old_root, leaf_itself)
    found = {finding.id for finding in check(items, now=time.time())}
    assert "cert.weak-signature.1:f" in found and "cert.root:f" in found
    assert not any(word in one for one in found for word in ("order", "reversed", "weak-signature.2"))
    assert not issued_by(LEAF.certificate, old_root)


def openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], capture_output=True, timeout=20, check=True)
