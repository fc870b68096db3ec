"""Block lists: believed only when their test entries are right, refusals never taken for listings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from mailtui.findings import Finding
from mailtui.services.dns.dnsbl import check as own
from mailtui.services.dns.dnsbl import configured
from mailtui.services.dns.dnsbl.configured import Asked
from mailtui.services.dns.dnsbl.model import Zone, died, question, shown, zones
from mailtui.services.dns.dnsbl.removal import removing, without
from mailtui.services.postfix.config import PostfixConfig
from tests.support.dns_server import Zone as DnsZone
from tests.support.dns_server import dns_server
from tests.support.tools import RecordedTools

V4, V6 = "198.51.99.10", "2a00:db8::10"
LIST = Zone("bl.example", "ip", ipv6=True, codes={"127.0.0.2": "spam"}, removal="https://bl.example/off")
NAMES = Zone("uri.example", "domain", refusals=("127.0.0.1",))
ALIVE: DnsZone = {"2.0.0.127.bl.example": {"A": ["127.0.0.2"]}, "bl.example": {"TXT": ['"x"']}}
NAMED: DnsZone = {"test.uri.example": {"A": ["127.0.0.2"]}, "uri.example": {"TXT": ['"x"']}}


def by_kind(found: Sequence[Finding]) -> dict[str, Finding]:
    return {finding.id.split(":")[0].removeprefix("dns.dnsbl."): finding for finding in found}


def told(
    zone: DnsZone, lists: Sequence[Zone] = (LIST,), addresses: Sequence[str] = (V4,), domain: str = ""
) -> dict[str, Finding]:
    with dns_server(zone) as server:
        found = own.check(server.resolver(), addresses, domain, lists)
    assert len({finding.id for finding in found}) == len(found)
    return by_kind(found)


LISTED = question("bl.example", V4)


@pytest.mark.parametrize(
    ("zone", "kinds"),
    [
        (ALIVE, {"clean"}),
        ({**ALIVE, LISTED: {"A": ["127.0.0.2"]}}, {"listed"}),
        ({**ALIVE, LISTED: {"A": ["127.0.0.2", "127.0.0.9"]}}, {"listed"}),
        ({**ALIVE, LISTED: {"A": ["127.255.255.254"]}}, set()),
        ({**ALIVE, LISTED: {"A": ["127.255.255.255"]}}, set()),
        ({**ALIVE, LISTED: {"A": ["203.0.113.9"]}}, {"clean"}),
        ({**ALIVE, LISTED: "SERVFAIL"}, set()),
        ({**ALIVE, LISTED: "TIMEOUT"}, set()),
        ({**ALIVE, LISTED: {"TXT": ['"x"']}}, {"clean"}),
        ({"bl.example": {"A": ["203.0.113.9"]}}, {"silent"}),
        ({"*.bl.example": {"A": ["127.0.0.2"]}}, {"everything"}),
        ({"*.bl.example": {"A": ["203.0.113.9"]}}, {"everything"}),
        ({"*.bl.example": {"A": ["127.255.255.254"]}}, {"refused"}),
        ({"2.0.0.127.bl.example": {"A": ["127.255.255.252"]}}, {"refused"}),
        ({"*.bl.example": "SERVFAIL"}, {"unknown"}),
        ({"*.bl.example": "TIMEOUT"}, {"unknown"}),
        ({"*.bl.example": "REFUSED"}, {"unknown"}),
        ({}, {"silent"}),
    ],
)
def test_a_list_of_addresses(zone: DnsZone, kinds: set[str]) -> None:
    assert set(told(zone)) == kinds


def test_what_a_listing_says() -> None:
    found = told({**ALIVE, LISTED: {"A": ["127.0.0.2"], "TXT": ['"see https://bl.example/q"']}})["listed"]
    assert found.severity == "error"
    assert found.subject == V4
    assert found.evidence == ("127.0.0.2 spam", "see https://bl.example/q")
    assert "https://bl.example/off" in found.advice


@pytest.mark.parametrize(
    ("zone", "kinds"),
    [
        (NAMED, {"clean"}),
        ({**NAMED, "d.example.uri.example": {"A": ["127.0.0.8"]}}, {"listed"}),
        ({**NAMED, "d.example.uri.example": {"A": ["127.0.0.1"]}}, set()),
        ({"*.uri.example": {"A": ["127.0.0.1"]}}, {"refused"}),
        ({**NAMED, "invalid.uri.example": {"A": ["127.0.0.2"]}}, {"everything"}),
        ({"uri.example": {"TXT": ['"x"']}}, {"silent"}),
    ],
)
def test_a_list_of_domains(zone: DnsZone, kinds: set[str]) -> None:
    assert set(told(zone, (NAMES,), domain="d.example")) == kinds


def test_lists_without_ipv6_are_not_asked_about_it() -> None:
    zone: DnsZone = {**ALIVE, question("bl.example", V6): {"A": ["127.0.0.2"]}}
    assert set(told(zone, addresses=(V6,))) == {"listed"}
    assert told(zone, (Zone("bl.example", "ip"),), addresses=(V6,)) == {}


def test_many_lists_that_refuse_are_one_finding() -> None:
    lists = [Zone(f"l{n}.example", "ip") for n in range(9)]
    found = told({f"*.l{n}.example": {"A": ["127.255.255.254"]} for n in range(9)}, lists)
    assert set(found) == {"refused"}
    assert found["refused"].title.startswith("9 block lists do not answer")
    assert found["refused"].severity == "notice"


@pytest.mark.parametrize(
    ("codes", "kind"),
    [(["127.0.0.11"], "policy"), (["127.0.0.10"], "policy"), (["127.0.0.10", "127.0.0.3"], "listed")],
)
def test_a_policy_listing_is_no_accusation(codes: list[str], kind: str) -> None:
    zen = next(zone for zone in zones() if zone.name == "zen.spamhaus.org")
    zone: DnsZone = {"2.0.0.127.zen.spamhaus.org": {"A": ["127.0.0.2"]}, question(zen.name, V4): {"A": codes}}
    assert set(told(zone, (zen,))) == {kind}


def test_a_lenient_list_is_a_notice() -> None:
    lenient = next(zone for zone in zones() if zone.lenient)
    zone: DnsZone = {
        f"2.0.0.127.{lenient.name}": {"A": ["127.0.0.2"]},
        question(lenient.name, V4): {"A": ["127.0.0.2"]},
    }
    assert told(zone, (lenient,))["lenient"].severity == "notice"


def test_no_dead_list_is_asked_about_ourselves() -> None:
    assert not any(died(zone.name) for zone in zones())
    assert len(zones()) == len({zone.name for zone in zones()})


@pytest.mark.parametrize(
    ("zone", "subject", "name"),
    [
        ("bl.example", "192.0.2.1", "1.2.0.192.bl.example"),
        ("bl.example", "2001:db8::1", "1" + ".0" * 23 + ".8.b.d.0.1.0.0.2.bl.example"),
        ("uri.example", "d.example.", "d.example.uri.example"),
    ],
)
def test_how_a_list_is_asked(zone: str, subject: str, name: str) -> None:
    assert question(zone, subject) == name


def test_a_customers_key_is_not_shown() -> None:
    assert shown("geheim123.zen.dq.spamhaus.net") == "****.zen.dq.spamhaus.net"
    assert shown("zen.spamhaus.org") == "zen.spamhaus.org"
    with dns_server({}) as server:
        asked = Asked("geheim123.zen.dq.spamhaus.net", "ip", "", "reject_rbl_client")
        found = configured.check(server.resolver(), [asked])
    assert "geheim" not in repr(found)


def rbl(answers: DnsZone, asked: Sequence[Asked], hits: dict[str, int] | None = None) -> Finding:
    with dns_server(answers) as server:
        (found,) = configured.check(server.resolver(), asked, hits)
    return found


REJECT = Asked("bl.example", "ip", "", "reject_rbl_client")
NARROW = Asked("bl.example", "ip", "127.0.0.[2..11]", "reject_rbl_client")
WELCOME = Asked("bl.example", "ip", "", "permit_dnswl_client", rejects=False)
REFUSING: DnsZone = {"*.bl.example": {"A": ["127.255.255.254"]}}


@pytest.mark.parametrize(
    ("answers", "asked", "kind", "severity"),
    [
        (ALIVE, [REJECT], "asked-alive", "ok"),
        ({}, [REJECT], "asked-dead", "error"),
        ({"*.bl.example": {"A": ["127.0.0.2"]}}, [REJECT], "asked-everything", "error"),
        ({"*.bl.example": {"A": ["127.0.0.2"]}}, [WELCOME], "asked-everyone-welcome", "error"),
        (REFUSING, [REJECT], "asked-refused-all", "error"),
        (REFUSING, [NARROW], "asked-refused", "warning"),
        (REFUSING, [NARROW, REJECT], "asked-refused-all", "error"),
        (REFUSING, [WELCOME], "asked-refused", "warning"),
        ({"*.bl.example": "SERVFAIL"}, [REJECT], "asked-unknown", "warning"),
        ({"*.bl.example": "TIMEOUT"}, [REJECT], "asked-unknown", "warning"),
        ({}, [Asked("dnsbl.sorbs.net", "ip", "", "reject_rbl_client")], "asked-gone", "error"),
        ({}, [Asked("spam.dnsbl.sorbs.net", "ip", "", "reject_rbl_client")], "asked-gone", "error"),
        ({"2.0.0.127.dnsbl.sorbs.net": {"A": ["127.0.0.2"]}}, [Asked("dnsbl.sorbs.net", "ip", "", "reject_rbl_client")], "asked-alive", "ok"),
    ],
)  # fmt: skip
def test_a_list_that_postfix_asks(answers: DnsZone, asked: list[Asked], kind: str, severity: str) -> None:
    found = rbl(answers, asked)
    assert (found.id.split(":")[0], found.severity) == (f"dns.dnsbl.{kind}", severity)
    assert found.evidence[0].startswith(asked[0].where)


def test_how_often_a_list_rejects() -> None:
    assert "7 clients refused" in rbl(ALIVE, [REJECT], {"bl.example": 7}).title
    assert "no client refused" in rbl(ALIVE, [REJECT], {}).title
    assert "refused" not in rbl(ALIVE, [REJECT]).title


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("permit_mynetworks, reject_rbl_client bl.example", "permit_mynetworks"),
        ("reject_rbl_client bl.example, permit", "permit"),
        ("permit_mynetworks,reject_rbl_client bl.example=127.0.0.[2;4..11],permit", "permit_mynetworks,permit"),
        ("permit_mynetworks reject_rbl_client,bl.example permit", "permit_mynetworks permit"),
        ("a, warn_if_reject reject_rbl_client BL.example, b", "a, b"),
        ("reject_rbl_client bl.example, reject_rhsbl_sender bl.example, b", "b"),
        ("reject_rbl_client a.bl.example, b", None),
        ("reject_rbl_client bl.example.net, b", None),
        ("$mine, b", None),
        ("", None),
    ],
)
def test_a_rule_is_taken_out_and_the_rest_left_as_it_was(value: str, left: str | None) -> None:
    assert without(value, "bl.example", sites=False) == (value if left is None else left)


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("zen.example*3 bl.example*2", "zen.example*3"),
        ("bl.example=127.0.0.[2..4]*2, zen.example", "zen.example"),
        ("bl.example", ""),
        ("x.bl.example*2 bl.example.net", None),
    ],
)
def test_a_site_is_taken_out(value: str, left: str | None) -> None:
    assert without(value, "bl.example", sites=True) == (value if left is None else left)


def test_the_command_that_takes_a_dead_list_out() -> None:
    values = {
        "strict": "reject_rbl_client bl.example, permit",
        "smtp/inet/smtpd_client_restrictions": "reject_rbl_client bl.example",
    }
    assert removing("bl.example", values, values.get) == (
        "mailtui", "config", "set", "postfix", "strict=permit", "smtp/inet/smtpd_client_restrictions=",
    )  # fmt: skip
    assert removing("bl.example", ["strict", "other"], values.get) == ()
    paid = {"strict": "reject_rbl_client bl.example, reject_rbl_client geheim.zen.dq.spamhaus.net"}
    assert removing("bl.example", paid, paid.get) == ()
    assert rbl({}, [REJECT]).fix == ()


def postfix(parameters: Mapping[str, str], screen: bool = False) -> PostfixConfig:
    values = "".join(f"{name} = {value}\n" for name, value in parameters.items())
    answers = {
        "postconf -x": values,
        "postconf -nx": values,
        "postconf -Px": "",
        "postconf -M": f"smtp inet n - y - 1 {'postscreen' if screen else 'smtpd'}\n"
        + "smtpd pass - - y - - smtpd\n" * screen,
    }
    return PostfixConfig(RecordedTools(answers))


def test_the_lists_in_a_configuration() -> None:
    found = configured.configured(
        postfix(
            {
                "smtpd_client_restrictions": "permit_mynetworks, reject_rbl_client zen.spamhaus.org=127.0.0.[2..11]",
                "smtpd_recipient_restrictions": "warn_if_reject reject_rbl_client try.example, permit_dnswl_client list.dnswl.org=127.0.[0..255].[1..3], strict",
                "smtpd_restriction_classes": "strict",
                "strict": "reject_rhsbl_sender dbl.spamhaus.org",
                "postscreen_dnsbl_sites": "ignored.example",
            }
        )
    )
    assert {(one.zone, one.about, one.pattern, one.where, one.rejects) for one in found} == {
        ("zen.spamhaus.org", "ip", "127.0.0.[2..11]", "reject_rbl_client", True),
        ("try.example", "ip", "", "reject_rbl_client", False),
        ("list.dnswl.org", "ip", "127.0.[0..255].[1..3]", "permit_dnswl_client", False),
        ("dbl.spamhaus.org", "domain", "", "reject_rhsbl_sender", True),
    }


def test_the_lists_of_postscreen() -> None:
    sites = "zen.spamhaus.org=127.0.0.[2..11]*3, bl.example*2 swl.example=127.0.[0..255].0*-4 plain.example"
    found = configured.configured(postfix({"postscreen_dnsbl_sites": sites}, screen=True))
    assert [(one.zone, one.pattern, one.rejects) for one in found] == [
        ("zen.spamhaus.org", "127.0.0.[2..11]", True),
        ("bl.example", "", True),
        ("swl.example", "127.0.[0..255].0", False),
        ("plain.example", "", True),
    ]
