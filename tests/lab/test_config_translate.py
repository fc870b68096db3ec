"""A how-to, led to the Postfix and the Dovecot that are installed: what comes of it they take."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from mailtui.cli.main import main
from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.services.configuration import reloading
from mailtui.services.dovecot.config import DovecotConfig

HOWTO = """\
# main.cf
smtpd_banner = “$myhostname ESMTP”
smtpd_use_tls = yes
smtpd_helo_required = affirmative
smtpd_port = 25
mynetworks = 0.0.0.0/0
smtpd_recipient_restrictions = permit_mynetworks,
    check_relay_domains

# dovecot.conf
protocols = imap imaps
ssl_disable = no
disable_plaintext_auth = yes
login_process_size = 64
ssl_cert_file = {cert}
protocol lda {{
  postmaster_address = postmaster@lab.example
}}
service imap-login {{
  process_min_avail = 2
}}
"""


@pytest.fixture(autouse=True)
def _quick(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reloading, "SETTLED", 0.0)
    for name in ("main.cf", "master.cf"):
        os.utime(lab.postfix_config / name, (1, 1))


@pytest.fixture
def howto(lab: Lab, tmp_path: Path) -> str:
    file = tmp_path / "howto.txt"
    file.write_text(HOWTO.format(cert=lab.key.with_name("cert.pem")))
    return str(file)


def test_each_line_is_judged(lab: Lab, howto: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*lab.options(), "config", "translate", howto, "--json"]) == 1
    told = {one["text"].split(" ")[0]: one for one in json.loads(capsys.readouterr().out)}
    new = DovecotConfig(LocalTools()).new_names
    assert {name: one["judgement"] for name, one in told.items()} == {
        "smtpd_banner": "changed",
        "smtpd_use_tls": "changed",
        "smtpd_helo_required": "changed",
        "smtpd_port": "gone",
        "mynetworks": "dangerous",
        "smtpd_recipient_restrictions": "changed",
        "protocols": "changed",
        "ssl_disable": "changed",
        "disable_plaintext_auth": "changed" if new else "same",
        "login_process_size": "gone",
        "ssl_cert_file": "changed",
        "postmaster_address": "same",
        "process_min_avail": "same",
    }
    certificate = lab.key.with_name("cert.pem")
    written = f"ssl_server_cert_file = {certificate}" if new else f"ssl_cert = <{certificate}"
    assert told["ssl_cert_file"]["becomes"] == [written]
    assert not told["mynetworks"]["becomes"]


@pytest.mark.slow
def test_what_is_good_of_it_is_set_and_undone(lab: Lab, howto: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in (lab.postfix_config / "main.cf", lab.dovecot_config)}
    assert main([*lab.options(), "config", "apply", howto, "--yes"]) == 0
    assert lab.command("postconf", "-h", "smtpd_helo_required").strip() == "yes"
    assert "0.0.0.0/0" not in lab.command("postconf", "-h", "mynetworks")
    restrictions = lab.command("postconf", "-h", "smtpd_recipient_restrictions").strip()
    assert restrictions == "permit_mynetworks, reject_unauth_destination"
    assert "postmaster@lab.example" in lab.command("doveconf", "-n")
    capsys.readouterr()
    main([*lab.options(), "changes"])
    change = capsys.readouterr().out.split()[0]
    assert main([*lab.options(), "undo", change, "--yes"]) == 0
    assert {path: path.read_bytes() for path in before} == before


def test_a_how_to_that_sets_nothing_is_no_plan(lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x").write_text("Just do it.\nsmtpd_banner x\n")
    assert main([*lab.options(), "config", "apply", str(tmp_path / "x"), "--yes"]) == 2
    assert main([*lab.options(), "config", "translate", str(tmp_path / "x")]) == 1
    assert "It sets nothing: is there an = or a brace missing?" in capsys.readouterr().out.replace("\n           ", " ")
