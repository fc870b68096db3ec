"""The name, addresses and domains of this machine, from parameters as postconf prints them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from mailtui.services.dns.sender import Sender, is_published, read_sender
from mailtui.services.postfix.addresses.lookups import Lookups
from mailtui.services.postfix.config import PostfixConfig
from tests.support.tools import RecordedTools

DEFAULT = {
    "myhostname": "mx.d.org",
    "mydomain": "d.org",
    "inet_interfaces": "all",
    "inet_protocols": "all",
    "mydestination": "mx.d.org, localhost.d.org, localhost, d.org",
    "virtual_alias_domains": "",
    "virtual_mailbox_domains": "",
    "smtp_helo_name": "mx.d.org",
}
KERNEL = {4: "198.51.99.10", 6: "2a00:db8::10"}


def sender(parameters: Mapping[str, str] = {}, overrides: str = "", kernel: Mapping[int, str] = KERNEL) -> Sender:
    values = "".join(f"{name} = {value}\n" for name, value in {**DEFAULT, **parameters}.items())
    changed = values.replace("smtp_helo_name = mx.d.org", "smtp_helo_name = out.d.org").replace(
        "smtp_bind_address = \n", ""
    )
    tools = RecordedTools(
        {
            "postconf -x": values,
            "postconf -x -o smtp_helo_name=out.d.org": changed,
            "postconf -Px": overrides,
            "postconf -M": "smtp       unix  -       -       y       -       -       smtp\n",
        }
    )
    postfix = PostfixConfig(tools)
    return read_sender(postfix, Lookups(postfix, tools), source=lambda version: kernel.get(version, ""))


@pytest.mark.parametrize(
    ("parameters", "addresses"),
    [
        ({}, (KERNEL[4], KERNEL[6])),
        ({"inet_protocols": "ipv4"}, (KERNEL[4],)),
        ({"inet_protocols": "ipv6"}, (KERNEL[6],)),
        ({"inet_protocols": "ipv4, ipv6"}, (KERNEL[4], KERNEL[6])),
        ({"smtp_bind_address": "198.51.99.20"}, ("198.51.99.20", KERNEL[6])),
        ({"smtp_bind_address6": "2a00:db8::20"}, (KERNEL[4], "2a00:db8::20")),
        ({"inet_interfaces": "127.0.0.1, 198.51.99.30"}, ("198.51.99.30", KERNEL[6])),
        ({"inet_interfaces": "198.51.99.30 198.51.99.31"}, (KERNEL[4], KERNEL[6])),
        ({"inet_interfaces": "[2a00:db8::30], 127.0.0.1"}, (KERNEL[4], "2a00:db8::30")),
        ({"inet_interfaces": "loopback-only"}, (KERNEL[4], KERNEL[6])),
        ({"smtp_bind_address": "10.0.0.5", "proxy_interfaces": "198.51.99.40"}, ("198.51.99.40", KERNEL[6])),
        ({"smtp_bind_address": "10.0.0.5"}, (KERNEL[6],)),
        ({"relayhost": "[smtp.isp.example]:587"}, ()),
    ],
)
def test_the_addresses_it_sends_from(parameters: dict[str, str], addresses: tuple[str, ...]) -> None:
    assert sender(parameters).addresses == addresses


def test_behind_nat_only_what_the_operator_says_is_known() -> None:
    nat = sender(kernel={4: "192.168.1.2"})
    assert nat.addresses == ()
    assert nat.with_addresses(["198.51.99.50"]).addresses == ("198.51.99.50",)
    assert nat.with_addresses([]) is nat


def test_the_smtp_service_may_greet_under_its_own_name() -> None:
    assert sender().helo == "mx.d.org"
    assert sender(overrides="smtp/unix/smtp_helo_name = out.d.org\n").helo == "out.d.org"


def test_its_domains_are_those_the_world_can_see() -> None:
    found = sender(
        {"virtual_mailbox_domains": "e.org, lab.example", "virtual_alias_domains": "mysql:/etc/postfix/d.cf"}
    )
    assert found.domains == ("d.org", "e.org")
    assert found.unread == ("virtual_alias_domains = mysql:/etc/postfix/d.cf",)


def test_the_machines_own_name_is_a_domain_only_where_users_write_from_it() -> None:
    assert sender({"mydestination": "mx.d.org, localhost.d.org, localhost"}).domains == ()
    assert sender({"mydestination": "mx.d.org, localhost", "myorigin": "mx.d.org"}).domains == ("mx.d.org",)


@pytest.mark.parametrize(
    ("domain", "published"),
    [
        ("example.org", True), ("EXAMPLE.org.", True), ("localhost", False), ("a.localhost", False), ("lab.example", False),
        ("mx.test", False), ("server.local", False), ("x.home.arpa", False), ("example", False), ("d", False), ("1.2.3.4", False),
        ("a_b.org", False), ("contest.org", True),
    ],
)  # fmt: skip
def test_what_the_worlds_dns_can_have(domain: str, published: bool) -> None:
    assert is_published(domain) is published
