"""Random access to a log: the same lines as reading it whole, whatever happens to the file meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtui.host.errors import HostError
from mailtui.services.logs import blocks, newlines
from mailtui.services.logs.blocks import MAX_SHOWN, BlockIndex, Change, LogLine

LINES = st.lists(st.binary(max_size=40).map(lambda b: b.replace(b"\n", b"")), max_size=60)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks so small that a short file has many, and nothing counted beforehand."""
    monkeypatch.setattr(newlines, "BLOCK", 16)
    monkeypatch.setattr(blocks, "PAGE", 4)
    monkeypatch.setattr(blocks, "FIRST_LINES", 1)


def whole(index: BlockIndex) -> list[LogLine]:
    while not index.count(1):
        pass
    return index.read_lines(index.first, index.end - index.first)


def expected(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


@pytest.mark.usefixtures("small_blocks")
@given(before=LINES, half=st.binary(max_size=20), after=st.lists(LINES, max_size=3))
@settings(max_examples=300)
def test_every_line_is_found_by_number_and_by_offset(
    tmp_path_factory: pytest.TempPathFactory, before: list[bytes], half: bytes, after: list[list[bytes]]
) -> None:
    path = tmp_path_factory.mktemp("log") / "mail.log"
    data = b"".join(line + b"\n" for line in before) + half.replace(b"\n", b"")
    write(path, data)
    index = BlockIndex(path)
    for lines in after:
        more = b"".join(line + b"\n" for line in lines)
        append(path, more)
        data += more
        assert index.refresh() is (Change.GROWN if more else Change.SAME)
    lines_read = whole(index)
    assert [line.data for line in lines_read] == expected(data)
    offsets = [0]
    for line in lines_read:
        offsets.append(offsets[-1] + line.length + 1)
    assert [line.offset for line in lines_read] == offsets[:-1]
    assert [line.number for line in lines_read] == list(range(index.first, index.end))
    for line in lines_read:
        assert index.line_at(line.offset) == index.line_at(line.offset + line.length // 2) == line.number
        assert index.offset_of(line.number) == line.offset
        assert index.read_lines(line.number, 1) == [line]
        assert index.absolute(line.number) == line.number - index.first + 1
    index.close()


@pytest.mark.usefixtures("small_blocks")
def test_the_end_is_readable_before_the_rest_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    write(path, b"".join(b"line %d\n" % n for n in range(1000)))
    index = BlockIndex(path)
    assert not index.counted
    assert index.absolute(-1) is None
    assert index.read_lines(-2, 5)[-1].data == b"line 999"
    assert index.read_lines(-1000, 10) == []
    assert index.line_at(0) == -1000
    assert index.counted
    assert index.absolute(-1) == 1000
    assert index.read_lines(-1000, 1)[0].data == b"line 0"


def test_counting_can_be_done_in_slices(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    write(path, b"x" * 99 + b"\n" + b"0123456789\n" * 300_000)
    index = BlockIndex(path)
    share = index.counted_share
    assert 0 < share < 1
    assert not index.count(0)
    while not index.count(0.001):
        assert index.counted_share >= share
        share = index.counted_share
    assert (index.counted_share, index.first, index.end) == (1.0, -300_001, 0)


def test_a_half_line_is_shown_and_becomes_whole(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    write(path, b"one\ntw")
    index = BlockIndex(path)
    assert [line.data for line in whole(index)] == [b"one", b"tw"]
    append(path, b"o\nthree\n")
    assert index.refresh() is Change.GROWN
    assert [(line.number, line.data) for line in whole(index)] == [(-1, b"one"), (0, b"two"), (1, b"three")]


def test_a_line_of_a_megabyte_is_cut_for_display_and_its_neighbours_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    write(path, b"before\n" + b"x" * 2**20 + b"\nafter\n" + b"y" * 100_000)
    lines = whole(BlockIndex(path))
    assert [line.data for line in lines] == [b"before", b"x" * MAX_SHOWN, b"after", b"y" * MAX_SHOWN]
    assert [line.length for line in lines] == [6, 2**20, 5, 100_000]


def test_rotation_by_rename_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    write(path, b"old\n" * 10)
    index = BlockIndex(path)
    path.rename(tmp_path / "mail.log.1")
    assert index.refresh() is Change.SAME, "the new file is not there yet"
    assert len(whole(index)) == 10, "what was open can still be read"
    write(path, b"new\n")
    assert index.refresh() is Change.REPLACED
    assert [line.data for line in whole(index)] == [b"new"]


@pytest.mark.parametrize("refill", [b"", b"new\n", b"new line\n" * 50])
def test_truncation_starts_anew_even_when_the_file_has_grown_past_its_old_size(tmp_path: Path, refill: bytes) -> None:
    path = tmp_path / "mail.log"
    write(path, b"old line\n" * 20)
    index = BlockIndex(path)
    with path.open("r+b") as file:
        file.truncate(0)
        file.write(refill)
    assert index.refresh() is Change.REPLACED
    assert [line.data for line in whole(index)] == expected(refill)


def test_a_file_truncated_under_our_hands_reads_short_and_does_not_fail(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    write(path, b"line\n" * 1000)
    index = BlockIndex(path)
    with path.open("r+b") as file:
        file.truncate(7)
    assert len(index.read_lines(-1000, 1000)) < 1000
    assert index.refresh() is Change.REPLACED
    assert [line.data for line in whole(index)] == [b"line", b"li"]


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    write(path, b"")
    index = BlockIndex(path)
    assert (whole(index), index.counted, index.line_at(0)) == ([], True, 0)
    append(path, b"first\n")
    index.refresh()
    assert [line.data for line in whole(index)] == [b"first"]


def test_what_is_no_log_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="does not exist"):
        BlockIndex(tmp_path / "mail.log")
    with pytest.raises(HostError, match="not a regular file"):
        BlockIndex(tmp_path)
