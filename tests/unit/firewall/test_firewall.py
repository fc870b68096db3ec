"""What a packet filter lets strangers reach, judged on rule sets as nft 1.0.6 and iptables 1.8.9 print them."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.host.errors import MailtuiError, ToolFailed
from mailtui.services.firewall import iptables, nft
from mailtui.services.firewall import service as firewalls
from mailtui.services.firewall.model import Chain, Ports, Reach, Rule, Ruleset
from mailtui.services.firewall.service import Firewall
from mailtui.services.tls.listeners import Listener, Listeners
from tests.support.tools import Answer, RecordedTools

HERE = Path(__file__).parent
NFT, FIREWALLD, MIXED = ((HERE / f"{name}.json").read_text() for name in ("nft", "firewalld", "iptables-nft"))
IPTABLES = (HERE / "iptables.txt").read_text()
COMMAND = "nft -j list ruleset"
MX = Listener("postfix", "smtp/inet", "0.0.0.0", 25, "mx", "smtp")
MX6 = Listener("postfix", "smtp/inet", "::", 25, "mx", "smtp")
IMAPS = Listener("dovecot", "imap-login/imaps", "0.0.0.0", 993, "mailbox", "imap", True)
IMAP = Listener("dovecot", "imap-login/imap", "0.0.0.0", 143, "mailbox", "imap")
LOCAL = Listener("dovecot", "imap-login/imap", "127.0.0.1", 144, "mailbox", "imap")


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize(
    ("port", "four", "six"),
    [
        (25, "open", "open"),
        (587, "open", "open"),
        (993, "open", "open"),
        (994, "open", "open"),
        (996, "closed", "some"),
        (465, "open", "open"),
        (22, "open", "open"),
        (143, "some", "some"),
        (2525, "open", "open"),
        (24, "closed", "some"),
        (4190, "closed", "closed"),
        (80, "closed", "some"),
    ],
)
def test_a_rule_set_of_nft(port: int, four: Reach, six: Reach, version: int) -> None:
    reach, _ = nft.ruleset(nft.read(NFT), version, "eth0").reach(port)
    assert reach == (four if version == 4 else six)


@pytest.mark.parametrize(("interface", "reach"), [("eth0", "open"), ("eth1", "open"), ("", "open")])
def test_a_rule_set_of_firewalld(interface: str, reach: Reach) -> None:
    found = nft.ruleset(nft.read(FIREWALLD), 4, interface)
    assert [found.reach(port)[0] for port in (25, 993, 22)] == [reach] * 3
    assert [found.reach(port)[0] for port in (587, 143, 80)] == ["closed"] * 3


@pytest.mark.parametrize(
    ("port", "reach"),
    [(25, "open"), (587, "open"), (993, "open"), (465, "closed"), (143, "some"), (110, "closed"), (4190, "open")],
)
def test_a_rule_set_of_iptables(port: int, reach: Reach) -> None:
    found, rules = iptables.ruleset(IPTABLES, "eth0").reach(port)
    assert found == reach
    assert rules == (("-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 143 -j ACCEPT",) if port == 143 else ())


def test_what_iptables_made_is_not_judged_by_what_nft_shows_of_it() -> None:
    assert nft.read(MIXED).of_iptables
    assert not nft.read(NFT).of_iptables
    assert nft.ruleset(nft.read(MIXED), 4, "eth0", without=frozenset({"filter"})) == Ruleset()


@pytest.mark.parametrize(
    ("line", "reach"),
    [
        ("-A INPUT -p tcp --dport 25 -j ACCEPT", "open"),
        ("-A INPUT -j ACCEPT", "open"),
        ("-A INPUT -i eth0 -p tcp --dport 25 -j ACCEPT", "open"),
        ("-A INPUT -i eth+ -p tcp --dport 25 -j ACCEPT", "open"),
        ("-A INPUT -i eth1 -p tcp --dport 25 -j ACCEPT", "closed"),
        ("-A INPUT ! -i eth0 -p tcp --dport 25 -j ACCEPT", "closed"),
        ("-A INPUT ! -i lo -p tcp --dport 20:30 -j ACCEPT", "open"),
        ("-A INPUT -i lo -j ACCEPT", "closed"),
        ("-A INPUT -p udp --dport 25 -j ACCEPT", "closed"),
        ("-A INPUT -p tcp -m set --match-set lan src --dport 25 -j ACCEPT", "some"),
        ("-A INPUT -m state --state NEW -p tcp --dport 25 -j ACCEPT", "open"),
        ("-A INPUT -m state --state RELATED -p tcp --dport 25 -j ACCEPT", "closed"),
        ("-A INPUT -p tcp --syn --dport 25 -j ACCEPT", "open"),
        ("-A INPUT -p tcp --dport 25 -j LOG --log-prefix 'x y'", "closed"),
        ("-A INPUT -p tcp --dport 25 -g mail", "open"),
        ("-A INPUT -p tcp --dport 25 -j mail", "open"),
        ("-A INPUT -p tcp --dport 25 -j nowhere", "closed"),
        ("-A INPUT -s 10.0.0.0/8 -j mail", "some"),
        ("-A INPUT -p tcp --dport 25 -j round", "closed"),
        ("-A INPUT -p tcp --dport smtp -j ACCEPT", "some"),
        ("-A INPUT -p tcp --dport 25 -m comment --comment 'it''s' -j ACCEPT", "open"),
        ("-A INPUT -p tcp --dport 25 -m comment --comment \"broken -j ACCEPT", "open"),
    ],
)  # fmt: skip
def test_rules_of_iptables(line: str, reach: Reach) -> None:
    chains = ":INPUT DROP [0:0]\n:mail - [0:0]\n:round - [0:0]\n"
    more = "-A mail -p tcp --dport 25 -j ACCEPT\n-A round -j round\n"
    text = f"*nat\n:INPUT ACCEPT [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n*filter\n{chains}{line}\n{more}COMMIT\n"
    assert iptables.ruleset(text, "eth0").reach(25)[0] == reach


def rule(*expr: object, hook: bool = True) -> str:
    base = {"family": "inet", "table": "t", "name": "c", "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}
    made = {"family": "inet", "table": "t", "chain": "c", "expr": list(expr)}
    ports = {"set": {"family": "inet", "table": "t", "name": "mail", "elem": [25, {"range": [990, 999]}]}}
    return json.dumps({"nftables": [ports, {"chain": base}, {"rule": made}]})


def match(left: object, right: object, op: str = "==") -> dict[str, object]:
    return {"match": {"op": op, "left": left, "right": right}}


DPORT = {"payload": {"protocol": "tcp", "field": "dport"}}
ACCEPT: dict[str, object] = {"accept": None}


@pytest.mark.parametrize(
    ("expr", "reach"),
    [
        ([match(DPORT, 25), ACCEPT], "open"),
        ([match(DPORT, 26), ACCEPT], "closed"),
        ([match(DPORT, "@mail"), ACCEPT], "open"),
        ([match(DPORT, "@other"), ACCEPT], "some"),
        ([match(DPORT, {"set": [24, {"elem": {"val": 25, "comment": "x"}}]}), ACCEPT], "open"),
        ([match(DPORT, 25, "!="), ACCEPT], "closed"),
        ([match({"payload": {"protocol": "udp", "field": "dport"}}, 25), ACCEPT], "closed"),
        ([match({"meta": {"key": "nfproto"}}, "ipv4"), ACCEPT], "open"),
        ([match({"meta": {"key": "nfproto"}}, "ipv6"), ACCEPT], "closed"),
        ([match({"meta": {"key": "iifname"}}, {"set": ["eth0", "wg0"]}), ACCEPT], "open"),
        ([match({"meta": {"key": "iifname"}}, "lo", "!="), ACCEPT], "open"),
        ([match({"meta": {"key": "mark"}}, 1), ACCEPT], "some"),
        ([match({"payload": {"protocol": "ip6", "field": "saddr"}}, "fe80::1"), ACCEPT], "closed"),
        ([match({"ct": {"key": "state"}}, ["new", "established"], "in"), ACCEPT], "open"),
        ([match({"ct": {"key": "state"}}, "invalid", "!="), ACCEPT], "open"),
        ([match({"fib": {"result": "type"}}, "local"), ACCEPT], "some"),
        ([{"xt": {"type": "match", "name": "geoip"}}, ACCEPT], "some"),
        ([{"limit": {"rate": 1}}, ACCEPT], "open"),
        ([{"counter": {}}], "closed"),
        ([{"vmap": {"key": DPORT, "data": {"set": [[24, ACCEPT], [25, ACCEPT]]}}}], "open"),
        ([{"vmap": {"key": DPORT, "data": "@verdicts"}}], "closed"),
        ([{"jump": {"target": "c"}}], "closed"),
    ],
)
def test_rules_of_nft(expr: list[object], reach: Reach) -> None:
    assert nft.ruleset(nft.read(rule(*expr)), 4, "eth0").reach(25)[0] == reach


def test_every_base_chain_must_accept() -> None:
    shut = Chain((Rule((Ports(((25, 25),)),), "drop"),))
    some = Chain((Rule((None,), "accept", "", "ours"),), "drop")
    assert Ruleset({"a": Chain(()), "b": shut}, ("a", "b")).reach(25) == ("closed", ())
    assert Ruleset({"a": some, "b": Chain(())}, ("a", "b")).reach(25) == ("some", ("ours",))
    assert Ruleset().reach(25) == ("open", ())


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    for start in ("", ":", "-A ", "-A INPUT "):
        iptables.ruleset(f"*filter\n:INPUT DROP\n{start}{text}", "eth0").reach(25)
    with suppress(ValueError):
        nft.read(text)


class Ports4(Listeners):
    """Listeners of the test."""

    def __init__(self, *found: Listener) -> None:
        self.found = found

    def configured(self) -> tuple[Listener, ...]:
        return self.found


def told(answers: dict[str, str | MailtuiError | Answer], *listeners: Listener) -> dict[str, str]:
    tools = RecordedTools(answers)
    return {one.id: one.severity for one in Firewall(tools, Ports4(*listeners)).findings()}


def test_ports_that_strangers_need() -> None:
    found = told({COMMAND: NFT}, MX, IMAPS, IMAP, LOCAL)
    assert found == {"firewall.some:port 143": "notice", "firewall.open:packet filter": "ok"}


def test_a_mail_server_that_nobody_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firewalls, "interface_addresses", lambda: frozenset({"2a00:db8::1"}))
    shut = "*filter\n:INPUT DROP [0:0]\n-A INPUT -s 10.0.0.0/8 -p tcp --dport 25 -j ACCEPT\nCOMMIT\n"
    open_six = "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n"
    found = told({"iptables-save": shut, "ip6tables-save": open_six}, MX, MX6, IMAPS)
    assert found == {
        "firewall.some-mx:port 25": "warning",
        "firewall.closed:port 993": "notice",
        "firewall.half:packet filter": "warning",
    }
    shut_all = shut.replace("25", "26")
    assert told({"iptables-save": shut_all}, MX)["firewall.closed-mx:port 25"] == "error"


def test_what_iptables_made_is_asked_of_it() -> None:
    answers = {COMMAND: MIXED, "iptables-save": IPTABLES, "ip6tables-save": "*filter\n:INPUT ACCEPT\nCOMMIT\n"}
    assert "firewall.some:port 143" in told({**answers}, MX, IMAP)
    assert told({**answers}, MX) == {"firewall.open:packet filter": "ok"}


def test_without_a_filter_nothing_is_said_or_that_all_is_open() -> None:
    assert told({}, MX) == {}
    assert told({COMMAND: '{"nftables": []}'}, MX) == {"firewall.open:packet filter": "ok"}


def test_a_filter_that_may_not_be_read() -> None:
    denied = ToolFailed(["nft"], 1, "Operation not permitted (you must be root)")
    assert told({COMMAND: denied}, MX) == {"firewall.hidden:packet filter": "notice"}
    with pytest.raises(MailtuiError):
        told({COMMAND: "nonsense"}, MX)


def test_the_way_strangers_come_in_by(tmp_path: Path) -> None:
    head = "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"
    routes = tmp_path / "route"
    routes.write_text(
        head + "eth0 00000000 0101A8C0 0003 0 0 0 00000000 0 0 0\neth1 0001A8C0 0 1 0 0 0 00FFFFFF 0 0 0\n"
    )
    assert firewalls.outside(routes) == "eth0"
    assert firewalls.outside(tmp_path / "none") == ""
