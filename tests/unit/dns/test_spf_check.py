"""What an operator is told of a record: everything that is wrong with it, and nothing of one that is right."""

from __future__ import annotations

import pytest

from mailtui.findings import Finding
from mailtui.services.dns.spf.check import check, term_of
from tests.support.dns_server import Zone, dns_server

V4, V6 = "192.0.2.10", "2001:db8::10"
HELO: Zone = {"mx.d.example": {"TXT": ['"v=spf1 a -all"'], "A": [V4], "AAAA": [V6]}}
GOOD = f"v=spf1 ip4:{V4} ip6:{V6} -all"
MANY = " ".join(f"a:mx.d.example/{n}" for n in range(21, 32))


def kinds(zone: Zone, addresses: tuple[str, ...] = (V4, V6), helo: str = "mx.d.example") -> dict[str, Finding]:
    with dns_server({**HELO, **zone}) as server:
        found = check(server.resolver(), "d.example", addresses, helo)
    assert len({finding.id for finding in found}) == len(found)
    return {finding.id.split(":")[0].removeprefix("dns.spf."): finding for finding in found}


def published(*texts: str) -> Zone:
    return {"d.example": {"TXT": [" ".join(f'"{part}"' for part in text.split("|")) for text in texts]}}


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ([GOOD], {"pass"}),
        ([GOOD.replace("-all", "~all")], {"pass"}),
        (["v=spf1 mx |ip4:192.0.2.0/24 ip6:2001:db8::/48 -all"], {"pass", "void"}),
        (["v=spf1 a:mx.d.example -all", "google-site-verification=x"], {"pass"}),
        ([], {"none"}),
        (["other"], {"none"}),
        (["spf1 -all"], {"none"}),
        (["v=spf -all"], {"damaged"}),
        (['\\"v=spf1 -all\\"'], {"damaged"}),
        (["v spf1 -all"], {"damaged"}),
        (["v=spf1-all"], {"damaged"}),
        ([GOOD, "v=spf1 -all"], {"several"}),
        ([GOOD, GOOD.replace("-all", "~all")], {"several"}),
        (["v=spf1 ipv4:192.0.2.10 -all"], {"syntax"}),
        (["v=spf1 mx: -all"], {"syntax"}),
        (["v=spf1 ip4:192.0.2.10| ip6:2001:db8::10 -al"], {"syntax"}),
        ([f"v=spf1 ip4:{V4} -all"], {"pass", "refused"}),
        ([f"v=spf1 ip4:{V4} ~all"], {"pass", "refused"}),
        (["v=spf1 -all"], {"refused"}),
        (["v=spf1 +all"], {"pass", "everyone"}),
        (["v=spf1 all"], {"pass", "everyone"}),
        ([f"{GOOD} +all"], {"pass", "everyone", "unreached"}),
        (["v=spf1 ip4:0.0.0.0/0 ip6:::/0 -all"], {"pass", "everyone"}),
        (["v=spf1 ip4:192.0.0.0/8 ip6:2001:db8::/20 -all"], {"pass", "wide"}),
        ([GOOD.replace("-all", "?all")], {"pass", "open"}),
        ([GOOD.removesuffix(" -all")], {"pass", "open"}),
        (["v=spf1"], {"refused", "open"}),
        (["v=spf1 -all " + GOOD.removeprefix("v=spf1 ")], {"refused", "unreached"}),
        ([GOOD + " redirect=_spf.d.example"], {"pass", "unreached"}),
        ([f"v=spf1 ip4:{V4} ip6:{V6} ptr -all"], {"pass", "ptr"}),
        ([f"v=spf1 {MANY} -all"], {"pass", "lookups"}),
        ([f"v=spf1 {MANY.rpartition(' ')[0]} -all"], {"pass", "lookups-near"}),
        ([f"v=spf1 ip4:{V4} ip6:{V6} include:gone.example -all"], {"pass", "broken-include"}),
        ([f"v=spf1 include:gone.example ip4:{V4} ip6:{V6} -all"], {"permerror", "broken-include"}),
        ([f"v=spf1 ip4:{V4} ip6:{V6} include:d.example -all"], {"pass", "broken-include"}),
        ([f"v=spf1 ip4:{V4} ip6:{V6} a:gone.example -all"], {"pass", "void"}),
        ([GOOD, "x" * 250 + "|" + "y" * 250], {"pass", "large"}),
    ],
)
def test_what_is_told_of_a_record(texts: list[str], told: set[str]) -> None:
    assert set(kinds(published(*texts))) == told


@pytest.mark.parametrize("fate", ["SERVFAIL", "TIMEOUT", "REFUSED"])
def test_a_failing_server_is_told_apart_from_no_record(fate: str) -> None:
    found = kinds({"d.example": fate})
    word = {"SERVFAIL": "servfail", "TIMEOUT": "timeout", "REFUSED": "failed"}[fate]
    assert set(found) == {f"dns.any.unknown-{word}"}
    assert found[f"dns.any.unknown-{word}"].severity == "warning"


def test_a_domain_that_is_not_there_has_no_record() -> None:
    assert kinds({"d.example": "NXDOMAIN"})["none"].evidence == ("d.example does not exist (NXDOMAIN)",)


def test_a_failing_include_is_no_verdict() -> None:
    zone = {**published("v=spf1 include:bad.example -all"), "bad.example": "SERVFAIL"}
    assert set(kinds(zone)) == {"temperror", "broken-include"}


def test_the_missing_term_is_named() -> None:
    found = kinds(published(f"v=spf1 ip4:{V4} -all"))
    assert f"ip6:{V6}" in found["refused"].advice
    assert found["refused"].evidence[0].startswith("v=spf1")
    assert found["refused"].fix == ("mailtui", "dns", "records", "d.example")


@pytest.mark.parametrize(
    ("helo", "told"),
    [
        ({"TXT": ['"v=spf1 a -all"'], "A": [V4], "AAAA": [V6]}, set()),
        ({"A": [V4], "AAAA": [V6]}, {"helo-none"}),
        ({"TXT": ['"v=spf1 -all"']}, {"helo-refused"}),
        ({"TXT": ['"v=spf1 a -all"'], "A": [V4]}, {"helo-refused"}),
        ("NXDOMAIN", {"helo-none"}),
        ("SERVFAIL", {"temperror"}),
    ],
)
def test_the_name_it_greets_with_has_a_record_of_its_own(helo: dict[str, list[str]] | str, told: set[str]) -> None:
    zone: Zone = {**published(GOOD), "mx.d.example": helo}
    assert set(kinds(zone)) - {"pass"} == told


def test_without_an_address_nothing_is_evaluated() -> None:
    assert set(kinds(published(GOOD), addresses=())) == {"no-address"}


@pytest.mark.parametrize(
    ("text", "nobody"),
    [
        ("v=spf1 -all", True),
        ("v=spf1 ~all", True),
        ("v=spf1 -ip4:192.0.2.0/24 ~all", True),
        ("v=spf1 ip4:192.0.2.1 -all", False),
        ("v=spf1 include:mx.d.example -all", False),
        ("v=spf1 redirect=mx.d.example", False),
        ("v=spf1 ~include:mx.d.example -all", True),
    ],
)
def test_a_record_that_lets_nobody_send_is_told_where_no_address_is_known(text: str, nobody: bool) -> None:
    assert ("nobody" in kinds(published(text), addresses=())) is nobody


def test_an_address_as_a_term() -> None:
    assert (term_of(V4), term_of(V6)) == (f"ip4:{V4}", f"ip6:{V6}")
