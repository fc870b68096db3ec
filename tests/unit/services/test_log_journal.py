"""The journal as journalctl writes it."""

from __future__ import annotations

import json
import threading
from datetime import datetime
from pathlib import Path

import pytest

from mailtui.host.tools import LocalTools
from mailtui.services.logs import journal
from mailtui.services.logs.follower import Follower
from mailtui.services.logs.journal import cursor_of, journal_entries
from mailtui.services.logs.source import JOURNAL, LogSource
from mailtui.services.logs.spool import JournalSpool, log_line
from tests.support.tools import RecordedTools
from tests.support.waiting import until

# Plays journalctl: a first run gives two entries and ends, a later one goes on after the cursor it was given.
JOURNALCTL = r"""#!/bin/sh
echo "$@" >> "$0.calls"
case "$*" in
*--lines=0*) printf '{"__CURSOR":"s=1;i=1","MESSAGE":"one"}\n{"MESSAGE":"two","__CURSOR":"s=1;i=\\"2"}\n' ;;
*--follow*) printf '{"__CURSOR":"s=1;i=3","MESSAGE":"three"}\n'; exec sleep 60 ;;
*) printf '{"__CURSOR":"s=1;i=0","MESSAGE":"zero"}\n' ;;
esac
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalTools:
    script = tmp_path / "journalctl"
    script.write_text(JOURNALCTL)
    script.chmod(0o755)
    monkeypatch.setattr(journal, "_PAUSE", 0.01)
    return LocalTools(f"{tmp_path}:/usr/bin:/bin")


def test_entries_are_followed_and_a_journalctl_that_ends_is_taken_up_at_its_cursor(
    tools: LocalTools, tmp_path: Path
) -> None:
    follower = Follower([LogSource(JOURNAL, JOURNAL)], tools=tools)
    entries: list[bytes] = []
    for batch in follower:
        entries += batch.lines
        if len(entries) == 3:
            follower.stop()
    assert [entry.count(b"MESSAGE") for entry in entries] == [1, 1, 1]
    assert b"three" in entries[2]
    calls = (tmp_path / "journalctl.calls").read_text().splitlines()
    assert "SYSLOG_FACILITY=2 + " in calls[0]
    assert '--after-cursor=s=1;i="2' in calls[1]


def test_a_follower_of_a_silent_journal_stops_at_once(tools: LocalTools) -> None:
    source = LogSource(JOURNAL, JOURNAL)
    follower = Follower([source], tools=tools, starts={JOURNAL: "s=1;i=2"})
    batches = iter(follower)
    assert b"three" in next(batches).lines[0]
    threading.Timer(0.05, follower.stop).start()
    assert list(batches) == []


def test_the_past_can_be_asked_for(tools: LocalTools, tmp_path: Path) -> None:
    assert len(list(journal_entries(tools, since=1.5, last=10))) == 1
    assert "--since=@1.500000 --lines=10 SYSLOG_FACILITY=2" in (tmp_path / "journalctl.calls").read_text()


def test_an_entry_without_cursor_has_none() -> None:
    assert cursor_of(b'{"MESSAGE":"x"}') == ""


def test_the_journal_can_be_looked_at_as_a_file(tools: LocalTools) -> None:
    spool = JournalSpool(tools, entries=10)
    spool.start()
    try:
        assert until(lambda: spool.path.read_bytes().count(b"\n") == 2)
        assert b": zero\n" in spool.path.read_bytes()
        assert spool.condition.state == "following"
        assert spool.path.stat().st_mode & 0o777 == 0o600
    finally:
        spool.close()
    assert not spool.path.exists()


def test_a_journal_that_cannot_be_read_is_told() -> None:
    spool = JournalSpool(RecordedTools())
    spool.start()
    assert until(lambda: spool.condition.problem == "journalctl is not installed")
    spool.close()


@pytest.mark.parametrize(
    ("fields", "tail"),
    [
        ({"SYSLOG_IDENTIFIER": "postfix/qmgr", "SYSLOG_PID": "12", "MESSAGE": "x"}, b" mx postfix/qmgr[12]: x\n"),
        ({"SYSLOG_IDENTIFIER": "dovecot", "MESSAGE": "a\nb"}, b" mx dovecot: a#012b\n"),
        ({"SYSLOG_IDENTIFIER": "postfix/cleanup", "MESSAGE": [255, 65]}, b" mx postfix/cleanup: \xffA\n"),
        ({"_COMM": "master", "MESSAGE": None}, b" mx master: \n"),
    ],
)
def test_an_entry_becomes_one_line(fields: dict[str, object], tail: bytes) -> None:
    line = log_line(json.dumps({"_HOSTNAME": "mx", "__REALTIME_TIMESTAMP": "1772323200123456", **fields}).encode())
    assert line.endswith(tail)
    assert datetime.fromisoformat(line.split(b" ")[0].decode()).timestamp() == 1772323200.123456


def test_what_is_no_entry_is_kept_as_it_is() -> None:
    assert log_line(b"not json \xff") == b"not json \xff\n"
