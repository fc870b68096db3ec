"""The journal as journalctl writes it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from mailtui.host.tools import ShTools
from mailtui.services.logs import journal
from mailtui.services.logs.follower import Follower
from mailtui.services.logs.journal import cursor_of, journal_entries
from mailtui.services.logs.source import JOURNAL, LogSource

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
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ShTools:
    script = tmp_path / "journalctl"
    script.write_text(JOURNALCTL)
    script.chmod(0o755)
    monkeypatch.setattr(journal, "_PAUSE", 0.01)
    return ShTools(f"{tmp_path}:/usr/bin:/bin")


def test_entries_are_followed_and_a_journalctl_that_ends_is_taken_up_at_its_cursor(
    tools: ShTools, tmp_path: Path
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


def test_a_follower_of_a_silent_journal_stops_at_once(tools: ShTools) -> None:
    source = LogSource(JOURNAL, JOURNAL)
    follower = Follower([source], tools=tools, starts={JOURNAL: "s=1;i=2"})
    batches = iter(follower)
    assert b"three" in next(batches).lines[0]
    threading.Timer(0.05, follower.stop).start()
    assert list(batches) == []


def test_the_past_can_be_asked_for(tools: ShTools, tmp_path: Path) -> None:
    assert len(list(journal_entries(tools, since=1.5, last=10))) == 1
    assert "--since=@1.500000 --lines=10 SYSLOG_FACILITY=2" in (tmp_path / "journalctl.calls").read_text()


def test_an_entry_without_cursor_has_none() -> None:
    assert cursor_of(b'{"MESSAGE":"x"}') == ""
