"""A certificate is given to a real Postfix and Dovecot: proven on every port, or everything is as it was."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from mailtui.changes.changes import Changes
from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.services.changing import build_changes
from mailtui.services.dns.answers import Answer
from mailtui.services.dns.resolver import Resolver
from mailtui.services.tls.deploy import proof
from mailtui.services.tls.deploy.candidate import Refused, candidate
from mailtui.services.tls.facts import spki
from mailtui.services.tls.pile import parse_pile
from mailtui.services.tls.probe import KeyKind
from mailtui.settings import Settings
from tests.lab.certificate_machine import NAME, TOOLS, Machine, hasten, make
from tests.support.dns_server import dns_server
from tests.unit.changes.killing import killed_at
from tests.unit.tls.authority import LEAF, MIDDLE, NOW, ROOT


class Silent:
    """A resolver of a domain that publishes nothing."""

    local = True

    def ask_all(self, questions: Sequence[tuple[str, str]]) -> tuple[Answer, ...]:
        return tuple(Answer(name, record, "nxdomain") for name, record in questions)


@pytest.fixture(autouse=True)
def _quick(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(lab, monkeypatch)


@pytest.fixture
def machine(lab: Lab) -> Machine:
    """The lab with the certificate it began with."""
    return Machine(lab)


def deploy(lab: Lab, *words: str | Path) -> int:
    return main([*lab.options(), "cert", "deploy", *map(str, words), "--yes"])


def undo_last(lab: Lab) -> int:
    newest = changes_of(lab).changes()[0]
    return main([*lab.options(), "undo", newest.id, "--yes"])


def changes_of(lab: Lab) -> Changes:
    machine = Machine(lab)
    return build_changes(Settings(state=lab.state), TOOLS, machine.postfix, machine.dovecot)


def test_both_serve_it_and_an_undo_brings_the_old_one_back(machine: Machine, lab: Lab, tmp_path: Path) -> None:
    files, before = machine.files(), machine.served()
    assert len(before) >= 8 and len(set(before.values())) == 1
    new = machine.candidate(*make(tmp_path))
    assert deploy(lab, *made(tmp_path)) == 0
    assert set(machine.served().values()) == {new.sha256}
    (folder,) = (path for path in lab.certificate.parent.iterdir() if path.is_dir())
    assert folder.name.startswith(NAME)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"privkey.pem": 0o600, "fullchain.pem": 0o644}
    assert undo_last(lab) == 0
    assert machine.files() == files and machine.served() == before
    secret = made(tmp_path)[1].read_bytes().splitlines()[1]
    kept = [path for path in lab.state.rglob("*") if path.is_file()]
    assert kept and not any(secret in path.read_bytes() for path in kept)


def made(folder: Path) -> tuple[Path, Path]:
    """The files that ``make`` made."""
    return folder / "cert.pem", folder / "key.pem"


def shadow(machine: Machine, certificate: Path, key: Path) -> None:
    """Make Dovecot serve another certificate to those who come to its own address, whatever is set for all."""
    names, mark = (("ssl_server_cert_file", "ssl_server_key_file"), "") if machine.dovecot.new_names else (
        ("ssl_cert", "ssl_key"), "<")  # fmt: skip
    lines = [f"  {name} = {mark}{file}" for name, file in zip(names, (certificate, key), strict=True)]
    text = "\nlocal 127.0.0.1 {\n" + "\n".join(lines) + "\n}\n"
    machine.lab.dovecot_config.write_text(machine.lab.dovecot_config.read_text() + text)
    machine.lab.command("doveadm", "reload")


def test_all_is_put_back_where_a_port_goes_on_with_another_certificate(
    machine: Machine, lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "PATIENCE", 2.0)
    clean_config = lab.dovecot_config.read_text()
    shadow(machine, *make(tmp_path / "other"))
    try:
        files, before = machine.files(), machine.served()
        assert len(set(before.values())) == 2
        assert deploy(lab, *make(tmp_path / "new")) == 1
        assert f"serves the certificate of {NAME}" in capsys.readouterr().out
        assert machine.files() == files and machine.served() == before
    finally:
        lab.dovecot_config.write_text(clean_config)
        lab.command("doveadm", "reload")


def test_an_undo_takes_nothing_away_that_is_still_named(
    machine: Machine, lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody has edited main.cf since, so that it is left as it is; its certificate must be left, too."""
    main_cf, before = lab.postfix_config / "main.cf", machine.served()
    new = machine.candidate(*make(tmp_path))
    assert deploy(lab, *made(tmp_path)) == 0
    main_cf.write_text(main_cf.read_text() + "# edited\n")
    os.utime(main_cf, (1, 1))
    monkeypatch.setattr(proof, "PATIENCE", 2.0)
    assert undo_last(lab) == 1
    now = machine.served()
    assert {now[end] for end in now if end.startswith("postfix")} == {new.sha256}
    assert {now[end] for end in now if end.startswith("dovecot")} <= set(before.values())
    lab.command("postconf", "-e", f"smtpd_tls_cert_file={lab.certificate}", f"smtpd_tls_key_file={lab.key}")
    os.utime(main_cf, (1, 1))
    lab.command("postfix", "reload")


def test_a_key_of_another_certificate_comes_nowhere_near(machine: Machine, lab: Lab, tmp_path: Path) -> None:
    files = machine.files()
    certificate, _ = make(tmp_path / "one")
    _, key = make(tmp_path / "two")
    assert deploy(lab, certificate, key) == 1
    assert machine.files() == files


@pytest.mark.slow
def test_only_dovecot(machine: Machine, lab: Lab, tmp_path: Path) -> None:
    before, new = machine.served(), machine.candidate(*make(tmp_path))
    assert deploy(lab, *made(tmp_path), "--server", "dovecot") == 0
    now = machine.served()
    assert {now[end] for end in now if end.startswith("dovecot")} == {new.sha256}
    assert {now[end] for end in now if end.startswith("postfix")} == {
        before[end] for end in before if end.startswith("postfix")
    }
    assert undo_last(lab) == 0


def test_chain_files_and_sni_tables(machine: Machine, lab: Lab, tmp_path: Path) -> None:
    """The table is built from the new files, and what holds keys is nobody else's."""
    main_cf = lab.postfix_config / "main.cf"
    old_text = main_cf.read_bytes()
    both, table = tmp_path / "both.pem", lab.postfix_config / "sni"
    certificate, key = make(tmp_path / "sni", "shop.example")
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    table.write_text(f"# names\nshop.example\t{both}\nother.example\t{both}\n")
    kind = lab.command("postconf", "-h", "default_database_type").strip()
    lab.command("postmap", "-F", f"{kind}:{table}")
    old = tmp_path / "old.pem"
    old.write_bytes(lab.key.read_bytes() + lab.certificate.read_bytes())
    rsa_certificate, rsa_key = make(tmp_path / "rsa", kind="rsa")
    rsa = tmp_path / "rsa.pem"
    rsa.write_bytes(rsa_key.read_bytes() + rsa_certificate.read_bytes())
    settings = [f"smtpd_tls_chain_files = {old}, {rsa}", f"tls_server_sni_maps = {kind}:{table}"]
    lab.command("postconf", "-e", *settings)
    os.utime(main_cf, (1, 1))
    lab.command("postfix", "reload")
    try:
        files, before = machine.files(), machine.served("shop.example")
        new = machine.candidate(*make(tmp_path / "new", NAME, "shop.example"))
        assert deploy(lab, *made(tmp_path / "new"), "--server", "postfix") == 0
        assert of_postfix(machine, "shop.example") == of_postfix(machine) == {new.sha256}
        assert of_postfix(machine, "other.example") == {machine.candidate(certificate, key).sha256}
        assert of_postfix(machine, key="RSA") == {machine.candidate(rsa).sha256}, "the other algorithm's stays"
        lines = table.read_text().splitlines()
        assert lines[0] == "# names" and lines[1].endswith("/both.pem") and lines[1] != f"shop.example\t{both}"
        rights = {path.name: stat.S_IMODE(path.stat().st_mode) for path in table.parent.glob("sni*")}
        assert set(rights.values()) == {0o600}, rights
        assert undo_last(lab) == 0
        assert machine.served("shop.example") == before
        assert {name: data for name, (data, _) in machine.files().items() if not name.endswith(("db", "lmdb"))} == {
            name: data for name, (data, _) in files.items() if not name.endswith(("db", "lmdb"))
        }
    finally:
        main_cf.write_bytes(old_text)
        os.utime(main_cf, (1, 1))
        lab.command("postfix", "reload")


def of_postfix(machine: Machine, sni: str = "", key: KeyKind = "") -> set[str]:
    return {shown for end, shown in machine.served(sni, key).items() if end.startswith("postfix")}


def test_what_was_renewed_where_it_lies_is_only_read_again(machine: Machine, lab: Lab, tmp_path: Path) -> None:
    """Files change behind the servers' backs; a deploy of the same files makes them read."""
    certificate, key = make(tmp_path)
    assert deploy(lab, certificate, key, "--in-place") == 0
    old = set(machine.served().values())
    configuration = lab.dovecot_config.read_bytes(), (lab.postfix_config / "main.cf").read_bytes()
    key.unlink()
    new = machine.candidate(*make(tmp_path))
    assert set(machine.served().values()) == old != {new.sha256}
    assert deploy(lab, certificate, key, "--in-place") == 0
    assert set(machine.served().values()) == {new.sha256}
    assert (lab.dovecot_config.read_bytes(), (lab.postfix_config / "main.cf").read_bytes()) == configuration
    assert undo_last(lab) == 2, "what was served before lies in no file any more"
    assert spki(new.leaf) == spki(machine.candidate(certificate, key).leaf)


def attempt(machine: Machine, folder: Path, number: int) -> bool:
    """Deploy in a process that dies at its call ``number`` to the file system; whether it did."""
    plan = machine.plans(Silent()).deploy(machine.candidate(*make(folder)), ("postfix", "dovecot"))
    return killed_at(partial(changes_of(machine.lab).apply, plan), number)


def recovered(machine: Machine) -> None:
    changes = changes_of(machine.lab)
    for change in changes.interrupted():
        changes.recover(change.id)


def test_a_tlsa_record_that_would_break(machine: Machine, tmp_path: Path) -> None:
    """Asked of a name server; a record of the authority is met by sending the root along."""
    new = machine.candidate(*make(tmp_path))
    name = f"_25._tcp.{NAME}"
    for record, fits in ((f"3 1 1 {'00' * 32}", False), (f"3 1 1 {spki(new.leaf)}", True)):
        with dns_server({name: {"TLSA": [record]}}, secure=["*"]) as server:
            plans = machine.plans(Resolver([server.address]))
            plans.deploy(new, ("dovecot",))
            assert not server.asked, "port 25 is Postfix's"
            if fits:
                assert plans.deploy(new, ("postfix",)).steps
                continue
            with pytest.raises(Refused, match=name) as refused:
                plans.deploy(new, ("postfix", "dovecot"))
            assert f"3 1 1 {spki(new.leaf)}" in refused.value.unlock
    heap = parse_pile(LEAF.pem + MIDDLE.pem + ROOT.pem + LEAF.key_pem(), "pile")
    issued = candidate(heap, names=(), now=NOW.timestamp(), roots=())
    with dns_server({name: {"TLSA": [f"2 1 1 {spki(ROOT.certificate)}"]}}, secure=["*"]) as server:
        steps = machine.plans(Resolver([server.address])).deploy(issued, ("postfix",)).steps
    assert any(step.content == LEAF.key_pem() + LEAF.pem + MIDDLE.pem + ROOT.pem for step in steps)


def test_what_is_in_use_beside_what_is_served(machine: Machine, lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*lab.options(), "cert", "list", "--served", "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert NAME in one["names"] and one["stage"] == "fine" and one["problem"] is None
    assert {port["state"] for port in one["served"]} == {"same"}
    assert len(one["served"]) == len(machine.served())
    assert main([*lab.options(), "cert", "list", "--served"]) == 0
    assert capsys.readouterr().out.count("served, TLSv1.3") == len(one["served"])
    assert main([*lab.options(), "cert", "check"]) == 0, "signed by itself is but a notice"
    port = lab.ports["imaps"]
    assert main(["cert", "check", f"localhost:{port}"]) == 0
    assert main(["cert", "match", f"127.0.0.1:{port}", one["files"][1]]) == 0
    capsys.readouterr()
    assert main(["cert", "check", f"127.0.0.1:{port}", "--name", "other.example"]) == 1
    assert "does not name other.example" in capsys.readouterr().out


@pytest.mark.parametrize("number", [20])
def test_after_a_kill_everything_is_as_it_was(machine: Machine, tmp_path: Path, number: int) -> None:
    files, before = machine.files(), machine.served()
    assert attempt(machine, tmp_path, number)
    recovered(machine)
    assert machine.served() == before
    assert machine.files() == files


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_after_a_kill_anywhere(machine: Machine, lab: Lab, tmp_path: Path) -> None:
    """All is old, or the change had come to its end and all is new."""
    files, before = machine.files(), machine.served()
    ends: list[str] = []
    for number in range(0, 400, 3):
        known = {change.id for change in changes_of(lab).changes()}
        killed = attempt(machine, tmp_path / str(number), number)
        recovered(machine)
        ends += [change.ending for change in changes_of(lab).changes() if change.id not in known] or ["nothing"]
        if ends[-1] == "applied":
            assert len(set(machine.served().values())) == 1 and not set(machine.served().values()) & set(
                before.values()
            )
            assert undo_last(lab) == 0
        assert machine.served() == before, number
        assert machine.files() == files, number
        if not killed:
            break
    assert not killed and ends.count("applied") < 4 < len(ends) - ends.count("nothing"), ends
