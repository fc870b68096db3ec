"""The audit on real servers: what it finds is so, its plans end it, and the log says who would have broken."""

from __future__ import annotations

import json
import os
import smtplib
import socket
from typing import Any

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from mailtui.lab.users import USERS
from mailtui.services.configuration import reloading
from mailtui.services.tls.probe import served
from tests.support.waiting import until

ALICE = USERS[0].address


@pytest.fixture(autouse=True)
def _quick(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reloading, "SETTLED", 0.2)
    age(lab)


def age(lab: Lab) -> None:
    """Postfix waits up to two seconds before it reads a file that was changed just now."""
    for name in ("main.cf", "master.cf"):
        os.utime(lab.postfix_config / name, (1, 1))


def postconf(lab: Lab, *words: str) -> None:
    lab.command("postconf", *words)
    age(lab)


def run(lab: Lab, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    main([*lab.options(), "tls", *words, "--json"])
    return json.loads(capsys.readouterr().out)


def audit(lab: Lab, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    return {one["id"].removeprefix("tls.audit."): one for one in run(lab, capsys, "audit")}


def mend(lab: Lab, finding: dict[str, Any]) -> None:
    from shlex import split

    words = split(finding["fix"])
    assert words[0] == "mailtui"
    assert main([*lab.options(), *words[1:], "--yes"]) == 0
    age(lab)


def test_a_healthy_lab_has_nothing_but_notices(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    assert {one["severity"] for one in audit(lab, capsys).values()} <= {"notice"}


def test_port_25_that_requires_tls_takes_mail_again_and_users_keep_theirs(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    """A guide's ``smtpd_tls_security_level = encrypt`` in main.cf, on a port that the world reaches."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    postconf(lab, "-M", f"0.0.0.0:{port}/inet=0.0.0.0:{port} inet n - n - - smtpd")
    submission = f"127.0.0.1:{lab.ports['submission']}/inet"
    postconf(lab, "-PX", f"{submission}/smtpd_tls_security_level")
    postconf(lab, "-e", "smtpd_tls_security_level=encrypt")
    lab.command("postfix", "reload")
    assert until(lambda: mail_in_clear(port) == 530)
    found = audit(lab, capsys)[f"mx-encrypt:0.0.0.0:{port}/inet"]
    mend(lab, found)
    assert until(lambda: mail_in_clear(port) == 250)
    assert until(lambda: mail_in_clear(lab.ports["submission"]) == 530), "users are still to use TLS"
    assert not [name for name in audit(lab, capsys) if name.startswith(("mx-encrypt", "submission"))]
    postconf(lab, "-MX", f"0.0.0.0:{port}/inet")
    lab.command("postfix", "reload")


def mail_in_clear(port: int) -> int:
    """What a client without TLS is told; 0 for nothing."""
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as session:
            session.ehlo()
            return session.mail("friend@far.example")[0]
    except OSError:
        return 0


def test_old_versions_who_uses_them_and_their_end(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    def takes(version: str) -> bool:
        return served("127.0.0.1", lab.ports["submission"], starttls="smtp", versions=(version,)).tls

    postconf(lab, "-e", "smtpd_tls_mandatory_protocols=>=TLSv1")
    lab.command("postfix", "reload")
    if not until(lambda: takes("TLSv1"), 3.0):
        pytest.skip("this machine's OpenSSL serves nothing older than TLS 1.2")
    service = f"127.0.0.1:{lab.ports['submission']}/inet"
    found = audit(lab, capsys)[f"old-local:127.0.0.1:{lab.ports['submission']} {service}"]
    assert "nobody" in found["evidence"][-1], "the audit's own questions are nobody's logins"
    mend(lab, found)
    assert until(lambda: not takes("TLSv1") and not takes("TLSv1.1"))
    assert takes("TLSv1.2") and served("127.0.0.1", lab.ports["smtp"], starttls="smtp", versions=("TLSv1",)).tls


def test_who_logs_in_without_tls_is_named(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    with clients.imap(lab, ALICE):
        pass
    ways = run(lab, capsys, "who", "--door", "imap")
    assert ALICE in {way["who"] for way in ways}
    found = next(one for name, one in audit(lab, capsys).items() if name.startswith("clear-local:Dovecot"))
    clear = [way for way in ways if not way["tls"]]
    assert any(ALICE in line for line in found["evidence"]) is bool(clear)


@pytest.mark.slow
def test_a_plain_port_is_closed_by_its_plan(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    before = lab.dovecot_config.read_text()
    lab.dovecot_config.write_text(before.replace("listen = 127.0.0.1", "listen = *"))
    lab.command("doveadm", "reload")
    found = audit(lab, capsys)["plain:Dovecot imap-login/imap"]
    assert "by either port" in found["evidence"][-1] or "who would break" in found["evidence"][0]
    mend(lab, found)
    assert until(lambda: served("127.0.0.1", lab.ports["imap"], starttls="imap").problem == "unreachable")
    assert served("127.0.0.1", lab.ports["imaps"]).tls
    lab.dovecot_config.write_text(before)
    for path in lab.dovecot_config.parent.glob("**/99-mailtui.conf"):
        path.unlink()
    lab.command("doveadm", "reload")
    assert until(lambda: served("127.0.0.1", lab.ports["imap"], starttls="imap").tls)


def test_ports_and_probe(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    rows = {row["port"]: row for row in run(lab, capsys, "ports")}
    assert rows[lab.ports["imaps"]]["implicit_tls"] is True and rows[lab.ports["smtp"]]["starttls"] is True
    answer = run(lab, capsys, "probe", "127.0.0.1", str(lab.ports["imap"]))
    assert answer["starttls"] == "imap", "the configuration tells what is spoken at an unusual port"
    assert answer["versions"]["TLSv1.2"] is True and answer["versions"]["TLSv1.1"] is False
    assert answer["chain"][0]["names"][0] == "mx.lab.example"
    assert main([*lab.options(), "tls", "probe", "127.0.0.1", "1"]) == 1
