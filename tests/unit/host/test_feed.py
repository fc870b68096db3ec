"""A program that is given lines while it runs: all of them, whole, and never for longer than it may take."""

from __future__ import annotations

import os
import select
from pathlib import Path

import psutil
import pytest

from mailtui.host.errors import ToolMissing, ToolTimeout
from mailtui.host.tools import LocalTools
from tests.support.waiting import until

TOOLS = LocalTools()


def test_what_is_given_at_different_times_is_done_in_this_order() -> None:
    with TOOLS.feed(["sh", "-c", 'while read line; do echo "did $line"; done; echo end >&2; exit 3']) as feed:
        assert feed.give([b"one", b"two"]) and feed.give([b"three"])
    assert (feed.code, feed.output) == (3, b"did one\ndid two\ndid three\nend\n")


def test_it_is_at_work_before_it_has_everything(tmp_path: Path) -> None:
    with TOOLS.feed(["sh", "-c", 'while read line; do touch "$1/$line"; done', "sh", str(tmp_path)]) as feed:
        feed.give([b"first"])
        assert until((tmp_path / "first").exists)
        feed.give([b"second"])
    assert (tmp_path / "second").exists()


def test_more_than_a_pipe_holds_arrives_whole() -> None:
    lines = [b"%06d" % number for number in range(50_000)]
    with TOOLS.feed(["cat"]) as feed:
        assert feed.give(lines)
    assert feed.output.splitlines() == lines


def test_no_write_is_one_that_a_kill_could_cut_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    real = os.write
    with TOOLS.feed(["cat"]) as feed:
        monkeypatch.setattr(os, "write", lambda fd, data: written.append(data) or real(fd, data))  # type: ignore[func-returns-value]
        feed.give([b"x" * (number % 70) for number in range(1000)])
        monkeypatch.undo()
    assert len(written) > 1 and all(data.endswith(b"\n") and len(data) <= select.PIPE_BUF for data in written)


def test_one_that_has_ended_takes_no_more() -> None:
    with TOOLS.feed(["sh", "-c", "read line; echo done with $line; exit 1"]) as feed:
        assert feed.give([b"one"])
        assert until(lambda: not feed.give([b"two"]))
    assert (feed.code, feed.output) == (1, b"done with one\n")


def test_one_that_takes_nothing_is_ended() -> None:
    with pytest.raises(ToolTimeout), TOOLS.feed(["sleep", "60"], timeout=0.1) as feed:
        feed.give([b"x" * 60] * 10_000)
    with pytest.raises(ToolTimeout), TOOLS.feed(["sleep", "60"], timeout=0.1):
        pass


def test_whoever_stops_halfway_leaves_it_to_end_what_it_has(tmp_path: Path) -> None:
    made = tmp_path / "made"
    with (
        pytest.raises(KeyboardInterrupt),
        TOOLS.feed(["sh", "-c", 'read line; echo "$line" >"$1"', "sh", str(made)]) as feed,
    ):
        feed.give([b"one"])
        raise KeyboardInterrupt
    assert made.read_bytes() == b"one\n"


def test_it_keeps_the_files_it_is_to_keep_and_no_others(tmp_path: Path) -> None:
    kept, other = (os.open(tmp_path / name, os.O_CREAT | os.O_WRONLY) for name in ("kept", "other"))
    for fd in (kept, other):
        os.set_inheritable(fd, True)
    with TOOLS.feed(["ls", "-l", "/proc/self/fd"], keeps=[kept]) as feed:
        pass
    assert b"/kept" in feed.output and b"/other" not in feed.output
    os.close(kept)
    os.close(other)


def test_nothing_is_left_open_of_one_that_is_not_there() -> None:
    before = psutil.Process().num_fds()
    with pytest.raises(ToolMissing), TOOLS.feed(["no-such-program"]):
        pass
    with TOOLS.feed(["true"]):
        pass
    assert psutil.Process().num_fds() == before
