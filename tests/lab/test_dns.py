"""``mailtui dns`` on a real Postfix and Dovecot: what they serve and are set to, against a name server of the test."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import dns.rdatatype
import dns.zonefile
import pytest
from cryptography import x509

from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.services.tls.tlsa import of_key
from tests.support.dns_server import Zone, dns_server

V4, HOST = "198.51.99.10", "mx.lab.example"
ZONE: Zone = {
    "lab.example": {"MX": [f"10 {HOST}."], "TXT": [f'"v=spf1 ip4:{V4} -all"']},
    HOST: {"A": [V4], "TXT": ['"v=spf1 a -all"']},
    "10.99.51.198.in-addr.arpa": {"PTR": [f"{HOST}."]},
    "_dmarc.lab.example": {"TXT": ['"v=DMARC1; p=reject; rua=mailto:postmaster@lab.example"']},
    "_smtp._tls.lab.example": {"TXT": ['"v=TLSRPTv1; rua=mailto:postmaster@lab.example"']},
}
TLSA = f"_25._tcp.{HOST}"


@pytest.fixture
def postfix(lab: Lab) -> Iterator[Lab]:
    """Its main.cf and master.cf are as before afterwards."""
    files = [lab.postfix_config / name for name in ("main.cf", "master.cf")]
    before = [file.read_bytes() for file in files]
    yield lab
    for file, text in zip(files, before, strict=True):
        file.write_bytes(text)
    cooled(lab)


def cooled(lab: Lab) -> None:
    """Postfix waits for a second where a configuration file was changed this moment."""
    for name in ("main.cf", "master.cf"):
        os.utime(lab.postfix_config / name, (time.time() - 60,) * 2)


def asked(lab: Lab, capsys: pytest.CaptureFixture[str], verb: str, zone: Zone) -> list[dict[str, str]]:
    with dns_server({**ZONE, **zone}, secure=["*"]) as server:
        resolver = f"127.0.0.1:{server.address[1]}"
        main([*lab.options(), "dns", verb, "lab.example", "--resolver", resolver, "--ip", V4, "--json"])
    found: list[dict[str, str]] = json.loads(capsys.readouterr().out)
    return found


def _told(lab: Lab, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    main([*lab.options(), *words])
    return capsys.readouterr().out


def wrong(lab: Lab, capsys: pytest.CaptureFixture[str], zone: Zone) -> set[str]:
    found = asked(lab, capsys, "check", zone)
    return {one["id"].partition(":")[0] for one in found if one["severity"] in ("error", "warning")}


def test_a_tlsa_record_is_held_against_the_certificate_that_postfix_serves(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    key = str(of_key(x509.load_pem_x509_certificate(lab.certificate.read_bytes())))
    assert wrong(lab, capsys, {TLSA: {"TLSA": [key]}}) == {"dns.dkim.no-signer"}
    assert wrong(lab, capsys, {TLSA: {"TLSA": ["3 1 1 " + "ab" * 32]}}) == {"dns.dkim.no-signer", "dns.dane.mismatch"}
    assert wrong(lab, capsys, {TLSA: {"TLSA": ["2 0 1 " + "ab" * 32]}}) == {"dns.dkim.no-signer", "dns.dane.mismatch"}


def test_a_certificate_of_its_own_does_not_keep_an_mta_sts_policy(
    lab: Lab, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from mailtui.services.dns.policy.https import Fetched

    policy = f"version: STSv1\nmode: enforce\nmx: {HOST}\nmax_age: 604800\n"
    monkeypatch.setattr("mailtui.services.dns.service.fetch", lambda host, path, _: Fetched(host + path, body=policy))
    zone: Zone = {"_mta-sts.lab.example": {"TXT": ['"v=STSv1; id=1"']}, "mta-sts.lab.example": {"A": [V4]}}
    assert wrong(lab, capsys, zone) == {"dns.dkim.no-signer", "dns.mtasts.certificate-enforce"}


def test_ports_of_srv_records_are_held_against_those_that_are_set(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    def srv(port: int) -> Zone:
        return {"_imaps._tcp.lab.example": {"SRV": [f"0 1 {port} {HOST}."]}}

    assert wrong(lab, capsys, srv(lab.ports["imaps"])) == {"dns.dkim.no-signer"}
    assert wrong(lab, capsys, srv(1)) == {"dns.dkim.no-signer", "dns.clients.closed"}


def test_a_block_list_that_postfix_asks_and_the_name_its_client_greets_with(
    postfix: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    restrictions = postfix.command("postconf", "-hx", "smtpd_recipient_restrictions").strip()
    for words in (
        ["-P", "smtp/unix/smtp_helo_name=out.lab.example"],
        ["-e", "smtpd_restriction_classes=lists", "lists=reject_rbl_client bl.example"],
        ["-e", f"smtpd_recipient_restrictions=lists, {restrictions}"],
    ):
        postfix.command("postconf", *words)
        cooled(postfix)
    found = wrong(postfix, capsys, {"bl.example": {"TXT": ['"x"']}})
    assert found == {"dns.dkim.no-signer", "dns.dnsbl.asked-dead", "dns.own.helo-unresolved"}
    dead = next(one for one in asked(postfix, capsys, "check", {}) if "asked-dead" in one["id"])
    assert dead["fix"] == "mailtui config set postfix lists="
    assert main([*postfix.options(), *shlex.split(dead["fix"])[1:], "--yes"]) == 0
    capsys.readouterr()
    assert wrong(postfix, capsys, {}) == {"dns.dkim.no-signer", "dns.own.helo-unresolved"}
    change = json.loads(_told(postfix, capsys, "changes", "--json"))[0]
    assert main([*postfix.options(), "undo", change["change"], "--yes"]) == 0
    capsys.readouterr()
    alive: Zone = {"2.0.0.127.bl.example": {"A": ["127.0.0.2"]}, "out.lab.example": {"A": [V4]}}
    assert wrong(postfix, capsys, alive) == {"dns.dkim.no-signer"}


def test_the_records_of_a_key_on_disk_are_those_that_verify(
    lab: Lab, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "s1.private"
    subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, capture_output=True, timeout=20)
    key.chmod(0o600)
    conf = tmp_path / "opendkim.conf"
    conf.write_text(f"Domain lab.example\nSelector s1\nKeyFile {key}\n")
    monkeypatch.setattr("mailtui.services.dns.dkim.opendkim.FILES", (conf,))
    wanted = asked(lab, capsys, "records", {})
    mine = next(one for one in wanted if "_domainkey" in one["name"])
    assert (mine["name"], mine["state"]) == ("s1._domainkey.lab.example", "missing")
    published: Zone = {mine["name"]: {"TXT": [mine["line"].split(" IN TXT ")[1]]}}
    assert wrong(lab, capsys, published) == set()
    assert {one["state"] for one in asked(lab, capsys, "records", published) if "_domainkey" in one["name"]} == {
        "published"
    }


def test_what_is_printed_is_a_zone_file(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    with dns_server({"lab.example": {"TXT": ['"v=spf1 -all"']}}) as server:
        resolver = f"127.0.0.1:{server.address[1]}"
        words = ["dns", "records", "lab.example", "--resolver", resolver, "--ip", V4, "--ip", "2a00:db8::10"]
        assert main([*lab.options(), *words]) == 1
    told = capsys.readouterr().out
    found = {
        (str(one.name), dns.rdatatype.to_text(one.rdtype))
        for one in dns.zonefile.read_rrsets(told, rdclass=None, default_ttl=300)
    }
    assert {("lab.example.", "MX"), (f"{HOST}.", "AAAA"), ("_dmarc.lab.example.", "TXT"), (f"{TLSA}.", "TLSA")} <= found
    assert f'lab.example. IN TXT "v=spf1 ip4:{V4} ip6:2a00:db8::10 -all"' in told
    assert ";   there is: v=spf1 -all" in told
    assert ";   mx: mx.lab.example" in told


def test_on_the_command_line_a_dead_resolver_is_one_finding(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    with dns_server({"": "SERVFAIL", "lab.example": "SERVFAIL"}) as server:
        resolver = f"127.0.0.1:{server.address[1]}"
        assert main([*lab.options(), "dns", "check", "lab.example", "--resolver", resolver]) == 1
    told = capsys.readouterr().out
    assert told.count("error") == 1
    assert "answers nothing" in told


def test_what_is_no_domain_or_no_server_is_a_usage_error(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["lab"], ["lab.example", "--ip", "x"], ["lab.example", "--resolver", "dns.example"]):
        assert main([*lab.options(), "dns", "check", *words]) == 2
    assert "is no name server" in capsys.readouterr().err
