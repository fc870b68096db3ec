"""What happens on a machine whose resolver does not answer; run by ``test_night_11_resolver.py``."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from mailtui.lab.wait import wait_until
from mailtui.lab.world import ELSEWHERE
from tests.lab.nights.operator import operator
from tests.lab.observing import logged
from tests.support.dns_server import dns_server_at

RESOLVER = "127.0.0.77"
RELAY = "relay.world.example"
ZONE = {RELAY: {"A": [ELSEWHERE]}, "lab.example": {"MX": [f"10 {RELAY}."]}}
SENT_TO = ("one@accept.example", "two@elsewhere.example", "three@far.example")


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Lab]:
    """A lab that looks names up, on a machine whose resolver is gone; three messages wait already."""
    own = tmp_path / "resolv.conf"
    own.write_text(f"nameserver {RESOLVER}\noptions timeout:1 attempts:1\n")
    subprocess.run(["mount", "--bind", str(own), "/etc/resolv.conf"], check=True)
    with Lab(retry_seconds=900) as lab:
        settings = (
            f"relayhost=[{RELAY}]:{lab.ports['sink_port']}",
            "smtp_host_lookup=dns",
            "smtp_dns_support_level=enabled",
            "transport_maps=",
        )
        lab.command("postconf", "-e", *settings)
        lab.command("postfix", "reload")
        for address in SENT_TO:
            clients.submit(lab, "alice@lab.example", address)
        assert wait_until(lambda: all(logged(lab, address, "Host not found, try again") for address in SENT_TO), 60)
        yield lab


def all_sent(lab: Lab) -> bool:
    """Whether everything has left."""
    return all(logged(lab, f"to=<{address}>", "status=sent") for address in SENT_TO)


async def test_keys(night: Lab) -> None:
    async with operator(night) as somebody:
        await somebody.press("0")
        await somebody.stands_on("dns", "resolver")
        await somebody.press("enter")
        await somebody.sees("Nothing is wrong with Postfix")
        await somebody.press("escape")
        with dns_server_at(RESOLVER, ZONE):
            await somebody.press("4")
            await somebody.sees("deferred", SENT_TO[0])
            await somebody.press("F", "3")
            await somebody.agrees("postqueue")
            await somebody.until(lambda: all_sent(night))
            somebody.proven(11)


def test_command_line(night: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    main([*night.options(), "check", "--only", "dns", "--only", "logs", "--json"])
    found = json.loads(capsys.readouterr().out)
    (resolver,) = [one for one in found if one["id"].startswith("resolver.")]
    assert resolver["severity"] == "error"
    assert "Nothing is wrong with Postfix" in resolver["advice"]
    waiting = [one for one in found if one["area"] == "logs"]
    assert len(waiting) <= 1, "three destinations fail for one reason"
    with dns_server_at(RESOLVER, ZONE):
        assert main([*night.options(), "queue", "flush", "--yes"]) == 0
        assert wait_until(lambda: all_sent(night))
        capsys.readouterr()
        main([*night.options(), "check", "--only", "dns", "--json"])
        assert "resolver." not in capsys.readouterr().out
