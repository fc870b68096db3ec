"""What receivers make of a record, by the rules of RFC 7208: each term, each limit, each kind of failing name server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.services.dns.resolver import Resolver
from mailtui.services.dns.spf.evaluate import check_host
from mailtui.services.dns.spf.record import SpfSyntax, is_spf, parse
from mailtui.services.dns.spf.weight import weigh
from tests.support.dns_server import DnsServer, Zone, dns_server

V4, V6 = "192.0.2.10", "2001:db8::10"

TERMS: dict[str, tuple[str, str]] = {
    # term: what it gives for V4 and V6, before -all
    "ip4:192.0.2.10": ("pass", "fail"),
    "ip4:192.0.2.0/24": ("pass", "fail"),
    "ip4:192.0.2.99/24": ("pass", "fail"),
    "ip4:192.0.2.11": ("fail", "fail"),
    "ip4:0.0.0.0/0": ("pass", "fail"),
    "IP4:192.0.2.10": ("pass", "fail"),
    "+ip4:192.0.2.10": ("pass", "fail"),
    "~ip4:192.0.2.10": ("softfail", "fail"),
    "?ip4:192.0.2.10": ("neutral", "fail"),
    "-ip4:192.0.2.10": ("fail", "fail"),
    "ip6:2001:db8::10": ("fail", "pass"),
    "ip6:2001:db8::/32": ("fail", "pass"),
    "ip6:::/0": ("fail", "pass"),
    "ip6:2001:db8::11": ("fail", "fail"),
    "a:host.zone.example": ("pass", "pass"),
    "a:four.zone.example": ("pass", "fail"),
    "a:near.zone.example": ("fail", "fail"),
    "a:near.zone.example/24": ("pass", "fail"),
    "a:near.zone.example//64": ("fail", "pass"),
    "a:near.zone.example/24//64": ("pass", "pass"),
    "a:near.zone.example/32//128": ("fail", "fail"),
    "a:near.zone.example/0//0": ("pass", "pass"),
    "a:alias.zone.example": ("pass", "pass"),
    "a:nothing.zone.example": ("fail", "fail"),
    "a:servfail.zone.example": ("temperror", "temperror"),
    "a:timeout.zone.example": ("temperror", "temperror"),
    "mx:zone.example": ("pass", "pass"),
    "mx:crowd.zone.example": ("permerror", "permerror"),
    "mx:ten.zone.example": ("pass", "fail"),
    "mx:nullmx.zone.example": ("fail", "fail"),
    "mx:host.zone.example": ("fail", "fail"),
    "mx:servfail.zone.example": ("temperror", "temperror"),
    "include:pass.zone.example": ("pass", "pass"),
    "include:fail.zone.example": ("fail", "fail"),
    "include:softfail.zone.example": ("fail", "fail"),
    "include:neutral.zone.example": ("fail", "fail"),
    "include:norecord.zone.example": ("permerror", "permerror"),
    "include:nothing.zone.example": ("permerror", "permerror"),
    "include:broken.zone.example": ("permerror", "permerror"),
    "include:two.zone.example": ("permerror", "permerror"),
    "include:servfail.zone.example": ("temperror", "temperror"),
    "include:timeout.zone.example": ("temperror", "temperror"),
    "include:loop.zone.example": ("permerror", "permerror"),
    "-include:pass.zone.example": ("fail", "fail"),
    "~include:pass.zone.example": ("softfail", "softfail"),
    "exists:four.zone.example": ("pass", "pass"),
    "exists:six.zone.example": ("fail", "fail"),
    "exists:nothing.zone.example": ("fail", "fail"),
    "exists:%{ir}.list.zone.example": ("pass", "fail"),
    "exists:%{i}.direct.zone.example": ("pass", "pass"),
    "exists:%{l}.users.zone.example": ("pass", "pass"),
    "exists:%{l1r-}.users.zone.example": ("pass", "pass"),
    "exists:%{d2}.macro.zone.example": ("pass", "pass"),
    "exists:%{h}.helo.zone.example": ("pass", "pass"),
    "exists:%{v}.kind.zone.example": ("pass", "fail"),
    "exists:%{o}.origin.zone.example": ("pass", "pass"),
    "exists:%{p}.named.zone.example": ("pass", "fail"),
    "ptr": ("fail", "fail"),
    "ptr:zone.example": ("pass", "fail"),
    "ptr:host.zone.example": ("pass", "fail"),
    "ptr:other.example": ("fail", "fail"),
    "all": ("pass", "pass"),
    "?all": ("neutral", "neutral"),
    "redirect=pass.zone.example ip4:203.0.113.1": ("fail", "fail"),
}

WRONG = [
    "ip4:192.0.2", "ip4:192.0.2.256", "ip4:192.0.2.1/33", "ip4:192.0.2.1/", "ip4:192.0.2.1/08", "ip4", "ip4:", "ip4:::1",
    "ip4:mail.example.org", "ip6:192.0.2.1", "ip6:2001:db8::/129", "ip6", "ip6:", "a:", "a/33", "a//129", "a/", "a//",
    "a:host.example/-1", "a:host.example/24/64", "a:example", "a:.", "a:host..", "a:192.0.2.1", "mx:", "mx/33", "mx/x",
    "include", "include:", "include:example/24", "exists", "exists:", "exists:example.org/24", "all:x", "all/8", "-",
    "+", "++all", "-all.", "all;", "foo", "foo:bar", "include:%", "include:%{x}.example.org", "include:%{}.example.org",
    "include:%{c}.example.org", "include:%{r}.example.org", "include:%{t}.example.org", "include:%{d0}.example.org",
    "redirect=", "redirect=a.example redirect=b.example", "exp=a.example exp=b.example", "redirect=%", "moo=%{", "v=spf1x%",
    "a:host.example.org\t-all", "ipv4:192.0.2.1", "ip4=192.0.2.1%", "mx:a.example,b.example/", "ptr:", "ptr/24", "\xa0-all",
]  # fmt: skip

RIGHT = [
    "", "-all", "a", "mx", "a/24", "mx//64", "a:%{d}", "a:host.example.org.", "include:_spf.example.org", "moo=cow", "x.y-z_1=",
    "exp=explain._spf.%{d}", "redirect=_spf.example.org", "exists:%{ir}.%{v}._spf.%{d2}", "exists:%{l1r+-}.%{o}",
    "exists:%%.example.org", "exists:%_.example.org", "exists:%-.example.org", "ALL", "-ALL", "a:xn--bcher-kva.example",
    "include:a-b.example", "ip6:::1", "ip6:::ffff:192.0.2.1/96", "ip4:0.0.0.0/0", "a:host/foo.example.org",
]  # fmt: skip

ZONE: Zone = {
    "zone.example": {"MX": ["10 host.zone.example.", "20 four.zone.example."]},
    "host.zone.example": {"A": [V4], "AAAA": [V6]},
    "four.zone.example": {"A": [V4]},
    "six.zone.example": {"AAAA": [V6]},
    "near.zone.example": {"A": ["192.0.2.200"], "AAAA": ["2001:db8::ffff"]},
    "alias.zone.example": {"CNAME": ["host.zone.example."]},
    "servfail.zone.example": "SERVFAIL",
    "timeout.zone.example": "TIMEOUT",
    "crowd.zone.example": {"MX": [f"10 m{n}.zone.example." for n in range(11)]},
    "ten.zone.example": {"MX": ["10 four.zone.example.", *(f"10 m{n}.zone.example." for n in range(9))]},
    **{f"m{n}.zone.example": {"A": ["203.0.113.9"], "AAAA": ["2001:db8:1::9"]} for n in range(9)},
    "nullmx.zone.example": {"MX": ["0 ."]},
    "pass.zone.example": {"TXT": [f'"v=spf1 ip4:{V4} ip6:{V6} -all"']},
    "fail.zone.example": {"TXT": ['"v=spf1 -all"']},
    "softfail.zone.example": {"TXT": ['"v=spf1 ~all"']},
    "neutral.zone.example": {"TXT": ['"v=spf1"']},
    "norecord.zone.example": {"TXT": ['"something else"', '"v=spf10 -all"']},
    "broken.zone.example": {"TXT": ['"v=spf1 ipv4:192.0.2.1 -all"']},
    "two.zone.example": {"TXT": ['"v=spf1 -all"', '"v=spf1 +all"']},
    "loop.zone.example": {"TXT": ['"v=spf1 include:loop.zone.example -all"']},
    "10.2.0.192.list.zone.example": {"A": ["127.0.0.2"]},
    f"{V4}.direct.zone.example": {"A": ["127.0.0.2"]},
    ".".join("20010db8000000000000000000000010") + ".direct.zone.example": {"A": ["127.0.0.2"]},
    "jo-ann.users.zone.example": {"A": ["127.0.0.2"]},
    "jo.users.zone.example": {"A": ["127.0.0.2"]},
    "term.example.macro.zone.example": {"A": ["127.0.0.2"]},
    "greeting.example.helo.zone.example": {"A": ["127.0.0.2"]},
    "in-addr.kind.zone.example": {"A": ["127.0.0.2"]},
    "sender.example.origin.zone.example": {"A": ["127.0.0.2"]},
    "host.zone.example.named.zone.example": {"A": ["127.0.0.2"]},
    "10.2.0.192.in-addr.arpa": {"PTR": ["liar.other.example.", "host.zone.example."]},
    "liar.other.example": {"A": ["203.0.113.77"]},
}


@pytest.fixture(scope="module")
def server() -> Iterator[DnsServer]:
    terms = {f"t{n}.term.example": {"TXT": [f'"v=spf1 {term} -all"']} for n, term in enumerate(TERMS)}
    with dns_server({**ZONE, **terms}) as running:
        yield running


@pytest.fixture(scope="module")
def resolver(server: DnsServer) -> Resolver:
    return server.resolver()


@pytest.mark.parametrize("ip", [V4, V6])
@pytest.mark.parametrize("term", TERMS)
def test_a_term_says_of_an_address_what_the_rfc_says(resolver: Resolver, term: str, ip: str) -> None:
    domain = f"t{list(TERMS).index(term)}.term.example"
    verdict = check_host(resolver, ip, domain, sender="jo-ann@sender.example", helo="greeting.example")
    assert verdict.result == TERMS[term][ip == V6], verdict.why


@pytest.mark.parametrize("terms", WRONG)
def test_one_wrong_term_spoils_the_record(terms: str) -> None:
    with pytest.raises(SpfSyntax):
        parse(f"v=spf1 {terms} ip4:192.0.2.1")


@pytest.mark.parametrize("terms", RIGHT)
def test_what_is_allowed_is_not_called_wrong(terms: str) -> None:
    parse(f"v=spf1 {terms}")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("v=spf1", True), ("V=SPF1 -all", True), ("v=spf1 ", True), ("v=spf1-all", False), ("v=spf10", False), (" v=spf1", False),
        ("v=spf2.0/pra -all", False), ('"v=spf1 -all"', False), ("", False), ("spf1 -all", False), ("v=spf1\t-all", False),
    ],
)  # fmt: skip
def test_what_counts_as_a_record(text: str, is_one: bool) -> None:
    assert is_spf(text) is is_one


@pytest.mark.parametrize("count", range(8, 13))
@pytest.mark.parametrize(
    "mechanism", ["include:n.example", "a:here.example", "mx:here.example", "exists:%{ir}.n.example"]
)
def test_ten_terms_that_need_the_dns_and_no_more(count: int, mechanism: str) -> None:
    strings = " ".join(f'"{mechanism} "' for _ in range(count))
    zone: Zone = {
        "d.example": {"TXT": [f'"v=spf1 " {strings} "-all"']},
        "n.example": {"TXT": ['"v=spf1 -all"']},
        "10.2.0.192.n.example": {"TXT": ['"x"']},
        "here.example": {"A": ["203.0.113.1"], "MX": ["10 here.example."]},
    }
    with dns_server(zone) as server:
        resolver = server.resolver()
        void = mechanism.startswith("exists")
        assert check_host(resolver, V4, "d.example").result == ("permerror" if void or count > 10 else "fail")
        assert weigh(resolver, "d.example").lookups == count


@pytest.mark.parametrize(("void", "result"), [(1, "pass"), (2, "pass"), (3, "permerror"), (5, "permerror")])
@pytest.mark.parametrize("kind", ["NXDOMAIN", "nodata"])
def test_two_lookups_that_lead_to_nothing_are_borne(void: int, result: str, kind: str) -> None:
    terms = " ".join(f"a:v{n}.d.example" for n in range(void))
    zone: Zone = {"d.example": {"TXT": [f'"v=spf1 {terms} ip4:{V4} -all"']}}
    if kind == "nodata":
        zone = {**zone, **{f"v{n}.d.example": {"TXT": ['"x"']} for n in range(void)}}
    with dns_server(zone) as server:
        resolver = server.resolver()
        assert check_host(resolver, V4, "d.example").result == result
        assert len(weigh(resolver, "d.example").void) == void


def test_redirect_takes_the_verdict_of_another_and_all_silences_it() -> None:
    zone: Zone = {
        "a.example": {"TXT": ['"v=spf1 redirect=b.example"']},
        "b.example": {"TXT": [f'"v=spf1 ip4:{V4} ~all"']},
        "c.example": {"TXT": ['"v=spf1 -all redirect=b.example"']},
        "d.example": {"TXT": ['"v=spf1 redirect=nothing.example"']},
    }
    with dns_server(zone) as server:
        resolver = server.resolver()
        results = [check_host(resolver, V4, f"{name}.example").result for name in "abcd"]
        assert results == ["pass", "pass", "fail", "permerror"]
        assert check_host(resolver, V6, "a.example").result == "softfail"


@pytest.mark.parametrize("domain", ["single", "a..b", "x" * 64 + ".example", "", "[192.0.2.1]"])
def test_a_domain_that_can_have_no_record_has_none(resolver: Resolver, domain: str) -> None:
    assert check_host(resolver, V4, domain).result == "none"


def test_an_address_in_ipv6_clothes_is_an_ipv4_address(resolver: Resolver) -> None:
    assert check_host(resolver, f"::ffff:{V4}", "pass.zone.example").why == f"ip4:{V4}"


@given(st.text(st.characters(codec="ascii", exclude_characters='"\\'), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        record = parse("v=spf1 " + text)
    except SpfSyntax as error:
        assert str(error)
    else:
        assert len(record.mechanisms) + len(record.modifiers) <= len(text.split(" "))
