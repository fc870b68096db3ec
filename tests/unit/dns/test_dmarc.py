"""DMARC by RFC 9989: which record speaks, who belongs together, and what is told of a record."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.findings import Finding
from mailtui.services.dns.dmarc.check import check
from mailtui.services.dns.dmarc.record import is_dmarc, parse
from mailtui.services.dns.dmarc.walk import aligned, names, walk
from tests.support.dns_server import Zone, dns_server

REJECT = "v=DMARC1; p=reject; rua=mailto:dmarc@d.example"


def kinds(zone: Zone, domain: str = "d.example") -> dict[str, Finding]:
    with dns_server(zone) as server:
        found = check(server.resolver(), domain)
    assert len({finding.id for finding in found}) == len(found)
    return {finding.id.split(":")[0].removeprefix("dns.dmarc."): finding for finding in found}


def at(domain: str, *texts: str) -> Zone:
    return {f"_dmarc.{domain}": {"TXT": [f'"{text}"' for text in texts]}, domain: {"A": ["192.0.2.1"]}}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (REJECT, {"policy"}),
        (REJECT.replace("reject", "quarantine"), {"policy"}),
        (REJECT.replace("reject", "REJECT"), {"policy"}),
        (REJECT + ";", {"policy"}),
        (REJECT.replace("; ", ";"), {"policy"}),
        (REJECT.replace("v=DMARC1;", "v = DMARC1 ;"), {"policy"}),
        (REJECT + "; adkim=s; aspf=r; fo=1:d:s; ruf=mailto:f@d.example", {"policy"}),
        (REJECT + "; np=reject; sp=reject; psd=n; t=n", {"policy"}),
        (REJECT.replace("reject", "none"), {"p-none"}),
        ("v=DMARC1; p=reject", {"policy", "rua-none"}),
        ("v=DMARC1; p=none", {"p-none", "rua-none"}),
        ("v=DMARC1; rua=mailto:a@d.example", {"p-missing"}),
        ("v=DMARC1; p=", {"no-policy"}),
        ("v=DMARC1", {"no-policy"}),
        ("v=DMARC1;", {"no-policy"}),
        ("v=DMARC1; sp=reject", {"no-policy"}),
        ("v=DMARC1; p=block", {"no-policy"}),
        ("v=DMARC1; p=block; rua=mailto:a@d.example", {"flaw", "p-none"}),
        ("v=DMARC1; p reject; rua=mailto:a@d.example", {"flaw", "p-missing"}),
        ("v=DMARC1, p=reject", {"damaged", "none"}),
        ("v=DMARC1 p=reject", {"damaged", "none"}),
        ("v=dmarc1; p=reject", {"damaged", "none"}),
        ("v=DMARC; p=reject", {"damaged", "none"}),
        ("DMARC1; p=reject", {"damaged", "none"}),
        (" v=DMARC1; p=reject", {"damaged", "none"}),
        ("p=reject; v=DMARC1", {"none"}),
        ('\\"v=DMARC1; p=reject\\"', {"damaged", "none"}),
        ("v=spf1 -all", {"none"}),
        (REJECT + "; sp=none", {"policy", "weaker"}),
        (REJECT + "; sp=quarantine", {"policy", "weaker"}),
        (REJECT + "; np=none", {"policy", "weaker"}),
        (REJECT + "; t=y", {"policy", "testing"}),
        (REJECT.replace("reject", "none") + "; t=y", {"p-none"}),
        (REJECT + "; psd=y", {"policy", "suffix"}),
        (REJECT + "; psd=u", {"policy"}),
        (REJECT + "; pct=100", {"policy", "removed"}),
        (REJECT + "; pct=20", {"policy", "partly", "removed"}),
        (REJECT + "; rf=afrf; ri=3600", {"policy", "removed"}),
        (REJECT + "!10m", {"policy", "size"}),
        (REJECT + "; adkim=strict", {"policy", "flaw"}),
        (REJECT + "; aspf=", {"policy", "flaw"}),
        (REJECT + "; fo=2", {"policy", "flaw"}),
        (REJECT + "; p=none", {"policy", "flaw"}),
        (REJECT + "; policy=none", {"policy", "flaw"}),
        (REJECT + "; x_1=2", {"policy", "flaw"}),
        (REJECT + "; np=discard; t=1", {"policy", "flaw"}),
        ("v=DMARC1; p=reject; rua=dmarc@d.example", {"policy", "flaw", "rua-none"}),
        ("v=DMARC1; p=reject; rua=", {"policy", "flaw", "rua-none"}),
        ("v=DMARC1; p=reject; rua=https://d.example/x", {"policy", "flaw", "rua-none"}),
        ("v=DMARC1; p=reject; rua=mailto:a@d.example mailto:b@d.example", {"policy", "flaw", "rua-none"}),
        ("v=DMARC1; p=reject; rua=mailto:a@d.example, mailto:b@d.example", {"policy"}),
        ("v=DMARC1; p=reject; rua=MAILTO:a@sub.d.example", {"policy"}),
        ("v=DMARC1; p=reject; rua=mailto:a@other.example", {"policy", "unauthorised"}),
        ("v=DMARC1; p=reject; rua=mailto:a@agreed.example", {"policy"}),
        ("v=DMARC1; p=reject; rua=mailto:a@all.example", {"policy"}),
        ("v=DMARC1; p=reject; rua=mailto:a@wrong.example", {"policy", "unauthorised"}),
        ("v=DMARC1; p=reject; rua=mailto:a@dead.example", {"policy", "dns.any.unknown-servfail"}),
        (REJECT + "; ruf=mailto:f@other.example", {"policy", "unauthorised"}),
    ],
)  # fmt: skip
def test_what_is_told_of_a_record(text: str, told: set[str]) -> None:
    zone = {
        **at("d.example", text),
        "sub.d.example": {"A": ["192.0.2.1"]},
        "other.example": {"A": ["192.0.2.2"]},
        "d.example._report._dmarc.agreed.example": {"TXT": ['"v=DMARC1"']},
        "*._report._dmarc.all.example": {"TXT": ['"v=DMARC1;"']},
        "d.example._report._dmarc.wrong.example": {"TXT": ['"v=DMARC2"']},
        "d.example._report._dmarc.dead.example": "SERVFAIL",
    }
    assert set(kinds(zone)) == told


@pytest.mark.parametrize(
    ("fate", "told"),
    [
        ("SERVFAIL", {"dns.any.unknown-servfail"}),
        ("TIMEOUT", {"dns.any.unknown-timeout"}),
        ("REFUSED", {"dns.any.unknown-failed"}),
        ("NXDOMAIN", {"none"}),
    ],
)
def test_each_fate_of_the_question_is_told_apart(fate: str, told: set[str]) -> None:
    assert set(kinds({"_dmarc.d.example": fate, "d.example": {"A": ["192.0.2.1"]}})) == told


def test_a_name_that_exists_without_a_record_has_none() -> None:
    assert set(kinds({"_dmarc.d.example": {"A": ["192.0.2.1"]}})) == {"none"}


def test_a_failing_server_above_may_hide_the_policy() -> None:
    assert set(kinds({"_dmarc.d.example": "SERVFAIL"}, "sub.d.example")) == {"dns.any.unknown-servfail"}


def test_several_records_count_as_none() -> None:
    assert set(kinds(at("d.example", REJECT, "v=DMARC1; p=none"))) == {"several"}
    assert set(kinds(at("d.example", REJECT, "another text"))) == {"policy"}


@pytest.mark.parametrize(
    ("record", "exists", "policy"),
    [
        (REJECT, True, "reject (its sp="),
        (REJECT, False, "reject (its np="),
        (REJECT + "; sp=quarantine", True, "quarantine"),
        (REJECT + "; sp=quarantine", False, "quarantine"),
        (REJECT + "; np=none", True, "reject"),
        (REJECT + "; np=none", False, "none"),
        (REJECT + "; sp=none; np=reject", False, "reject"),
    ],
)
def test_a_subdomain_has_the_policy_above(record: str, exists: bool, policy: str) -> None:
    zone = dict(at("d.example", record))
    if exists:
        zone["sub.d.example"] = {"A": ["192.0.2.1"]}
    found = kinds(zone, "sub.d.example")
    assert set(found) == {"inherited"}
    assert f"d.example holds here: {policy}" in found["inherited"].title


WALKS: list[tuple[dict[str, str], str, str, str | None]] = [
    # records by name, where the walk begins, the organization, whose policy holds
    ({}, "a.b.example", "a.b.example", None),
    ({"b.example": "p=none"}, "b.example", "b.example", "b.example"),
    ({"b.example": "p=none"}, "a.b.example", "b.example", "b.example"),
    ({"a.b.example": "p=none"}, "a.b.example", "a.b.example", "a.b.example"),
    ({"a.b.example": "p=none", "b.example": "p=reject"}, "a.b.example", "b.example", "a.b.example"),
    ({"a.b.example": "p=none; psd=n", "b.example": "p=reject"}, "a.b.example", "a.b.example", "a.b.example"),
    ({"b.example": "p=reject; psd=n", "example": "p=none"}, "a.b.example", "b.example", "b.example"),
    ({"example": "p=none; psd=y"}, "a.b.example", "b.example", "example"),
    ({"example": "p=none; psd=y", "b.example": "p=reject"}, "a.b.example", "b.example", "b.example"),
    ({"example": "p=none; psd=y", "a.b.example": "p=reject"}, "a.b.example", "b.example", "a.b.example"),
    ({"example": "p=none"}, "a.b.example", "example", "example"),
    ({"b.example": "p=none; psd=y"}, "b.example", "b.example", "b.example"),
    ({"co.example": "p=none; psd=y"}, "x.y.shop.co.example", "shop.co.example", "co.example"),
    ({"co.example": "p=none; psd=y"}, "co.example", "co.example", "co.example"),
    ({"b.example": "p=none"}, "1.2.3.4.5.6.7.b.example", "b.example", "b.example"),
    ({"3.4.5.6.7.b.example": "p=none"}, "1.2.3.4.5.6.7.b.example", "3.4.5.6.7.b.example", "3.4.5.6.7.b.example"),
    ({"2.3.4.5.6.7.b.example": "p=none"}, "1.2.3.4.5.6.7.b.example", "1.2.3.4.5.6.7.b.example", None),
]  # fmt: skip


@pytest.mark.parametrize(("records", "start", "organization", "policy"), WALKS)
def test_the_walk_up_the_tree(records: dict[str, str], start: str, organization: str, policy: str | None) -> None:
    zone: Zone = {f"_dmarc.{name}": {"TXT": [f'"v=DMARC1; {tags}"']} for name, tags in records.items()}
    with dns_server(zone) as server:
        found = walk(server.resolver(), start)
        asked = len(server.asked)
    assert found.organization == organization
    assert (found.policy.domain if found.policy else None) == policy
    assert asked <= 8


@given(st.lists(st.from_regex(r"[a-z0-9]{1,4}", fullmatch=True), min_size=1, max_size=40))
def test_a_walk_asks_at_most_eight_names_and_ends_at_the_top(labels: list[str]) -> None:
    asked = list(names(".".join(labels)))
    assert len(asked) <= 8
    assert asked[0] == ".".join(labels)
    assert asked[-1] == labels[-1]


@pytest.mark.parametrize(
    ("one", "other", "relaxed", "strict"),
    [
        ("d.example", "d.example", True, True),
        ("D.example.", "d.example", True, True),
        ("news.d.example", "d.example", True, False),
        ("news.d.example", "mail.d.example", True, False),
        ("d.example", "other.example", False, False),
        ("own.d.example", "d.example", False, False),
    ],
)
def test_who_counts_as_the_same(one: str, other: str, relaxed: bool, strict: bool) -> None:
    zone = {**at("d.example", REJECT), **at("own.d.example", "v=DMARC1; p=none; psd=n")}
    with dns_server(zone) as server:
        resolver = server.resolver()
        assert aligned(resolver, one, other, strict=False) is relaxed
        assert aligned(resolver, one, other, strict=True) is strict


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    record = parse("v=DMARC1;" + text)
    assert record.policy in (None, "none", "quarantine", "reject")
    assert is_dmarc(record.text)
