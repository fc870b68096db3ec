"""All checks together on one machine: nothing is wrong where all is well, one thing is said of one cause, and it ends."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import pytest

from mailtui.findings import Finding
from mailtui.host.errors import HostError, UsageError
from mailtui.services.dns import machine as machines
from mailtui.services.dns.dkim.signers import Signers, Signing
from mailtui.services.dns.policy.serving import Shown
from mailtui.services.dns.publishing.model import Wanted, split
from mailtui.services.dns.resolver import Resolver
from mailtui.services.dns.service import Deliverability
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.logs import LogSources
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.probe import Ask, Served
from mailtui.settings import Settings
from tests.support.dns_server import DnsServer, Zone, dns_server
from tests.support.tools import RecordedTools
from tests.unit.dns.test_dkim import rsa_key, txt, written

V4 = "198.51.99.10"
HOST = "mx.d.org"
PARAMETERS = {
    "myhostname": HOST,
    "inet_interfaces": V4,
    "inet_protocols": "ipv4",
    "mydestination": "d.org, localhost",
    "smtpd_recipient_restrictions": "permit_mynetworks, reject_rbl_client bl.example",
}
LISTS = ("zen.spamhaus.org", "bl.spamcop.net", "b.barracudacentral.org", "psbl.surriel.com", "dnsbl-1.uceprotect.net",
         "bl.mailspike.net", "dnsbl.dronebl.org", "spam.spamrats.com", "noptr.spamrats.com", "dyna.spamrats.com",
         "dnsbl-2.uceprotect.net", "bl.example")  # fmt: skip
ALIVE: Zone = {
    **{f"2.0.0.127.{name}": {"A": ["127.0.0.2"]} for name in LISTS},
    "dbltest.com.dbl.spamhaus.org": {"A": ["127.0.1.2"]},
    "test.surbl.org.multi.surbl.org": {"A": ["127.0.0.254"]},
    "test.uribl.com.multi.uribl.com": {"A": ["127.0.0.14"]},
}
KEY = "s1._domainkey.d.org"
STRICT = "v=DMARC1; p=reject; rua=mailto:postmaster@d.org"
GOOD: Zone = {
    **ALIVE,
    "d.org": {"MX": [f"10 {HOST}."], "TXT": [f'"v=spf1 ip4:{V4} -all"']},
    HOST: {"A": [V4], "TXT": ['"v=spf1 a -all"'], "CAA": ['0 issue "letsencrypt.org"']},
    "10.99.51.198.in-addr.arpa": {"PTR": [f"{HOST}."]},
    "_dmarc.d.org": {"TXT": [f'"{STRICT}"']},
    "_smtp._tls.d.org": {"TXT": ['"v=TLSRPTv1; rua=mailto:postmaster@d.org"']},
    "_imaps._tcp.d.org": {"SRV": [f"0 1 993 {HOST}."]},
}


class Machine(machines.Machine):
    """One whose signer and mail port are the test's."""

    key: Path | None = None

    @property
    def signers(self) -> Signers:
        return Signers((Signing("d.org", "s1", "OpenDKIM", self.key),) if self.key else ())

    def _serve(self, host: str) -> Served:
        return Served(Ask(V4, 25, "smtp", host), "no-starttls", "no STARTTLS")


def machine(
    parameters: Mapping[str, str] = MappingProxyType({}), server: DnsServer | None = None, patience: float = 5.0
) -> Deliverability:
    values = "".join(f"{name} = {value}\n" for name, value in {**PARAMETERS, **parameters}.items())
    tools = RecordedTools(
        {
            "postconf -x": values,
            "postconf -nx": values,
            "postconf -Px": "",
            "postconf -- smtpd_recipient_restrictions": values,
            "postconf -M": "smtp inet n - y - - smtpd\nsmtp unix - - y - - smtp\n",
            "doveconf -a -P": HostError("no Dovecot"),
        }
    )
    postfix, dovecot = PostfixConfig(tools), DovecotConfig(tools)
    sources = LogSources(tools, Settings(logs=(Path("/dev/null"),)), postfix, dovecot)

    def resolver(servers: Sequence[tuple[str, int]]) -> Resolver:
        return Resolver(servers or [server.address if server else ("127.0.0.1", 9)], patience=patience)

    return Deliverability(tools, postfix, dovecot, sources, resolver)


@pytest.fixture(autouse=True)
def signing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    key = written(tmp_path / "s1.key", rsa_key())
    monkeypatch.setattr(Machine, "key", key)
    monkeypatch.setattr("mailtui.services.dns.service.Machine", Machine)
    return key


@contextmanager
def world(zone: Zone = MappingProxyType({}), *, signed: bool = True) -> Iterator[DnsServer]:
    from mailtui.services.dns.dkim.keys import record_of

    key: Zone = {KEY: {"TXT": [txt(record_of(rsa_key().public_key()))]}} if signed else {}
    with dns_server({**GOOD, **key, **zone}) as server:
        yield server


def wrong(found: tuple[Finding, ...]) -> set[str]:
    return {finding.id for finding in found if finding.severity in ("error", "warning")}


def test_nothing_is_invented_where_all_is_well() -> None:
    with world() as server:
        report = machine().check("d.org", servers=[server.address])
    assert wrong(report.findings) == set()
    assert report.unchecked == ()
    assert {"SPF of d.org", "block lists", "lists Postfix asks", "CAA", "DANE of d.org"} <= set(report.checked)
    assert any(finding.id.startswith("dns.dkim.same") for finding in report.findings)


FAULTS: list[tuple[str, Zone, str]] = [
    ("mx", {"d.org": {"TXT": [f'"v=spf1 ip4:{V4} -all"']}}, "dns.mx.none:d.org"),
    ("ptr", {"10.99.51.198.in-addr.arpa": "NXDOMAIN"}, f"dns.own.ptr-none:{V4}"),
    ("spf", {"d.org": {"MX": [f"10 {HOST}."]}}, "dns.spf.none:d.org"),
    ("spf address", {"d.org": {"MX": [f"10 {HOST}."], "TXT": ['"v=spf1 -all"']}}, f"dns.spf.refused:d.org/{V4}"),
    ("dkim", {KEY: "NXDOMAIN"}, f"dns.dkim.unpublished:{KEY}"),
    ("dmarc", {"_dmarc.d.org": "NXDOMAIN"}, "dns.dmarc.none:d.org"),
    ("mta-sts", {"_mta-sts.d.org": {"TXT": ['"v=STSv1; id=1"']}}, "dns.mtasts.no-host:d.org"),
    ("dane", {f"_25._tcp.{HOST}": {"TLSA": ["3 1 1 " + "ab" * 32]}}, f"dns.dane.unsigned:{HOST}"),
    ("listed", {f"10.99.51.198.{LISTS[0]}": {"A": ["127.0.0.3"]}}, f"dns.dnsbl.listed:{V4}/{LISTS[0]}"),
    ("list asked", {"2.0.0.127.bl.example": "NXDOMAIN"}, "dns.dnsbl.asked-dead:bl.example"),
    ("list of all", {"*.bl.example": {"A": ["127.0.0.2"]}}, "dns.dnsbl.asked-everything:bl.example"),
    ("caa", {HOST: {**GOOD[HOST], "CAA": ["SERVFAIL"]}}, f"dns.caa.lookup:{HOST}"),  # type: ignore[dict-item]
    (
        "srv",
        {"_imaps._tcp.d.org": {"SRV": ["0 1 993 gone.d.org."]}},
        "dns.clients.unresolved:d.org/_imaps._tcp.d.org/gone.d.org",
    ),
    ("tls reports", {"_smtp._tls.d.org": {"TXT": ['"v=TLSRPTv1;"']}}, "dns.tlsrpt.address:d.org"),
    ("no domain", {"d.org": "NXDOMAIN"}, "dns.mx.no-domain:d.org"),
]


@pytest.mark.parametrize(("zone", "wanted"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_one_fault_is_found_and_no_other_invented(zone: Zone, wanted: str) -> None:
    with world(zone) as server:
        found = wrong(machine().check("d.org", servers=[server.address]).findings)
    also = {"dns.tlsrpt.needed:d.org"} if wanted.startswith(("dns.mtasts", "dns.dane")) else set()
    assert found - also == {wanted}


@pytest.mark.parametrize("fate", ["TIMEOUT", "SERVFAIL", "REFUSED"])
def test_a_dead_resolver_is_one_finding(fate: str) -> None:
    with dns_server({"": fate, "d.org": fate}) as server:
        started = time.monotonic()
        report = machine(patience=0.2).check("d.org", servers=[server.address])
        assert time.monotonic() - started < 8
    assert [finding.id for finding in report.findings] == ["dns.any.dead:127.0.0.1"]


def test_it_ends_although_every_name_is_silent() -> None:
    silent: Zone = {**{f"*.{name}": "TIMEOUT" for name in LISTS}, "d.org": {"MX": [f"10 {HOST}."], "TXT": ["TIMEOUT"]}}
    with dns_server({"*.d.org": "TIMEOUT", **silent}) as server:
        deliverability = machine(patience=0.2)
        started = time.monotonic()
        report = deliverability.check("d.org", servers=[server.address])
        assert time.monotonic() - started < 15
    assert report.unchecked == ()
    assert "dns.any.unknown-timeout:d.org/spf" in wrong(report.findings)


def test_every_check_of_the_machine_at_once() -> None:
    with world({"_dmarc.d.org": "NXDOMAIN"}) as server:
        assert wrong(machine(server=server).findings()) == {"dns.dmarc.none:d.org"}


def test_domains_that_the_world_cannot_see_are_not_looked_at() -> None:
    with world() as server:
        parameters = {"mydestination": "lab.example, mx.test", "myhostname": "mx.lab.example"}
        assert machine(parameters, server).findings() == ()
        assert server.asked == []


def test_with_a_dead_resolver_the_other_checks_say_it() -> None:
    with dns_server({"": "SERVFAIL", HOST: "SERVFAIL"}) as server:
        assert machine(server=server).findings() == ()


@pytest.mark.parametrize("domain", ["", "single", "a b.org", "-x.org", "1.2.3.4", "x" * 70 + ".org"])
def test_what_is_no_domain(domain: str) -> None:
    with pytest.raises(UsageError):
        machine().check(domain, servers=[("127.0.0.1", 9)])


def by_name(wanted: tuple[Wanted, ...]) -> dict[tuple[str, str], Wanted]:
    return {(one.name, one.type): one for one in wanted}


def test_records_that_are_published_are_told_so() -> None:
    with world() as server:
        found = by_name(machine().records("d.org", servers=[server.address]))
    states = {name: one.state for name, one in found.items() if one.state != "published"}
    assert states == {("_mta-sts.d.org", "TXT"): "missing"}
    assert found["_mta-sts.d.org", "TXT"].file.splitlines()[1:4] == [
        "version: STSv1", "mode: testing", f"mx: {HOST}",
    ]  # fmt: skip


def test_records_for_a_domain_that_has_none_are_those_that_make_it_well() -> None:
    with dns_server({**ALIVE, "d.org": {"A": ["203.0.113.9"]}}) as server:
        wanted = machine().records("d.org", servers=[server.address])
    assert {one.state for one in wanted} == {"missing"}
    zone: dict[str, dict[str, list[str]]] = {}
    for one in wanted:
        value = one.line.split(f" IN {one.type} ", 1)[1]
        zone.setdefault(one.name, {}).setdefault(one.type, []).append(value)
    del zone["_mta-sts.d.org"]
    with dns_server({**ALIVE, **zone}) as server:
        assert wrong(machine().check("d.org", servers=[server.address]).findings) == set()
        assert by_name(machine().records("d.org", servers=[server.address]))["d.org", "TXT"].state == "published"


def test_what_a_record_lacks_is_added_to_it() -> None:
    zone: Zone = {"d.org": {"MX": [f"10 {HOST}."], "TXT": ['"v=spf1 include:_spf.esp.example ~all"']},
                  "_spf.esp.example": {"TXT": ['"v=spf1 -all"']}, KEY: {"TXT": ['"v=DKIM1; p="']}}  # fmt: skip
    with world(zone) as server:
        found = by_name(machine().records("d.org", servers=[server.address]))
    assert found["d.org", "TXT"].value == f"v=spf1 ip4:{V4} include:_spf.esp.example ~all"
    assert found["d.org", "TXT"].found == ("v=spf1 include:_spf.esp.example ~all",)
    assert found[KEY, "TXT"].state == "differs"


def test_a_long_record_is_split_at_255_and_quoted() -> None:
    with world(signed=False) as server:
        key = by_name(machine().records("d.org", servers=[server.address]))[KEY, "TXT"]
    assert [len(part) for part in key.strings] == [255, len(key.value) - 255]
    assert "".join(key.strings) == key.value
    assert key.line.count('" "') == 1
    assert [len(part) for part in split("x" * 600)] == [255, 255, 90]
    assert Wanted("a", "TXT", 'say "x" \\', "").line == 'a. IN TXT "say \\"x\\" \\\\"'


def test_without_a_host_name_there_are_no_records() -> None:
    with pytest.raises(HostError, match="no full host name"):
        machine({"myhostname": "mx"}).records("d.org", servers=[("127.0.0.1", 9)])


def test_what_the_log_says_is_read_from_its_end(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    reject = "2026-11-21T07:00:00+00:00 mx postfix/smtpd[7]: NOQUEUE: reject: RCPT from a[192.0.2.1]: 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example; x"
    signed = "2026-11-21T07:00:00+00:00 mx opendkim[7]: 4A1B2C3D4E: DKIM-Signature field added (s=s9, d=d.org)"
    log.write_text(f"{reject}\n{signed}\n{reject}\n")
    tools = RecordedTools({})
    postfix, dovecot = PostfixConfig(tools), DovecotConfig(tools)
    found = machines.Machine(tools, postfix, dovecot, LogSources(tools, Settings(logs=(log,)), postfix, dovecot))
    assert found.rejects == {"bl.example": 2}
    assert [one.selector for one in found.signers.of("d.org")] == ["s9"]


def test_a_port_is_looked_at_once_for_a_name() -> None:
    tools = RecordedTools({})
    postfix, dovecot = PostfixConfig(tools), DovecotConfig(tools)
    found = Machine(tools, postfix, dovecot, LogSources(tools, Settings(), postfix, dovecot))
    assert isinstance(found.look(HOST), Shown)
    assert found.look(HOST) is found.look(HOST)


def test_questions_are_not_asked_twice() -> None:
    with world() as server:
        machine().check("d.org", servers=[server.address])
        assert len(server.asked) == len(set(server.asked))
    assert Resolver([("127.0.0.1", 9)]).seconds_left > 0
