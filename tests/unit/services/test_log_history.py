"""Older files of a log: which there are, in what order, and what is in them however they are packed."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mailtui.host.errors import HostError
from mailtui.host.tools import LocalTools
from mailtui.services.logs.history import MAX_LINE, history, read_lines
from mailtui.services.logs.tail import tail_blocks
from tests.support.tools import RecordedTools


def names(folder: Path, log: str, files: str) -> list[str]:
    for name in files.split():
        (folder / name).touch()
    return [file.path.name for file in history(folder / log)]


@pytest.mark.parametrize(
    ("log", "oldest_first"),
    [
        ("mail.log", "mail.log.10.gz mail.log.9.gz mail.log.2.gz mail.log.1"),
        ("mail.log", "mail.log-20251231.xz mail.log-20260101.zst mail.log-20260102"),
        ("mail.log", "mail.log.20260101-000000.gz mail.log.20260101-120000.gz"),
        ("maillog", "maillog-20260101.bz2 maillog-20260108"),
        ("mail.log", "mail-20260101.log.gz mail-20260108.log"),
        ("mail.log", "mail.log.2.gz mail.log.1 mail.log-20260101"),
    ],
)
def test_older_files_come_oldest_first(tmp_path: Path, log: str, oldest_first: str) -> None:
    assert names(tmp_path, log, oldest_first) == oldest_first.split()


def test_files_that_only_look_alike_are_left_out(tmp_path: Path) -> None:
    alike = "mail.log mail.log.bak mail.log.1.swp mail.log.offset mail.log-notes mail.logs.1 mailman.log mail.err.1"
    assert names(tmp_path, "mail.log", alike) == []
    (tmp_path / "mail.log.1").mkdir()
    assert history(tmp_path / "mail.log") == ()
    assert history(tmp_path / "missing" / "mail.log") == ()


def zstd(data: bytes) -> bytes:
    return subprocess.run(["zstd", "-qc"], input=data, capture_output=True, check=True).stdout


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [
        ("", bytes),
        (".gz", gzip.compress),
        (".bz2", bz2.compress),
        (".xz", lzma.compress),
        pytest.param(".zst", zstd, marks=pytest.mark.skipif(not shutil.which("zstd"), reason="zstd is not installed")),
    ],
)
def test_lines_are_the_same_however_packed(tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]) -> None:
    lines = [b"line %d \xff" % n for n in range(20_000)] + [b"", b"half"]
    path = tmp_path / f"mail.log.1{suffix}"
    path.write_bytes(pack(b"\n".join(lines)))
    assert list(read_lines(path, LocalTools())) == lines


def test_a_damaged_file_gives_what_it_holds_and_then_says_so(tmp_path: Path) -> None:
    path = tmp_path / "mail.log.1.gz"
    path.write_bytes(gzip.compress(b"".join(b"%d\n" % n for n in range(10**6)))[:-2000])
    lines = read_lines(path, LocalTools())
    assert next(lines) == b"0"
    with pytest.raises(HostError, match="is damaged"):
        list(lines)
    path.write_bytes(b"this is no gzip")
    with pytest.raises(HostError, match="is damaged"):
        list(read_lines(path, LocalTools()))


def test_zstd_that_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mail.log.1.zst"
    path.touch()
    with pytest.raises(HostError, match="packed with zstd") as caught:
        list(read_lines(path, RecordedTools()))
    assert caught.value.unlock == "sudo apt install zstd"


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "mail.log.1.gz"
    path.write_bytes(gzip.compress(b"x" * (3 * MAX_LINE) + b"\nnext\n"))
    lines = list(read_lines(path, LocalTools()))
    assert len(lines[0]) < 2 * MAX_LINE
    assert lines[1:] == [b"next"]


@pytest.mark.parametrize("block", [1, 7, 64, 10**6])
def test_the_end_of_a_log_comes_first(tmp_path: Path, block: int) -> None:
    path = tmp_path / "mail.log"
    data = b"".join(b"line %d\n" % n for n in range(100)) + b"x" * 500 + b"\nlast\n"
    path.write_bytes(data + b"half")
    blocks = list(tail_blocks(path, block=block))
    assert blocks[0].data.endswith(b"last\n")
    assert b"".join(one.data for one in reversed(blocks)) == data
    assert all(one.data.endswith(b"\n") for one in blocks)
    assert all(data[one.position.offset :].startswith(one.data) for one in blocks)


def test_a_log_without_a_whole_line_has_no_blocks(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_bytes(b"half")
    assert list(tail_blocks(path)) == []
