"""Night 7: a big provider defers all our mail with 4.7.26; the DKIM key was changed on disk and not in the DNS."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from mailtui.services.checks.apart import ChecksApart
from mailtui.services.container import Services
from mailtui.services.dns.dkim.keys import public_key_of, record_of
from mailtui.services.dns.publishing.model import quoted, split
from tests.lab.nights.operator import operator
from tests.lab.observing import eventually_logged, logged
from tests.support.dns_server import DnsServer, Zone, dns_server

ADDRESS, NAME = "127.0.1.77", "s1._domainkey.lab.example"
REPLY = "451 4.7.26 Unauthenticated email from lab.example is not accepted: DKIM signature did not verify"
WELL: Zone = {
    "lab.example": {"MX": ["10 mx.lab.example."], "TXT": ['"v=spf1 mx -all"']},
    "alias.example": {"MX": ["10 mx.lab.example."], "TXT": ['"v=spf1 mx -all"']},
    "_dmarc.alias.example": {"TXT": ['"v=DMARC1; p=reject"']},
    "mx.lab.example": {"A": ["198.51.99.10"], "TXT": ['"v=spf1 a -all"']},
    "_dmarc.lab.example": {"TXT": ['"v=DMARC1; p=reject; rua=mailto:postmaster@lab.example"']},
    "_smtp._tls.lab.example": {"TXT": ['"v=TLSRPTv1; rua=mailto:postmaster@lab.example"']},
}


@dataclass
class Night:
    """The lab, the world's DNS, and the key that this machine signs with."""

    lab: Lab
    dns: DnsServer
    key: Path
    published: list[str] = field(default_factory=list)

    def publish(self, line: str) -> None:
        """What is typed at the name server's provider: a line of a zone file."""
        name, _, value = line.partition(". IN TXT ")
        self.published.append(name)
        self.dns.zone = {**self.dns.zone, name: {"TXT": [value]}}


class Provider:
    """Takes mail only while the signature it would have can be verified."""

    def __init__(self, dns: DnsServer, key: Path) -> None:
        self._dns = dns
        self._key = key

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        there = self._dns.resolver().ask(NAME, "TXT").texts
        return "250 2.0.0 Ok" if there == (record_of(public_key_of(self._key)),) else REPLY


def new_key(file: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)


@contextmanager
def provider(lab: Lab, dns: DnsServer, key: Path) -> Iterator[None]:
    """A mail server for bigmail.example, to which the lab's Postfix has the way."""
    controller = Controller(Provider(dns, key), hostname=ADDRESS, port=lab.ports["smtp"])
    controller.start()
    try:
        table = lab.postfix_config / "transport"
        with table.open("a") as file:
            file.write(f"bigmail.example smtp:[{ADDRESS}]:{lab.ports['smtp']}\n")
        kind = lab.command("postconf", "-h", "default_database_type").strip()
        lab.command("postmap", f"{kind}:{table}")
        yield
    finally:
        controller.stop()


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    """The old key is published; the new one signs; one message waits, another went elsewhere."""
    key, conf = tmp_path / "s1.private", tmp_path / "opendkim.conf"
    new_key(key)
    old = record_of(public_key_of(key))
    new_key(key)
    conf.write_text(f"Domain lab.example\nSelector s1\nKeyFile {key}\n")
    monkeypatch.setattr("mailtui.services.dns.dkim.opendkim.FILES", (conf,))
    monkeypatch.setattr("mailtui.services.dns.sender._UNPUBLISHED", ("localhost",))
    # What is put in the place of the machine's own resolver here reaches no other process.
    monkeypatch.setattr(ChecksApart, "run", lambda checks: Services(checks._settings).checks.run())
    zone: Zone = {**WELL, NAME: {"TXT": [" ".join(map(quoted, split(old)))]}}
    with Lab(retry_seconds=900) as lab, dns_server(zone) as dns, provider(lab, dns, key):
        monkeypatch.setattr("mailtui.services.dns.resolver.system_servers", lambda: (dns.address,))
        clients.submit(lab, "alice@lab.example", "friend@bigmail.example")
        clients.submit(lab, "alice@lab.example", "friend@accept.example")
        eventually_logged(lab, "to=<friend@bigmail.example>", "status=deferred", "4.7.26")
        eventually_logged(lab, "to=<friend@accept.example>", "status=sent")
        yield Night(lab, dns, key)


async def test_by_keys_from_the_deferral_to_the_record_and_the_delivery(night: Night) -> None:
    async with operator(night.lab) as somebody:
        await somebody.press("0")
        await somebody.sees(NAME, "the published key is not the one on disk", "the message passed neither SPF")
        await somebody.stands_on(NAME, "the published key is not the one on disk")
        await somebody.press("enter")
        await somebody.stands_on(NAME, "differs")
        await somebody.press("y", "1")
        await somebody.until(lambda: somebody.app.clipboard)
        night.publish(somebody.app.clipboard)
        await somebody.press("r")
        await somebody.sees("6 of 8 records published")
        await somebody.press("4")
        await somebody.sees("deferred", "friend@bigmail.example")
        await somebody.press("F", "1")
        await somebody.agrees("postqueue")
        await somebody.until(lambda: logged(night.lab, "to=<friend@bigmail.example>", "status=sent"))
        somebody.proven(7)
    assert night.published == [NAME]


def test_by_the_command_line(night: Night, capsys: pytest.CaptureFixture[str]) -> None:
    options = night.lab.options()
    main([*options, "incidents", "--json"])
    told = {one["cause"]: one for one in json.loads(capsys.readouterr().out)}
    assert told["auth-dmarc"]["who"] == "us"
    assert main([*options, "check", "--only", "dns", "--json"]) == 1
    found = {one["id"]: one for one in json.loads(capsys.readouterr().out)}
    fix = found[f"dns.dkim.differs:{NAME}"]["fix"]
    assert fix == "mailtui dns records lab.example"
    main([*options, *shlex.split(fix)[1:], "--json"])
    wanted = next(one for one in json.loads(capsys.readouterr().out) if one["name"] == NAME)
    assert wanted["state"] == "differs"
    night.publish(wanted["line"])
    main([*options, "check", "--only", "dns", "--json"])
    assert not any(
        one["id"].startswith("dns.dkim") for one in json.loads(capsys.readouterr().out) if one["severity"] == "error"
    )
    assert main([*options, "queue", "flush", "--yes"]) == 0
    eventually_logged(night.lab, "to=<friend@bigmail.example>", "status=sent")
