"""Jumping to a moment: the same place a walk through all lines finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.services.logs.blocks import BlockIndex
from mailtui.services.logs.seek import offset_at


def time_of(line: bytes) -> float | None:
    try:
        return float(line.split(b" ")[0])
    except ValueError:
        return None


@given(times=st.lists(st.one_of(st.integers(0, 50), st.none())), when=st.integers(-1, 51))
def test_the_first_line_of_a_moment_is_found(
    tmp_path_factory: pytest.TempPathFactory, times: list[int | None], when: int
) -> None:
    timed = iter(sorted(time for time in times if time is not None))
    lines = [
        b"continued\n" if time is None else b"%d %s\n" % (next(timed), b"x" * (index % 7))
        for index, time in enumerate(times)
    ]
    path = tmp_path_factory.mktemp("log") / "mail.log"
    path.write_bytes(b"".join(lines))
    index = BlockIndex(path)
    offset = offset_at(index, when, time_of)
    index.close()
    before, after = b"".join(lines)[:offset], b"".join(lines)[offset:]
    assert all((time_of(line) or -1) < when for line in before.splitlines())
    later = [time for line in after.splitlines() if (time := time_of(line)) is not None]
    assert all(time >= when for time in later)
    assert not before or before.endswith(b"\n")


def test_a_jump_in_a_large_log_reads_little_and_counts_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_bytes(b"".join(b"%d line of a log\n" % n for n in range(200_000)))
    index = BlockIndex(path)
    share = index.counted_share
    looked: list[bytes] = []

    def watched(line: bytes) -> float | None:
        looked.append(line)
        return time_of(line)

    offset = offset_at(index, 123_456, watched)
    assert path.read_bytes()[offset:].startswith(b"123456 ")
    assert len(looked) < 50
    assert index.counted_share == share
    index.close()
