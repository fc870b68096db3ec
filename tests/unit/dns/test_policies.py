"""MTA-STS, TLS reporting, CAA and SRV records: what senders, authorities and mail programs make of them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.findings import Finding
from mailtui.services.dns import clients
from mailtui.services.dns.hosts.mx import exchangers
from mailtui.services.dns.policy import mtasts, tlsrpt
from mailtui.services.dns.policy.https import Fetched, Trouble
from mailtui.services.dns.sender import Sender
from tests.support.dns_server import Zone, dns_server

V4 = "198.51.99.10"
US = Sender("mx.d.example", "mx.d.example", (V4,))
POLICY = "version: STSv1\nmode: enforce\nmx: mx.d.example\nmax_age: 604800\n"
STS: Zone = {
    "d.example": {"MX": ["10 mx.d.example."]},
    "mx.d.example": {"A": [V4]},
    "mta-sts.d.example": {"A": ["198.51.99.11"]},
    "_mta-sts.d.example": {"TXT": ['"v=STSv1; id=20261121"']},
}


def by_kind(found: Sequence[Finding], topic: str) -> dict[str, Finding]:
    assert len({finding.id for finding in found}) == len(found)
    return {finding.id.split(":")[0].removeprefix(f"dns.{topic}."): finding for finding in found}


def sts(zone: Zone, body: str = POLICY, trouble: Trouble = "") -> dict[str, Finding]:
    asked: list[tuple[str, str, tuple[str, ...]]] = []

    def fetch(host: str, path: str, addresses: tuple[str, ...]) -> Fetched:
        asked.append((host, path, addresses))
        return Fetched(f"https://{host}{path}", trouble, "why", body)

    with dns_server({**STS, **zone}) as server:
        resolver = server.resolver()
        found = mtasts.check(resolver, "d.example", exchangers(resolver, "d.example"), fetch, tuple)
    assert all(one == ("mta-sts.d.example", "/.well-known/mta-sts.txt", ("198.51.99.11",)) for one in asked)
    return by_kind(found, "mtasts")


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (['"v=STSv1; id=1;"'], {"enforce"}),
        (['"v=STSv1;id=abcDEF123"'], {"enforce"}),
        (['"v=STSv1; id=1; future=x"'], {"enforce"}),
        (['"v=STSv1; id=1"', '"other"'], {"enforce"}),
        (['"v=STSv1; id=1"', '"v=STSv1; id=2"'], {"several"}),
        (['"v=STSv1; id=a-b"'], {"id"}),
        (['"v=STSv1; id="'], {"id"}),
        (['"v=STSv1"'], {"damaged"}),
        (['"v=STSv1; id=' + "1" * 33 + '"'], {"id"}),
        (['"id=1; v=STSv1"'], {"damaged"}),
        (['"v=STSv2; id=1"'], {"damaged"}),
        (['"v=stsv1; id=1"'], {"damaged"}),
        (['"hello"'], {"none"}),
    ],
)
def test_the_record_of_mta_sts(record: list[str], told: set[str]) -> None:
    assert set(sts({"_mta-sts.d.example": {"TXT": record}})) == told


@pytest.mark.parametrize(
    ("fate", "told"),
    [
        ("NXDOMAIN", "none"),
        ("SERVFAIL", "dns.any.unknown-servfail"),
        ("TIMEOUT", "dns.any.unknown-timeout"),
        ("REFUSED", "dns.any.unknown-failed"),
    ],
)
def test_each_fate_of_the_record(fate: str, told: str) -> None:
    assert set(sts({"_mta-sts.d.example": fate})) == {told}


@pytest.mark.parametrize(("fate", "told"), [("NXDOMAIN", "no-host"), ("SERVFAIL", "dns.any.unknown-servfail")])
def test_each_fate_of_the_policys_host(fate: str, told: str) -> None:
    assert set(sts({"mta-sts.d.example": fate})) == {told}


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ("unreachable", {"fetch-unreachable"}),
        ("timeout", {"fetch-timeout"}),
        ("certificate", {"fetch-certificate"}),
        ("tls", {"fetch-tls"}),
        ("status", {"fetch-status"}),
        ("size", {"fetch-size"}),
        ("type", {"fetch-type", "enforce"}),
    ],
)
def test_what_befalls_the_policy_on_its_way(trouble: Trouble, told: set[str]) -> None:
    assert set(sts({}, trouble=trouble)) == told


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (POLICY, {"enforce"}),
        (POLICY.replace("\n", "\r\n"), {"enforce"}),
        (POLICY.replace("enforce", "testing"), {"testing"}),
        (POLICY.replace("enforce", "none"), {"off"}),
        ("version: STSv1\nmode: none\nmax_age: 86400\n", {"off"}),
        (POLICY.replace("mx.d.example", "*.d.example"), {"enforce"}),
        (POLICY.replace("mx.d.example", "MX.D.Example"), {"enforce"}),
        (POLICY + "mx: old.d.example\n", {"enforce", "mx-unused"}),
        (POLICY.replace("mx.d.example", "*.example"), {"enforce", "mx-missing-enforce", "mx-unused"}),
        (POLICY.replace("mx.d.example", "d.example"), {"enforce", "mx-missing-enforce", "mx-unused"}),
        (POLICY.replace("mx.d", "other.d").replace("enforce", "testing"), {"testing", "mx-missing-testing", "mx-unused"}),
        (POLICY.replace("604800", "600"), {"enforce", "short"}),
        (POLICY.replace("604800", "99999999"), {"flaws"}),
        (POLICY.replace("604800", "-1"), {"flaws"}),
        (POLICY.replace("604800", "a week"), {"flaws"}),
        (POLICY.replace("STSv1", "STSv2"), {"flaws"}),
        (POLICY.replace("enforce", "strict"), {"flaws"}),
        (POLICY.replace("mx: mx.d.example\n", ""), {"flaws"}),
        (POLICY.replace("mx.d.example", "mx.d.example, b.d.example"), {"flaws"}),
        (POLICY.replace("mx.d.example", "mail.*.example"), {"flaws"}),
        ("<html><body>404</body></html>", {"flaws"}),
        ("", {"flaws"}),
    ],
)  # fmt: skip
def test_what_is_told_of_a_policy(body: str, told: set[str]) -> None:
    assert set(sts({}, body)) == told


@given(st.text(max_size=200))
def test_any_text_is_read_as_a_policy(text: str) -> None:
    assert mtasts.parse(text).max_age >= 0


def rpt(texts: list[str] | str, *, needed: bool = False) -> dict[str, Finding]:
    records = texts if isinstance(texts, str) else {"TXT": [f'"{text}"' for text in texts]}
    with dns_server({"_smtp._tls.d.example": records, "d.example": {"A": [V4]}}) as server:
        return by_kind(tlsrpt.check(server.resolver(), "d.example", needed=needed), "tlsrpt")


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["v=TLSRPTv1; rua=mailto:tls@d.example"], {"published"}),
        (["v=TLSRPTv1;rua=mailto:tls@d.example"], {"published"}),
        (["v=TLSRPTv1; rua=mailto:a@d.example,https://r.example/v1/x"], {"published"}),
        (["v=TLSRPTv1; rua=mailto:a@d.example", "other"], {"published"}),
        (["v=TLSRPTv1; rua=mailto:a@d.example", "v=TLSRPTv1; rua=mailto:b@d.example"], {"several"}),
        (["v=TLSRPTv1; rua=tls@d.example"], {"address"}),
        (["v=TLSRPTv1; rua=http://r.example"], {"address"}),
        (["v=TLSRPTv1; rua="], {"address"}),
        (["v=TLSRPTv1;"], {"address"}),
        (["v=TLSRPT1; rua=mailto:a@d.example"], {"damaged"}),
        (["v=tlsrptv1; rua=mailto:a@d.example"], {"damaged"}),
        (["v=TLSRPTv1"], {"damaged"}),
        (["x"], {"none"}),
        ("NXDOMAIN", {"none"}),
        ("SERVFAIL", {"dns.any.unknown-servfail"}),
        ("TIMEOUT", {"dns.any.unknown-timeout"}),
    ],
)
def test_what_is_told_of_tls_reporting(texts: list[str] | str, told: set[str]) -> None:
    assert set(rpt(texts)) == told


def test_reporting_is_missed_more_where_there_is_a_policy() -> None:
    assert rpt("NXDOMAIN")["none"].severity == "notice"
    assert rpt("NXDOMAIN", needed=True)["needed"].severity == "warning"


def srv(zone: Zone, ports: frozenset[int] = frozenset({465, 587, 993, 143})) -> dict[str, Finding]:
    base: Zone = {"mx.d.example": {"A": [V4]}, "far.example": {"A": ["198.51.99.77"]}, "d.example": {"A": [V4]}}
    with dns_server({**base, **zone}) as server:
        found = clients.check(server.resolver(), "d.example", US, ports)
    return by_kind(found, "clients")


@pytest.mark.parametrize(
    ("records", "told"),
    [
        ({}, {"none"}),
        ({"_imaps._tcp": "0 1 993 mx.d.example."}, {"published"}),
        ({"_imaps._tcp": "0 1 993 MX.d.example."}, {"published"}),
        ({"_imaps._tcp": "0 1 993 mx.d.example.", "_pop3._tcp": "0 0 0 ."}, {"published"}),
        ({"_pop3._tcp": "0 0 0 ."}, set()),
        ({"_imaps._tcp": "0 1 993 gone.example."}, {"unresolved", "published"}),
        ({"_imaps._tcp": "0 1 993 alias.example."}, {"alias", "published"}),
        ({"_imaps._tcp": "0 1 993 far.example."}, {"published"}),
        ({"_imaps._tcp": "0 1 993 dead.example."}, {"dns.any.unknown-servfail", "published"}),
        ({"_pop3s._tcp": "0 1 995 mx.d.example."}, {"closed", "published"}),
        ({"_pop3s._tcp": "0 1 995 far.example."}, {"published"}),
        ({"_submissions._tcp": "0 1 466 mx.d.example."}, {"closed", "published"}),
        ({"_sieve._tcp": "SERVFAIL"}, {"dns.any.unknown-servfail"}),
    ],
)
def test_what_is_told_of_srv_records(records: dict[str, str], told: set[str]) -> None:
    zone: Zone = {f"{label}.d.example": {"SRV": [record]} for label, record in records.items()}
    others: Zone = {"alias.example": {"CNAME": ["mx.d.example."]}, "dead.example": "SERVFAIL"}
    assert set(srv({**zone, **others})) == told


def test_an_autoconfig_host_is_an_answer_too() -> None:
    assert srv({"autoconfig.d.example": {"A": [V4]}}) == {}


def test_where_ports_are_not_known_nothing_is_said_of_them() -> None:
    assert set(srv({"_pop3s._tcp.d.example": {"SRV": ["0 1 995 mx.d.example."]}}, frozenset())) == {"published"}
