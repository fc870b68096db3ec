"""Where the only log is the journal, every command reads it: shown with the real journalctl on a journal of our own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mailtui.cli.main import main
from mailtui.host.stream import Stream
from mailtui.host.tools import LocalTools
from mailtui.services.logs import LogSources
from mailtui.services.logs.source import JOURNAL, LogSource

CONVERTER = Path("/lib/systemd/systemd-journal-remote")
LINES = """\
postfix/smtpd 4F9D195432C: client=mail.shop.example[192.0.2.7]
postfix/cleanup 4F9D195432C: message-id=<1@shop.example>
postfix/qmgr 4F9D195432C: from=<info@shop.example>, size=1000, nrcpt=1 (queue active)
postfix/smtp 4F9D195432C: to=<who@far.example>, relay=mx.far.example[192.0.2.9]:25, delay=1, delays=0.1/0/0.4/0.5, \
dsn=5.1.1, status=bounced (host mx.far.example[192.0.2.9] said: 550 5.1.1 User unknown (in reply to RCPT TO command))
postfix/qmgr 4F9D195432C: removed
"""

pytestmark = pytest.mark.skipif(not CONVERTER.exists(), reason="needs systemd-journal-remote to make a journal")


class OwnJournal(LocalTools):
    """The machine's tools, with journalctl looking at a journal of ours."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    @contextmanager
    def stream(self, argv: Sequence[str], *, follow: bool = False) -> Iterator[Stream]:
        with super().stream([argv[0], f"--directory={self._folder}", *argv[1:]], follow=follow) as stream:
            yield stream


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose only log is a journal with one bounced message."""
    export = b""
    for number, line in enumerate(LINES.splitlines()):
        program, text = line.split(" ", 1)
        fields = {
            "__REALTIME_TIMESTAMP": 1_795_219_075_000_000 + number * 1_000_000,
            "__MONOTONIC_TIMESTAMP": 1 + number,
            "_BOOT_ID": "0" * 31 + "1",
            "_MACHINE_ID": "0" * 31 + "1",
            "_HOSTNAME": "mx1",
            "_PID": 77,
            "SYSLOG_FACILITY": 2,
            "SYSLOG_IDENTIFIER": program,
            "MESSAGE": text,
        }
        export += "".join(f"{name}={value}\n" for name, value in fields.items()).encode() + b"\n"
    subprocess.run([CONVERTER, "-o", tmp_path / "system.journal", "-"], input=export, check=True, capture_output=True)
    monkeypatch.setattr("mailtui.host.tools.LocalTools", lambda: OwnJournal(tmp_path))
    source = LogSource(JOURNAL, JOURNAL, None, "journalctl", 1000)
    monkeypatch.setattr(LogSources, "discover", lambda _self: (source,))
    return tmp_path


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """What a command says in JSON."""
    main([*words, "--json"])
    return json.loads(capsys.readouterr().out)


def test_the_report_counts_it(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    totals = answer(capsys, "report")["totals"]
    assert (totals["received"], totals["bounced"]) == (1, 1)


def test_a_message_is_traced_in_it(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (story,) = answer(capsys, "trace", "4F9D195432C")
    assert story["message_ids"] == ["<1@shop.example>"]
    assert story["outcome"] == "bounced"


def test_what_came_before_the_window_is_not_there(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    totals = answer(capsys, "report", "--since", "2026-11-22")["totals"]
    assert totals["received"] == 0


def test_incidents_are_found_in_it(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (incident,) = answer(capsys, "incidents")
    assert incident["queue_ids"] == ["4F9D195432C"]


def test_no_copy_of_the_journal_is_left(
    journal: Path,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = tmp_path_factory.mktemp("tmp")
    monkeypatch.setattr("tempfile.tempdir", str(place))
    answer(capsys, "report")
    assert not list(place.iterdir())
