"""Night 3: the certificate was renewed on disk; Postfix, its SNI table and Dovecot go on with the old one."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.lab.wait import wait_until
from tests.lab.certificate_machine import NAME, Machine, make
from tests.lab.nights.operator import Operator, operator
from tests.lab.test_console import text_of

SHOP = "shop.example"
STALE = "it shows another certificate"


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Lab]:
    """A lab with a name of its own in an SNI table; all of its files were renewed a moment ago, and nobody was told."""
    with Lab() as lab:
        both, table = lab.certificate.parent / "shop.pem", lab.postfix_config / "sni"
        renew(both, tmp_path / "old")
        table.touch(mode=0o600)
        table.write_text(f"{SHOP} {both}\n")
        kind = lab.command("postconf", "-h", "default_database_type").strip()
        lab.command("postmap", "-F", f"{kind}:{table}")
        lab.command("postconf", "-e", f"tls_server_sni_maps = {kind}:{table}")
        os.utime(lab.postfix_config / "main.cf", (1, 1))
        lab.command("postfix", "reload")
        assert wait_until(lambda: len(set(Machine(lab).served().values())) == 1)
        renew(both, tmp_path / "new")
        certificate, key = make(tmp_path / "mail", NAME, "localhost")
        lab.certificate.write_bytes(certificate.read_bytes())
        lab.key.write_bytes(key.read_bytes())
        yield lab


def renew(both: Path, folder: Path) -> None:
    """A new key and certificate for the shop, in one file."""
    certificate, key = make(folder, SHOP)
    both.touch(mode=0o600)
    both.write_bytes(key.read_bytes() + certificate.read_bytes())


def on_disk(lab: Lab) -> tuple[str, str]:
    """The fingerprints that should be shown: to everybody, and to who asks for the shop."""
    machine = Machine(lab)
    everybody = machine.candidate(lab.certificate, lab.key)
    return everybody.sha256, machine.candidate(lab.certificate.parent / "shop.pem").sha256


def shown(lab: Lab) -> tuple[set[str], set[str]]:
    """What the ports show to everybody, and Postfix's to who asks for the shop."""
    machine = Machine(lab)
    by_name = {value for port, value in machine.served(SHOP).items() if port.startswith("postfix")}
    return set(machine.served().values()), by_name


def proven(lab: Lab) -> bool:
    everybody, shop = on_disk(lab)
    return shown(lab) == ({everybody}, {shop})


def lines_with(somebody: Operator, words: str) -> int:
    """How many findings say so."""
    return text_of(somebody.app).count(words)


async def mended(somebody: Operator, words: str) -> None:
    """One finding, its plan, its end; and the list without it."""
    await somebody.stands_on(words)
    before = lines_with(somebody, words)
    await somebody.press("R")
    await somebody.agrees()
    await somebody.until(lambda: lines_with(somebody, words) < before)


async def test_by_keys_a_table_and_the_reloads_that_are_left(night: Lab) -> None:
    """Postfix's processes end by themselves when a table they have open is built anew; Dovecot's do not."""
    everybody, shop = on_disk(night)
    before = shown(night)
    assert everybody not in before[0] and shop not in before[1], "the old ones are shown"
    async with operator(night) as somebody:
        await somebody.press("0")
        await mended(somebody, "the table holds another certificate")
        while lines_with(somebody, STALE):
            await mended(somebody, STALE)
        await somebody.until(lambda: proven(night))
        await somebody.press("8")
        await somebody.sees("each shows what its files hold")
        somebody.proven(3)


def test_by_the_command_line(night: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    main([*night.options(), "check", "--only", "certificates", "--json"])
    found = [one for one in json.loads(capsys.readouterr().out) if one["id"].startswith("tls.drift")]
    assert sorted(one["id"].split(":")[0] for one in found) == ["tls.drift.stale", "tls.drift.stale", "tls.drift.table"]
    for one in found:
        assert main([*night.options(), *shlex.split(one["fix"])[1:], "--yes"]) == 0
    assert proven(night)
    assert main([*night.options(), "check", "--only", "certificates"]) == 0
