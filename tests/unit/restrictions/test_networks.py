"""Whom mynetworks trusts."""

from __future__ import annotations

import pytest

from mailtui.services.postfix.addresses.lists import Lists
from mailtui.services.postfix.addresses.lookups import Lookups
from mailtui.services.postfix.restrictions.finding import networks
from mailtui.services.postfix.restrictions.finding.networks import network_findings
from tests.support.tools import RecordedTools
from tests.unit.restrictions.machine import postfix_with


def found(value: str, subject: str = "mynetworks") -> dict[str, tuple[str, ...]]:
    postfix = postfix_with(mynetworks=value)
    lists = Lists(postfix, Lookups(postfix, RecordedTools()))
    return {one.id.split(":")[0].removeprefix("restrictions."): one.fix for one in network_findings(subject, lists)}


@pytest.fixture(autouse=True)
def no_bridges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "bridges", lambda: ())


@pytest.mark.parametrize(
    "value",
    ["127.0.0.0/8 [::1]/128", "10.0.0.0/8, 192.168.0.0/16", "8.8.8.0/24", "!0.0.0.0/0", "hash:/etc/postfix/net"],
)
def test_own_machines_may_be_trusted(value: str) -> None:
    assert found(value) == {}


def test_the_whole_internet_is_taken_out_and_the_rest_is_left() -> None:
    fix = ("mailtui", "config", "set", "postfix", "mynetworks=127.0.0.0/8, !10.9.0.1, 10.0.0.0/8")
    assert found("127.0.0.0/8 0.0.0.0/0 !10.9.0.1 10.0.0.0/8") == {"network-all": fix}
    alone = found("[::]/0")["network-all"]
    assert alone[-1] == "mynetworks=127.0.0.0/8, [::1]/128"
    assert found("0.0.0.0/0", "submission/inet/mynetworks") == {"network-all": ()}


@pytest.mark.parametrize("value", ["8.0.0.0/8", "[2a00::]/16"])
def test_many_strangers_are_told(value: str) -> None:
    assert list(found(value)) == ["network-wide"]


@pytest.mark.parametrize("value", ["10.1.2.3/8", "10.0.0.0/33", "[2001:db8::1]/32"])
def test_what_is_no_network_is_told(value: str) -> None:
    assert list(found(value)) == ["network-broken"]


def test_the_gateway_of_containers_stands_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "bridges", lambda: (("docker0", "172.17.0.1"),))
    assert list(found("127.0.0.0/8, 172.16.0.0/12")) == ["network-bridge"]
    assert found("172.17.0.5/32") == {}
