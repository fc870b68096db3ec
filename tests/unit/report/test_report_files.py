"""Which bytes are read: compressed, in order, in parts, of a window."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtui.maillog import scan
from mailtui.maillog.report import report
from tests.unit.report.support import message

LINES = "".join(f"{line}\n" for second in (0, 30) for line in message("0A1B2C3D4E5", second=second))


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed_logs_are_read_whatever_their_name(pack: object, tmp_path: Path) -> None:
    assert callable(pack)
    log = tmp_path / "mail.log.1"
    log.write_bytes(pack(LINES.encode()))
    assert report([log]).totals["received"] == 2


@pytest.mark.skipif(not shutil.which("zstd"), reason="zstd is not installed")
def test_a_log_that_zstd_has_packed(tmp_path: Path) -> None:
    plain, packed = tmp_path / "mail.log", tmp_path / "mail.log.zst"
    plain.write_text(LINES)
    subprocess.run(["zstd", "-q", str(plain), "-o", str(packed)], check=True)
    assert report([packed]).totals["received"] == 2


def test_without_zstd_the_error_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = tmp_path / "mail.log.zst"
    packed.write_bytes(b"\x28\xb5\x2f\xfd rest")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="zstd is not installed"):
        report([packed])


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_half_an_archive_is_named(pack: object, tmp_path: Path) -> None:
    assert callable(pack)
    log = tmp_path / "mail.log.1.gz"
    log.write_bytes(pack(LINES.encode())[:-30])
    with pytest.raises(scan.DamagedLog, match=r"mail\.log\.1\.gz is damaged"):
        report([log])


@pytest.mark.skipif(not shutil.which("zstd"), reason="zstd is not installed")
def test_half_a_zstd_archive_is_named(tmp_path: Path) -> None:
    plain, packed = tmp_path / "mail.log", tmp_path / "mail.log.zst"
    plain.write_text(LINES)
    subprocess.run(["zstd", "-q", str(plain), "-o", str(packed)], check=True)
    packed.write_bytes(packed.read_bytes()[:-30])
    with pytest.raises(scan.DamagedLog, match="is damaged: zstd found an error"):
        report([packed])


def test_standard_input() -> None:
    words = [sys.executable, "-m", "mailtui", "report", "--json", "-"]
    told = subprocess.run(words, input=LINES.encode(), check=True, capture_output=True).stdout
    assert b'"received": 2' in told


def test_files_are_read_oldest_first(tmp_path: Path) -> None:
    """A message over a rotation is one message, however the files are given."""
    lines = message("0A1B2C3D4E5")
    older, newer = tmp_path / "mail.log.1", tmp_path / "mail.log"
    older.write_text("".join(f"{line}\n" for line in lines[:3]))
    newer.write_text("".join(f"{line}\n" for line in lines[3:]))
    found = report([newer, older])
    assert (found.totals["received"], found.totals["bytes_delivered"], found.no_size) == (1, 1000, {})


def test_a_window_takes_the_lines_in_it(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_text(LINES)
    since, until = seconds("2026-03-01T10:00:20"), seconds("2026-03-01T10:00:31")
    assert report([log], since=since).totals["received"] == 1
    assert report([log], since=since, until=until).totals == report([log], since=since).totals | {
        "delivered": 0, "bytes_delivered": 0, "recipients": 0, "recipient_domains": 0,
        "bytes_received": 0, "senders": 0, "sender_domains": 0,
    }  # fmt: skip
    assert report([log], until=since).totals["received"] == 1
    assert report([log], since=until + 60).lines == 0
    assert report([log], since=since, compat=True).totals["received"] == 1


def test_the_year_of_old_lines_is_told_by_the_file(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_text(
        "Dec 31 23:59:59 mx1 postfix/smtpd[7]: NOQUEUE: reject: RCPT from x[192.0.2.1]: 554 no\n"
        "Jan  1 00:00:01 mx1 postfix/smtpd[7]: NOQUEUE: reject: RCPT from x[192.0.2.1]: 554 no\n"
    )
    changed = seconds("2024-01-01T00:05:00")
    os.utime(log, (changed, changed))
    assert [row["date"] for row in report([log]).per_day] == ["2023-12-31", "2024-01-01"]


@settings(max_examples=100)
@given(
    data=st.lists(st.sampled_from([b"a", b"\n", b"bb\n", b"\xff", b"\n\n", b"c" * 9]), max_size=60).map(b"".join),
    shares=st.integers(1, 5),
)
def test_parts_are_whole_lines_and_all_of_them(
    data: bytes, shares: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    log = tmp_path_factory.mktemp("parts") / "mail.log"
    log.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "_SMALL", 0)
        patch.setattr(scan, "BLOCK", 7)
        runs = scan.divide([log, log], shares)
        read = [line for run in runs for part in run for block in scan.blocks(part) for line in block.split("\n")]
    text = data.decode("utf-8", "surrogateescape")
    once = text.removesuffix("\n").split("\n") if text else []
    assert read == once * 2
    assert len(runs) <= shares
