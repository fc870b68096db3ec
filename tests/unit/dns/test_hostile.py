"""A world in which every name server says whatever it likes: each check ends, and what it tells can be shown."""

from __future__ import annotations

import random
import re

import pytest

from mailtui.services.dns import clients
from mailtui.services.dns.answers import Answer, State
from mailtui.services.dns.dkim.check import check as dkim
from mailtui.services.dns.dkim.signers import Signers, Signing
from mailtui.services.dns.dmarc.check import check as dmarc
from mailtui.services.dns.dnsbl.check import check as dnsbl
from mailtui.services.dns.hosts import mx, own
from mailtui.services.dns.policy import caa, dane, mtasts, tlsrpt
from mailtui.services.dns.policy.https import Fetched
from mailtui.services.dns.policy.serving import Shown
from mailtui.services.dns.resolver import Resolver
from mailtui.services.dns.sender import Sender
from mailtui.services.dns.spf.check import check as spf
from mailtui.services.tls.probe import Ask, Served

US = Sender("mx.d.org", "mx.d.org", ("198.51.99.10", "2a00:db8::10"))
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
SILENT: tuple[State, ...] = ("nxdomain", "nodata", "servfail", "timeout", "failed")
HOSTS = ("d.org.", "mx.d.org.", ".", "1.2.3.4.", "a_b.", "x." * 60, "mx\\032x.", "a\\.b.org.")
RECORDS = {
    "A": ("1.2.3.4", "127.0.0.2", "127.255.255.254", "10.0.0.1", "198.51.99.10"),
    "AAAA": ("::1", "2001:db8::1", "2a00:db8::10"),
    "MX": tuple(f"{number} {host}" for number in (0, 10, 65535) for host in HOSTS),
    "PTR": HOSTS,
    "SRV": tuple(f"0 1 {port} {host}" for port in (0, 465, 993) for host in HOSTS),
    "CAA": ('0 issue "letsencrypt.org"', '128 x "y"', '0 issue ";"', '1 issue "a\\"b"', "\\# 2 0000"),
    "TLSA": ("3 1 1 abcd", "2 0 1 00", "9 9 9 ff", "3 1 1 "),
    "SOA": ("a. b. 1 2 3 4 5",),
}
TEXTS = (
    "v=spf1", "v=spf1 ", "include:d.org", "a:%{d}", "mx", "redirect=%{d1r}", "exists:%{i}.%{p}.d.org", "ptr", "-all", "ip4:1.2.3.4/0",
    "v=DMARC1;", "p=reject;", "sp=none;", "psd=y;", "t=y;", "rua=mailto:a@b.org", "v=DKIM1;", "k=rsa;", "p=", "p=AAAA",
    "v=STSv1; id=1", "version: STSv1\n", "mode: enforce\n", "mx: *.d.org\n", "max_age: 9\n", "v=TLSRPTv1; rua=mailto:a@d",
    ";", " ", "%", "{", "}", "{0}", "=", "\x00", "\x1b[2J", "\u202e", "é", "\udc80", '"', "\\",
)  # fmt: skip


class Hostile(Resolver):
    """Says something else of each name, and the same when it is asked again."""

    def __init__(self, seed: int) -> None:
        super().__init__([("127.0.0.1", 53)])
        self._chance = random.Random(seed)

    def _ask(self, name: str, record: str) -> Answer:
        chance = self._chance
        if chance.random() < 0.15:
            return Answer(name, record, chance.choice(SILENT), problem=chance.choice(TEXTS))
        aliases = chance.choice(((), ("z\x1b.org",)))
        secure = chance.random() < 0.5
        count = chance.randint(1, 3)
        if record == "TXT":
            strings = tuple((self.text().encode("utf-8", "surrogateescape"),) for _ in range(count))
            return Answer(name, record, "found", ("x",) * count, strings, aliases, secure)
        return Answer(name, record, "found", tuple(chance.choices(RECORDS[record], k=count)), (), aliases, secure)

    def text(self) -> str:
        """What a stranger might publish."""
        return "".join(self._chance.choices(TEXTS, k=self._chance.randint(0, 9)))


@pytest.mark.parametrize("seed", range(60))
def test_every_check_ends_and_tells_only_what_can_be_shown(seed: int) -> None:
    world = Hostile(seed)
    shown = Shown("mx.d.org", Served(Ask("127.0.0.1", 25), chain_der=(b"no certificate",), version="TLSv1.3"))
    hosts = mx.exchangers(world, "d.org")
    findings = [
        *spf(world, "d.org", US.addresses, US.helo),
        *dmarc(world, "d.org"),
        *dkim(world, "d.org", Signers((Signing("d.org", "s", "a signer"),))),
        *mx.check(world, "d.org", US),
        *own.check(world, US),
        *tlsrpt.check(world, "d.org", needed=True),
        *caa.check(world, US.hostname, shown),
        *mtasts.check(world, "d.org", hosts, lambda host, path, _: Fetched(host + path, body=world.text()), lambda: (shown,)),
        *dane.check(world, hosts, US, lambda _: shown),
        *clients.check(world, "d.org", US, {993}),
        *dnsbl(world, US.addresses, "d.org"),
    ]  # fmt: skip
    assert findings
    for finding in findings:
        for text in (finding.id, finding.subject, finding.title, finding.advice, *finding.evidence):
            assert not CONTROL.search(text), finding
