"""Every defect a certificate file can have: what Postfix and Dovecot then serve, and that the inventory knows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.probe import Served, served
from mailtui.services.tls.serving import Serving
from mailtui.services.tls.serving.drift import drift_findings
from tests.support.waiting import until
from tests.unit.tls.authority import LEAF, MIDDLE, ROOT, Pair, issue

NAME = "mail.example"


def text(*pairs: Pair) -> bytes:
    return b"".join(pair.pem for pair in pairs)


def one_line(pem: bytes) -> bytes:
    head, *body, tail, _ = pem.split(b"\n")
    return b"\n".join([head, b"".join(body), tail, b""])


def sec1(pair: Pair) -> bytes:
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return pair.key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


@dataclass(frozen=True)
class Defect:
    """Certificate and key file; whether each program serves it; what the inventory must say."""

    certificate: bytes
    key: bytes = LEAF.key_pem()
    postfix: bool = True
    dovecot: bool = True
    finding: str = ""


def leaf(**options: object) -> Pair:
    return issue(NAME, MIDDLE, **{"names": (NAME,), **options})  # type: ignore[arg-type]


WHOLE = text(LEAF, MIDDLE)
SMALL = leaf(key=rsa.generate_private_key(65537, 1024))
ODD = leaf(key=ed25519.Ed25519PrivateKey.generate())
OVER, EARLY, NAMELESS = leaf(days=(-90, -1)), leaf(days=(1, 90)), leaf(names=())
OLD_MIDDLE = issue("Middle", ROOT, ca=True, days=(-500, -1), key=MIDDLE.key)

DEFECTS = {
    "fine": Defect(WHOLE),
    "reversed": Defect(text(MIDDLE, LEAF), postfix=False, dovecot=False, finding="cert.reversed"),
    "root at the end": Defect(text(LEAF, MIDDLE, ROOT), finding="cert.root"),
    "leaf only": Defect(text(LEAF), finding="cert.missing"),
    "leaf and root": Defect(text(LEAF, ROOT), finding="cert.order"),
    "byte order mark": Defect(b"\xef\xbb\xbf" + WHOLE),
    "crlf": Defect(WHOLE.replace(b"\n", b"\r\n")),
    "blank lines between, none at the end": Defect(WHOLE.replace(b"\n-----BEGIN", b"\n\n  \n-----BEGIN").rstrip()),
    "trailing spaces, text before": Defect(b"Certificate:\n    Data:\n" + WHOLE.replace(b"-----\n", b"-----  \n")),
    "one long line": Defect(one_line(LEAF.pem) + MIDDLE.pem),
    "glued": Defect(WHOLE.replace(b"-----\n-----", b"----------"), postfix=False, dovecot=False, finding="cert.glued"),
    "blank line inside": Defect(LEAF.pem.replace(b"\n", b"\n\n", 3), postfix=False, dovecot=False, finding="cert.gap"),
    "indented": Defect(b" " + LEAF.pem.replace(b"\n", b"\n ") + b"\n" + MIDDLE.pem, postfix=False, dovecot=False),
    "utf-16": Defect(WHOLE.decode().encode("utf-16"), postfix=False, dovecot=False, finding="cert.utf-16"),
    "der": Defect(
        LEAF.certificate.public_bytes(serialization.Encoding.DER), postfix=False, dovecot=False, finding="cert.der"
    ),
    "truncated": Defect(LEAF.pem[:300], postfix=False, dovecot=False, finding="cert.truncated"),
    "empty": Defect(b"", postfix=False, dovecot=False, finding="cert.empty"),
    "trusted": Defect(LEAF.pem.replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE"), dovecot=False),
    "encrypted key": Defect(WHOLE, LEAF.key_pem(b"secret"), False, False, "tls.unreadable"),
    "sec1 key": Defect(WHOLE, sec1(LEAF)),
    "key of another": Defect(WHOLE, issue("other").key_pem(), False, False, "cert.mismatch"),
    "rsa 1024": Defect(text(SMALL, MIDDLE), SMALL.key_pem(), True, False, "cert.weak-key"),
    "ed25519": Defect(text(ODD, MIDDLE), ODD.key_pem(), True, True, "cert.rare-key"),
    "over": Defect(text(OVER, MIDDLE), OVER.key_pem(), True, True, "cert.expired.1"),
    "not yet": Defect(text(EARLY, MIDDLE), EARLY.key_pem(), True, True, "cert.early.1"),
    "no names": Defect(text(NAMELESS, MIDDLE), NAMELESS.key_pem(), True, True, "cert.no-names"),
    "intermediate over": Defect(text(LEAF, OLD_MIDDLE), finding="cert.expired.2"),
}


@pytest.fixture
def serving(lab: Lab) -> Serving:
    tools = LocalTools()
    return Serving(tools, PostfixConfig(tools, lab.postfix_config), DovecotConfig(tools, lab.dovecot_config))


OFTEN = (
    "fine",
    "reversed",
    "glued",
    "trusted",
    "encrypted key",
    "key of another",
    "rsa 1024",
)
"""One of each kind; the others are slow."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in OFTEN else pytest.mark.slow) for name in DEFECTS]
)
def test_what_is_served_and_what_is_said(lab: Lab, serving: Serving, name: str) -> None:
    defect = DEFECTS[name]
    install(lab, defect)
    assert until(lambda: smtp(lab).tls is defect.postfix), smtp(lab)
    assert until(lambda: imaps(lab).tls is defect.dovecot), imaps(lab)
    survey = serving.survey()
    (held,) = survey.held
    said = [one.id for one in held.findings if one.severity != "notice" or one.id.startswith(defect.finding or "-")]
    if defect.finding:
        assert any(one.startswith(defect.finding) for one in said), said
    elif defect.postfix and defect.dovecot:
        assert not [one for one in said if not one.startswith("cert.missing")], said
    assert bool(held.problem) is not defect.postfix or "cert.mismatch" in str(said), held
    for program, works in (("Postfix", defect.postfix), ("Dovecot", defect.dovecot)):
        said = [one.subject for one in drift_findings(survey) if one.subject.startswith(program)]
        ports = ("smtp", "submissions") if program == "Postfix" else ("imap", "imaps")
        assert all(any(f"127.0.0.1:{lab.ports[port]}" in subject for subject in said) is not works for port in ports)
    assert {one.id.partition(":")[0] for one in drift_findings(survey)} <= {"tls.no-tls", "tls.no-tls.offered"}


def test_a_missing_file(lab: Lab, serving: Serving) -> None:
    """Dovecot's reload says nothing of it, and the old configuration stays: what it serves is not on disk any more."""
    install(lab, DEFECTS["fine"])
    assert until(lambda: imaps(lab).tls)
    lab.certificate.rename(lab.certificate.with_suffix(".away"))
    reload(lab)
    assert until(lambda: not smtp(lab).tls)
    said = {one.id.partition(":")[0]: one for one in serving.findings()}
    assert "cert.absent" in said and "tls.no-tls.offered" in said
    assert not said["tls.no-tls.offered"].fix, "no reload mends a file that is not there"
    assert imaps(lab).tls, "Dovecot goes on with what it has"


def install(lab: Lab, defect: Defect) -> None:
    replace(lab.certificate, defect.certificate)
    replace(lab.key, defect.key)
    reload(lab)


def replace(path: Path, data: bytes) -> None:
    beside = path.with_suffix(".new")
    beside.touch(mode=0o600)
    beside.write_bytes(data)
    beside.replace(path)


def reload(lab: Lab) -> None:
    lab.command("postfix", "reload")
    lab.command("doveadm", "reload")


def smtp(lab: Lab) -> Served:
    return served("127.0.0.1", lab.ports["smtp"], starttls="smtp")


def imaps(lab: Lab) -> Served:
    return served("127.0.0.1", lab.ports["imaps"])
