"""A certificate is renewed on disk under a real Postfix and Dovecot: seen in seconds, served after the hook."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import pytest

from mailtui.changes.changes import Changes
from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.services.tls.inventory import Inventory
from mailtui.services.tls.renewal.service import Renewal
from mailtui.services.tls.renewal.watch import CertificateWatch
from mailtui.services.tls.serving import Serving
from tests.lab.certificate_machine import NAME, TOOLS, Machine, hasten, make
from tests.support.waiting import until


@pytest.fixture(autouse=True)
def _quick(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(lab, monkeypatch)


def renew(root: Path, number: int) -> tuple[Path, Path]:
    """As certbot does: new files in the archive, then links to them; certificate and key by their lasting names."""
    archive, live = (root / "etc/letsencrypt" / folder / NAME for folder in ("archive", "live"))
    certificate, key = make(archive / str(number))
    live.mkdir(parents=True, exist_ok=True)
    links = live / "fullchain.pem", live / "privkey.pem"
    for link, file in zip(links, (certificate, key), strict=True):
        beside = link.with_suffix(".new")
        beside.symlink_to(file)
        beside.rename(link)
    return links


def test_a_renewal_is_seen_and_the_hook_makes_it_served(lab: Lab, tmp_path: Path) -> None:
    machine = Machine(lab)
    chain, key = renew(tmp_path, 1)
    settings = tmp_path / "etc/letsencrypt/renewal" / f"{NAME}.conf"
    (tmp_path / "etc/letsencrypt/renewal-hooks/deploy").mkdir(parents=True)
    settings.parent.mkdir()
    settings.write_text(f"privkey = {key}\nfullchain = {chain}\n")
    assert main([*lab.options(), "cert", "deploy", str(chain), str(key), "--in-place", "--yes"]) == 0

    renewal = Renewal(TOOLS, machine.postfix, machine.dovecot, tmp_path)
    (found,) = renewal.findings()
    assert found.fix == ("mailtui", "cert", "hook", NAME) and "Postfix and Dovecot" in found.title

    serving = Serving(TOOLS, machine.postfix, machine.dovecot)
    assert not _stale(serving)
    held = Inventory(TOOLS, machine.postfix, machine.dovecot).held()
    seen = threading.Event()
    watching = CertificateWatch(lambda: [file for one in held for file in one.files], seen.set)
    watching.start()
    try:
        renew(tmp_path, 2)
        assert until(seen.is_set, 3)
    finally:
        watching.stop()
    new = machine.candidate(chain, key)
    assert len(_stale(serving)) == 2 and new.sha256 not in machine.served().values()

    changes = Changes(tmp_path / "state", {})
    assert changes.apply(renewal.hook_plan(NAME)).outcome == "applied"
    assert renewal.findings() == ()
    (hook,) = (tmp_path / "etc/letsencrypt/renewal-hooks/deploy").iterdir()
    bare = {"PATH": "/usr/bin:/bin"}  # cron's
    assert subprocess.run([hook], env=bare, capture_output=True, timeout=30, check=False).returncode == 0
    assert until(lambda: set(machine.served().values()) == {new.sha256}, 10)
    assert not _stale(serving)


def _stale(serving: Serving) -> list[str]:
    return [finding.subject for finding in serving.findings() if finding.id.startswith("tls.drift")]
