"""Certificates by name and by service, and those that were renewed on disk and are not served: seen, mended, gone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256

from mailtui.cli.main import main
from mailtui.host.as_user import as_user
from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.inventory import Held
from mailtui.services.tls.probe import StartTls, served
from mailtui.services.tls.serving import Serving, Shown
from mailtui.services.tls.serving.drift import drift_findings
from tests.support.waiting import until
from tests.unit.tls.authority import LEAF, MIDDLE, Pair, issue


class Site:
    """A lab whose certificates a test changes."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        tools = LocalTools()
        postfix, dovecot = PostfixConfig(tools, lab.postfix_config), DovecotConfig(tools, lab.dovecot_config)
        self.serving = Serving(tools, postfix, dovecot)
        self.new_names = dovecot.new_names

    def write(self, name: str, pair: Pair, *, key_too: bool = False, mode: int = 0o600) -> Path:
        """A certificate with its chain, its key before it where wanted."""
        path = self.lab.certificate.with_name(name)
        path.touch(mode=mode)
        path.write_bytes((pair.key_pem() if key_too else b"") + pair.pem + MIDDLE.pem)
        return path

    def write_key(self, name: str, pair: Pair) -> Path:
        path = self.lab.certificate.with_name(name)
        path.touch(mode=0o600)
        path.write_bytes(pair.key_pem())
        return path

    def dovecot(self, text: str) -> None:
        """Add to Dovecot's configuration."""
        with self.lab.dovecot_config.open("a") as file:
            file.write(text)

    def postconf(self, *words: str) -> str:
        """Postfix waits up to two seconds before it reads a file that was changed just now: make that long ago."""
        said = self.lab.command("postconf", *words)
        for name in ("main.cf", "master.cf"):
            os.utime(self.lab.postfix_config / name, (1, 1))
        return said

    def mend(self, *fixes: tuple[str, ...]) -> None:
        """Carry out what findings name as their mending."""
        for words in fixes:
            assert main([*self.lab.options(), *words[1:3], "--yes", *words[3:]]) == 0, words

    def reload(self) -> None:
        self.lab.command("postfix", "reload")
        self.lab.command("doveadm", "reload")

    def leaf(self, port: str, name: str = "") -> str:
        """What a port shows now: SHA-256, ``""`` for no TLS."""
        starttls: StartTls = "" if port.endswith("s") else "smtp" if port in ("smtp", "submission") else "imap"
        return served("127.0.0.1", self.lab.ports[port], starttls=starttls, sni=name or None).sha256

    def shown(self, port: str, name: str = "") -> Shown:
        survey = self.serving.survey()
        return next(one for one in survey.shown if (one.listener.port, one.name) == (self.lab.ports[port], name))

    def held(self, *files: Path) -> Held:
        wanted = {str(file) for file in files}
        return next(one for one in self.serving.survey().held if wanted <= set(one.files))

    def drift(self) -> dict[str, tuple[str, ...]]:
        return {one.id: one.fix for one in drift_findings(self.serving.survey())}


@pytest.fixture
def site(lab: Lab) -> Site:
    return Site(lab)


def test_a_renewed_certificate_is_stale_until_the_reload(site: Site) -> None:
    assert site.drift() == {}
    pair = issue("mail.example", MIDDLE, names=("mail.example",))
    site.write(site.lab.certificate.name, pair)
    site.write_key(site.lab.key.name, pair)
    found = site.drift()
    assert {fix[2:] for fix in found.values()} == {("reload", "postfix"), ("reload", "dovecot")}, found
    assert len(found) == 2 and all(one.startswith("tls.drift.stale:") for one in found)
    shown = site.shown("imaps")
    assert shown.verdict == "stale" and shown.leaf and shown.leaf.names != ("mail.example",)
    site.mend(*found.values())
    assert until(lambda: site.leaf("smtp") == site.leaf("imaps") == sha256(pair))
    assert site.drift() == {}
    assert site.shown("imaps").verdict == site.shown("smtp").verdict == "same"


def test_one_service_and_two_algorithms(site: Site) -> None:
    """chain_files: key first, a pair for each algorithm; either may be shown, and both are one certificate each."""
    ec, other = LEAF, issue("mail.example", MIDDLE, names=("mail.example",), key=rsa.generate_private_key(65537, 2048))
    first, second = site.write("ec.pem", ec, key_too=True), site.write("rsa.pem", other, key_too=True)
    entry = f"127.0.0.1:{site.lab.ports['submission']}/inet"
    site.postconf("-P", f"{entry}/smtpd_tls_chain_files={first},{second}")
    site.reload()
    assert until(lambda: site.leaf("submission") in (sha256(ec), sha256(other)))
    shown = [one for one in site.serving.survey().shown if one.listener.port == site.lab.ports["submission"]]
    assert {(one.answer.ask.key, one.verdict) for one in shown} == {("RSA", "same"), ("EC", "same")}
    assert {one.answer.sha256 for one in shown} == {sha256(ec), sha256(other)}
    assert site.held(second).leaf and site.held(second).uses == site.held(first).uses
    assert [str(use) for use in site.held(first).uses] == [f"{entry}: smtpd_tls_chain_files"]
    site.write("ec.pem", ec)
    held = site.held(first)
    assert "key must stand before" in held.problem
    site.reload()
    assert until(lambda: site.leaf("submission") == "")
    broken = [one for one in drift_findings(site.serving.survey()) if "no-tls" in one.id]
    assert len(broken) == 1 and not broken[0].fix, "no reload mends a file in the wrong order"
    site.postconf("-PX", f"{entry}/smtpd_tls_chain_files")
    site.reload()


def test_names_of_postfix_come_from_a_table_that_must_be_built_again(site: Site) -> None:
    pair = issue("shop.example", MIDDLE, names=("shop.example", "*.shop.example"))
    file = site.write("shop.pem", pair, key_too=True)
    table = site.lab.postfix_config / "sni"
    table.touch(mode=0o600)
    table.write_text(f"shop.example {file}\n.shop.example {file}\n")
    kind = site.postconf("-h", "default_database_type").strip()
    site.postconf("-e", f"tls_server_sni_maps={kind}:{table}")
    site.lab.command("postmap", "-F", f"{kind}:{table}")
    site.reload()
    assert until(lambda: site.leaf("smtp", "shop.example") == sha256(pair))
    survey = site.serving.survey()
    asked = {one.name: one for one in survey.shown if one.listener.port == site.lab.ports["smtp"]}
    assert asked["shop.example"].leaf == asked["mailtui.shop.example"].leaf != asked[""].leaf
    assert {one.verdict for one in survey.shown} == {"same"}
    assert {use.name for use in site.held(file).uses} == {"shop.example", ".shop.example"}
    (index,) = table.parent.glob("sni.*db")
    table.chmod(0o644)
    index.chmod(0o644)
    (found,) = [one for one in site.held(file).findings if "exposed" in one.id]
    assert found.id == f"tls.exposed-table:{index}"
    site.mend(found.fix)
    assert [path.stat().st_mode & 0o777 for path in (table, index)] == [0o600, 0o600]
    renewed = issue("shop.example", MIDDLE, names=("shop.example", "*.shop.example"))
    site.write("shop.pem", renewed, key_too=True)
    site.reload()
    assert site.drift() == {f"tls.drift.table:{kind}:{table}": ("mailtui", "map", "build", str(table))}
    site.mend(*site.drift().values())
    assert until(lambda: site.leaf("smtp", "shop.example") == sha256(renewed)), "smtpd sees the new table by itself"
    assert site.drift() == {}
    site.postconf("-X", "tls_server_sni_maps")
    site.reload()


def test_names_and_protocols_of_dovecot(site: Site) -> None:
    shop, pop = issue("shop.example", MIDDLE, names=("shop.example",)), issue("pop.example", MIDDLE)
    files = [site.write("d.pem", shop), site.write_key("d.key", shop)]
    pops = [site.write("p.pem", pop), site.write_key("p.key", pop)]
    certificate, key = ("ssl_server_cert_file", "ssl_server_key_file") if site.new_names else ("ssl_cert", "ssl_key")
    mark = "" if site.new_names else "<"
    before = site.lab.dovecot_config.read_text()
    site.dovecot(f"local_name shop.example {{\n  {certificate} = {mark}{files[0]}\n  {key} = {mark}{files[1]}\n}}\n")
    site.reload()
    assert until(lambda: site.leaf("imaps", "shop.example") == sha256(shop) == site.leaf("imap", "shop.example"))
    assert site.leaf("imaps") != sha256(shop)
    assert site.drift() == {}
    (use,) = site.held(*files).uses
    assert (use.program, use.name, use.setting) == ("dovecot", "shop.example", certificate)
    site.dovecot(f"protocol pop3 {{\n  {certificate} = {mark}{pops[0]}\n  {key} = {mark}{pops[1]}\n}}\n")
    site.reload()
    if "pop3s" in site.lab.ports:
        assert until(lambda: site.leaf("pop3s") == sha256(pop))
        assert site.shown("pop3s").verdict == "same"
        if not site.new_names:  # 2.4 lets the last one win
            assert any(one.startswith("tls.conflict:") or "no-tls" in one for one in site.drift()), site.drift()
    assert "cert.no-names" in str(site.held(*pops).findings)
    site.lab.dovecot_config.write_text(before)
    site.reload()


def test_who_may_read_a_key(site: Site) -> None:
    key = site.lab.key
    site.lab.folder.chmod(0o755)
    key.chmod(0o644)
    (found,) = [one for one in site.held(key).findings if "exposed" in one.id]
    assert found.id == f"tls.exposed:{key}"
    site.mend(found.fix)
    assert key.stat().st_mode & 0o777 == 0o600 and "exposed" not in str(site.held(key).findings)
    assert main([*site.lab.options(), "cert", "protect", str(site.lab.certificate), "--yes"]) == 2, "no key in it"
    key.chmod(0o644)
    key.parent.chmod(0o700)
    assert "exposed" not in str([one.id for one in site.held(key).findings]), "nobody gets there"
    key.parent.chmod(0o755)
    key.chmod(0o640)
    assert "exposed" not in str([one.id for one in site.held(key).findings]), "a group may: Debian's ssl-cert"
    key.chmod(0o600)


def test_an_ordinary_user_is_told_what_was_not_looked_into(site: Site) -> None:
    site.lab.folder.chmod(0o755)
    assert site.serving.survey().hidden == ()
    (told,) = as_user(65534, 65534, lambda: site.serving.survey().hidden)
    assert str(site.lab.key) in told and "sudo" in told


def test_no_private_key_leaves_the_inventory(site: Site) -> None:
    secret = site.lab.key.read_text().splitlines()[1]
    survey = site.serving.survey()
    assert survey.held and secret not in repr(survey) and "PRIVATE" not in repr(survey)


def sha256(pair: Pair) -> str:
    return pair.certificate.fingerprint(SHA256()).hex().upper()
