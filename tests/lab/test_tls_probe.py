"""What a lab's ports serve, and that openssl and posttls-finger see the same."""

from __future__ import annotations

import os
import re
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from mailtui.lab import Lab
from mailtui.services.tls.probe import NAMES, Ask, Served, StartTls, served, served_by

_OUTSIDE = "127.0.0.2"
_PORTS: dict[str, StartTls] = {
    "smtp": "smtp",
    "submission": "smtp",
    "submissions": "",
    "imap": "imap",
    "imaps": "",
    "pop3": "pop3",
    "pop3s": "",
    "managesieve": "sieve",
}


def ports(lab: Lab) -> list[tuple[str, int, StartTls]]:
    """Those of this lab that speak TLS."""
    return [(name, lab.ports[name], starttls) for name, starttls in _PORTS.items() if name in lab.ports]


def ask(lab: Lab, name: str, *versions: str) -> Served:
    return served("127.0.0.1", lab.ports[name], starttls=_PORTS[name], versions=versions, source=_OUTSIDE)


def openssl(port: int, starttls: StartTls) -> str:
    words = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-showcerts"]
    words += ["-starttls", starttls] if starttls else []
    done = subprocess.run(words, input=b"QUIT\r\n", capture_output=True, timeout=20, check=False)
    return done.stdout.decode("utf-8", "replace")


def test_every_port_serves_the_certificate_that_openssl_sees(lab: Lab) -> None:
    file = ssl.PEM_cert_to_DER_cert(lab.certificate.read_text())
    for name, port, starttls in ports(lab):
        if starttls == "sieve":
            continue  # openssl's sieve wants a capability list after STARTTLS before it goes on
        mine, theirs = ask(lab, name), openssl(port, starttls)
        blocks = re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", theirs, re.DOTALL)
        assert mine.chain_der == (file,) == tuple(ssl.PEM_cert_to_DER_cert(one) for one in blocks), name
        negotiated = re.search(r"New, (\S+), Cipher is (\S+)", theirs)
        assert negotiated and (mine.version, mine.cipher) == negotiated.groups(), name


def test_managesieve_offers_starttls(lab: Lab) -> None:
    if "managesieve" not in lab.ports:
        pytest.skip("no managesieved here")
    answer = ask(lab, "managesieve")
    assert answer.tls and answer.offers_starttls and answer.auth_before_tls == ("PLAIN", "LOGIN")
    assert answer.chain_der == (ssl.PEM_cert_to_DER_cert(lab.certificate.read_text()),)


def test_posttls_finger_agrees(lab: Lab) -> None:
    words = ["/usr/sbin/posttls-finger", "-c", "-l", "may", "-d", "sha256", f"[127.0.0.1]:{lab.ports['smtp']}"]
    own = {**os.environ, "MAIL_CONFIG": str(lab.postfix_config)}  # a machine's own may look nothing up
    said = subprocess.run(words, capture_output=True, timeout=20, check=False, env=own)
    text = (said.stdout + said.stderr).decode()
    mine = ask(lab, "smtp")
    assert f"{mine.version} with cipher {mine.cipher}" in text
    pair = re.search(r"[Ff]ingerprint=([0-9A-F:]{95})", text)
    assert pair and pair[1].replace(":", "") == mine.sha256


def test_fifteen_questions_within_a_second(lab: Lab) -> None:
    chosen = [one for one in ports(lab) if one[2] != "sieve"][:5]
    asks = [
        Ask("127.0.0.1", port, starttls, versions=(version,), source=_OUTSIDE)
        for _, port, starttls in chosen
        for version in NAMES[1:]
    ]
    served_by(asks)  # Postfix starts a process per port the first time
    started = time.monotonic()
    answers = served_by(asks)
    assert time.monotonic() - started < 1.0
    assert [answer.ask for answer in answers] == asks
    assert {answer.version for answer in answers if answer.ask.versions[0] in NAMES[2:]} == {"TLSv1.2", "TLSv1.3"}


def test_old_versions_are_refused_by_the_server_not_by_us(lab: Lab) -> None:
    answer = ask(lab, "imaps", "TLSv1.1")
    assert not answer.tls and answer.problem in ("closed", "handshake"), answer
    assert ask(lab, "smtp", "TLSv1").version == "TLSv1", "Postfix's own default still takes TLS 1.0 from strangers"


def test_auth_in_clear(lab: Lab) -> None:
    assert ask(lab, "imap").password_in_clear, "the lab allows it"
    assert not ask(lab, "submission").auth_before_tls


def test_nobody_is_told_of_a_probe(lab: Lab) -> None:
    """No lost connection, no failed handshake, no mail to postmaster."""
    before = len(log(lab))
    for name, _, _ in ports(lab):
        assert ask(lab, name).tls
    told = log(lab)[before:]
    assert not re.search("lost connection|SSL_accept error|warning|postmaster", told), told


def log(lab: Lab) -> str:
    return "".join(Path(path).read_text(errors="replace") for path in (lab.log, lab.dovecot_log))
