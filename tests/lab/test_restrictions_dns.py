"""Rules that ask the DNS: the simulator and the lab's own smtpd ask one name server, made up for this."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.lab import Lab
from mailtui.services.postfix.restrictions.judging.session import Session
from mailtui.services.postfix.restrictions.judging.zone import Zone
from tests.lab.rules_bench import disagreement, simulator, smtpds
from tests.support.dns_server import DnsServer, dns_server_at
from tests.support.dns_server import Zone as Records

ADDRESS = "127.0.5.53"
RECORDS: Records = {
    "good.example": {"MX": ["10 mail.good.example."], "NS": ["ns1.good.example."]},
    "mail.good.example": {"A": ["192.0.2.10"]},
    "ns1.good.example": {"A": ["192.0.2.53"]},
    "bad.example": {"MX": ["10 mx.bad.example."], "A": ["198.51.100.1"]},
    "mx.bad.example": {"A": ["198.51.100.7"]},
    "only.example": {"AAAA": ["2001:db8:66::2"]},
    "null.example": {"MX": ["0 ."]},
    "broken.example": "SERVFAIL",
    "text.example": {"TXT": ['"nothing else"']},
    "10.2.0.192.rbl.test": {"A": ["127.0.0.2"], "TXT": ['"see www.rbl.test" "for more"']},
    "66.2.0.192.rbl.test": {"A": ["127.0.0.10"]},
    "7.100.51.198.rbl.test": "SERVFAIL",
    "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.rbl.test": {"A": ["127.0.0.4"]},
    "bad.example.dbl.test": {"A": ["127.0.1.2"]},
    "mail.good.example.dbl.test": {"A": ["127.0.1.5"], "TXT": ['"good, is it?"']},
    "broken.example.dbl.test": "SERVFAIL",
    "66.2.0.192.wl.test": {"A": ["127.0.9.1"]},
    "7.100.51.198.wl.test": "SERVFAIL",
    "mail.good.example.wl.test": {"A": ["127.0.9.2"]},
}
CLIENTS = (
    ("mail.good.example", "192.0.2.10"),
    ("unknown", "192.0.2.66"),
    ("mx.bad.example", "198.51.100.7"),
    ("only.example", "2001:db8:1::25"),
)
NAMES = (
    "mail.good.example",
    "bad.example",
    "nowhere.example",
    "broken.example",
    "text.example",
    "[192.0.2.53]",
    "a.b_c",
)
SENDERS = (
    "",
    *(f"x@{name}" for name in ("good.example", "bad.example", "null.example", "broken.example", "nowhere.example")),
    "x@sub.good.example",
    "x@only.example",
    "x@[198.51.100.7]",
)
RECIPIENTS = ("alice@lab.example", "alice@lab.example", "y@bad.example", "y@null.example", "y@nowhere.example")
RULES = (
    *("reject_unknown_helo_hostname", "reject_unknown_sender_domain", "reject_unknown_recipient_domain"),
    *("reject_rbl_client,rbl.test", "reject_rbl_client,rbl.test=127.0.0.[2..4]", "permit_dnswl_client,wl.test"),
    *("permit_rhswl_client,wl.test", "reject_rhsbl_client,dbl.test", "reject_rhsbl_reverse_client,dbl.test"),
    *("reject_rhsbl_helo,dbl.test", "reject_rhsbl_sender,dbl.test", "reject_rhsbl_recipient,dbl.test=127.0.1.2"),
    *("reject_unauth_destination", "reject", "permit_auth_destination", "reject_non_fqdn_sender", "defer_if_reject"),
)
KEYS = ("192.0.2.53", "ns1.good.example", "198.51.100", "mx.bad.example", "bad.example", "2001:db8:66", "good.example")
ACTIONS = ("REJECT by table", "450 4.7.1 slowly", "DUNNO", "OK", "DEFER_IF_PERMIT", "DISCARD")


class OneZone(Zone):
    """Hosts, too, are asked of the name server of the test."""

    def __init__(self, server: DnsServer) -> None:
        super().__init__(server.resolver)

    def addresses(self, name: str) -> frozenset[str]:
        return frozenset(one for kind in ("A", "AAAA") for one in self.records(name, kind)[1])


@pytest.fixture(scope="module")
def server(lab: Lab) -> Iterator[DnsServer]:
    """The name server, and a chroot in which smtpd knows no other."""
    etc = lab.queue / "etc"
    etc.mkdir(exist_ok=True)
    (etc / "resolv.conf").write_text(f"nameserver {ADDRESS}\noptions timeout:2 attempts:1\n")
    (etc / "nsswitch.conf").write_text("hosts: files dns\n")
    with dns_server_at(ADDRESS, RECORDS) as running:
        yield running


def parameters(folder: Path, some: random.Random) -> dict[str, str]:
    """The lists of one smtpd, made of rules that ask the DNS."""
    found = {}
    for stage in ("client", "helo", "sender", "relay", "recipient"):
        rules = []
        for _ in range(some.choice((0, 1, 2, 3))):
            rules += ["warn_if_reject"] * (some.random() < 0.1)
            rules.append(_by_server(folder, some) if some.random() < 0.45 else some.choice(RULES))
        found[f"smtpd_{stage}_restrictions"] = ",".join(rules)
    found["smtpd_relay_restrictions"] += ",reject_unauth_destination"
    return found | {
        "inet_protocols": "all",
        "smtpd_sasl_auth_enable": "no",
        "unknown_helo_hostname_tempfail_action": some.choice(("defer_if_permit", "defer")),
        "unknown_address_tempfail_action": some.choice(("defer_if_permit", "defer")),
        "parent_domain_matches_subdomains": some.choice(("smtpd_access_maps", "mynetworks")),
        "maps_rbl_reject_code": some.choice(("554", "450")),
    }


def _by_server(folder: Path, some: random.Random) -> str:
    subject = some.choice(("client", "reverse_client_hostname", "helo", "sender", "recipient"))
    table = folder / f"servers{some.getrandbits(48)}"
    table.write_text("".join(f"{key} {some.choice(ACTIONS)}\n" for key in some.sample(KEYS, 3)))
    return f"check_{subject}_{some.choice(('a', 'mx', 'ns'))}_access,texthash:{table}"


def session(some: random.Random) -> Session:
    name, address = some.choice(CLIENTS)
    reverse = some.choice((name, "bad.example", "unknown"))
    return Session(address, name, reverse, some.choice(NAMES), some.choice(SENDERS), some.choice(RECIPIENTS), tls=False)


def disagreements(lab: Lab, server: DnsServer, folder: Path, seed: int, settings: int, sessions: int) -> list[str]:
    some = random.Random(seed)
    found = []
    with smtpds(lab, [parameters(folder, some) for _ in range(settings)], chroot=True) as running:
        for setting in running:
            judge = simulator(lab, setting, OneZone(server))
            for _ in range(sessions):
                found += disagreement(setting, judge, session(some))
    return found


def test_it_agrees_with_smtpd_on_a_short_set(lab: Lab, server: DnsServer, tmp_path: Path) -> None:
    found = disagreements(lab, server, tmp_path, 7, settings=4, sessions=12)
    assert server.asked
    assert not found, "\n\n".join(found[:3])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200, 206))
def test_it_agrees_with_smtpd_on_hundreds(lab: Lab, server: DnsServer, tmp_path: Path, seed: int) -> None:
    found = disagreements(lab, server, tmp_path, seed, settings=25, sessions=20)
    assert not found, "\n\n".join(found[:3])
