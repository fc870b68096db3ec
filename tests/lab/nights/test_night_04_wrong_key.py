"""Night 4: a key that does not fit was installed; STARTTLS is announced, then 454, and mail comes in clear."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from mailtui.lab.wait import wait_until
from mailtui.services.tls.probe import Served, served
from tests.lab.certificate_machine import hasten, make
from tests.lab.nights.operator import operator
from tests.lab.observing import eventually_logged

MISMATCH = "the key is not the certificate's"


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """A lab with a new key whose certificate has not come yet; the old one was kept, and mail goes on in clear."""
    with Lab() as lab:
        hasten(lab, monkeypatch)
        kept = lab.key.with_name("key.pem.2025")
        kept.touch(mode=0o600)
        kept.write_bytes(lab.key.read_bytes())
        _, other = make(tmp_path)
        lab.key.write_bytes(other.read_bytes())
        lab.command("postfix", "reload")
        lab.command("doveadm", "reload")
        assert wait_until(lambda: not smtp(lab).tls and not imaps(lab).tls)
        clients.send(lab, "outside@accept.example", "alice@lab.example")
        eventually_logged(lab, "to=<alice@lab.example>", "status=sent")
        yield lab


def smtp(lab: Lab) -> Served:
    return served("127.0.0.1", lab.ports["smtp"], starttls="smtp")


def imaps(lab: Lab) -> Served:
    return served("127.0.0.1", lab.ports["imaps"])


def proven(lab: Lab) -> bool:
    """STARTTLS and TLS work again, on every port that users and servers use."""
    return all(
        answer.tls
        for answer in (
            smtp(lab),
            imaps(lab),
            served("127.0.0.1", lab.ports["submission"], starttls="smtp"),
            served("127.0.0.1", lab.ports["submissions"]),
            served("127.0.0.1", lab.ports["imap"], starttls="imap"),
        )
    )


async def test_by_keys_from_the_finding_to_tls_on_every_port(night: Lab) -> None:
    answer = smtp(night)
    assert answer.offers_starttls and answer.problem == "starttls-refused" and "454" in answer.detail
    async with operator(night) as somebody:
        await somebody.press("0")
        await somebody.stands_on(MISMATCH)
        await somebody.press("R")
        await somebody.agrees("Deploy the certificate")
        await somebody.until(lambda: proven(night))
        await somebody.press("8")
        await somebody.sees("each shows what its files hold")
        somebody.proven(4)


def test_by_the_command_line_and_undone(night: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    main([*night.options(), "check", "--only", "certificates", "--json"])
    found = {one["id"].partition(":")[0]: one for one in json.loads(capsys.readouterr().out)}
    assert "tls.no-tls.offered" in found and "STARTTLS is announced" in found["tls.no-tls.offered"]["title"]
    mismatch = found["cert.mismatch"]
    assert any("key.pem.2025" in line for line in mismatch["evidence"])
    words = shlex.split(mismatch["fix"])
    assert main([*night.options(), *words[1:3], "--yes", *words[3:]]) == 0
    assert proven(night)
    capsys.readouterr()
    main([*night.options(), "changes", "--json"])
    change = json.loads(capsys.readouterr().out)[0]["change"]
    assert main([*night.options(), "undo", change, "--yes"]) in (0, 1)
    assert wait_until(lambda: not smtp(night).tls), "the broken state is what was there before"
