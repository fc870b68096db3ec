"""A lab starts in seconds and leaves nothing behind, however its owner ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailtui.lab import Lab, LabFailed, forsaken, traffic
from mailtui.lab.configuration import Configuration
from mailtui.lab.ports import LISTENERS, free_ports
from mailtui.lab.wait import listens, wait_until
from tests.lab.observing import eventually_logged, gone, keeper_of, processes_in

OWNER = """
import signal
from mailtui.lab import Lab
lab = Lab()
lab.start()
print(lab.folder, flush=True)
signal.pause()
"""


@contextmanager
def owner() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another process with a lab, and the lab's folder."""
    process = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        folder = Path(process.stdout.readline().strip())
    assert folder.is_dir()
    yield process, folder
    process.kill()
    process.wait()


def test_two_labs_run_side_by_side_and_stop_without_a_trace(lab: Lab) -> None:
    with Lab() as other:
        assert other.folder != lab.folder
        traffic.send(other, "outside@accept.example", "alice@lab.example")
        eventually_logged(other, "to=<alice@lab.example>", "status=sent")
        folder, port = other.folder, other.ports["smtp"]
        assert processes_in(folder)
    assert not folder.exists()
    assert not processes_in(folder)
    assert not listens(port)
    assert listens(lab.ports["smtp"])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_nothing_outlives_an_owner_that_is_killed(number: signal.Signals) -> None:
    with owner() as (process, folder):
        os.kill(process.pid, number)
        assert gone(folder)


def test_the_next_lab_stops_one_that_lost_its_keeper_too() -> None:
    with owner() as (process, folder):
        keeper = keeper_of(process.pid)
        keeper.kill()
        process.kill()
        process.wait()
        assert wait_until(lambda: keeper.pid not in [p.pid for p in processes_in(folder)])
        assert processes_in(folder)
        forsaken.stop_forsaken()
        assert gone(folder)


def test_a_folder_of_somebody_else_is_no_forsaken_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    trap = tmp_path / f"{forsaken.PREFIX}trap"
    trap.mkdir()
    (trap / "keeper.lock").touch()
    os.chown(trap, 65534, 65534)
    forsaken.stop_forsaken()
    assert trap.is_dir()


def test_a_taken_port_is_left_to_who_has_it(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    offers = [dict(lab.ports), free_ports(LISTENERS)]
    monkeypatch.setattr("mailtui.lab.lab.free_ports", lambda _: offers.pop(0))
    with Lab() as other:
        assert other.ports != lab.ports
        assert listens(*(other.ports[name] for name in ("smtp", "submission", "imap", "pop3", "filter")))


class Unreadable(Configuration):
    """A configuration Dovecot does not understand."""

    def write(self) -> None:
        super().write()
        with self._layout.dovecot_config.open("a") as file:
            file.write("nonsense = yes\n")


def test_a_lab_that_cannot_start_says_why_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.lab.lab.Configuration", Unreadable)
    broken = Lab()
    with pytest.raises(LabFailed, match=r"(?s)dovecot did not start: .*nonsense"):
        broken.start()
    assert gone(broken.folder)


def test_a_lab_serves_what_is_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("mailtui.lab.protocols.PROGRAMS", tmp_path)
    with Lab() as plain:
        assert "pop3" not in plain.ports
        assert "pop3" not in plain.command("doveconf", "-h", "protocols")
        traffic.pop3_login(plain)
        traffic.imap_login(plain)
        eventually_logged(plain, "imap-login", "user=<")


def test_its_options_point_mailtui_at_it(lab: Lab) -> None:
    argv = [sys.executable, "-m", "mailtui", *lab.options(), "info", "--json"]
    answer = json.loads(subprocess.run(argv, capture_output=True, check=True).stdout)
    assert str(lab.postfix_config) in json.dumps(answer)
    assert str(lab.log) in json.dumps(answer)


def test_postfix_and_dovecot_find_nothing_wrong(lab: Lab) -> None:
    assert "warning" not in lab.start_log.read_text()
    assert "Warning" not in lab.dovecot_log.read_text()
    assert lab.command("postconf", "-n").count("\n") > 40
