"""``mailtui parse``: one answer a line, whatever the bytes, from files of every kind."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtui.cli.main import main

LOG = b"""\
2026-11-20T10:00:00.250000+01:00 mx1 postfix/smtpd[10]: 3Pt2mN2VXxznjll: client=mail.example[192.0.2.1]
2026-11-20T10:00:01+01:00 mx1 postfix/smtp[12]: 3Pt2mN2VXxznjll: to=<anna@example.org>, relay=none, delay=30, \
delays=0.1/0/30/0, dsn=4.4.1, status=deferred (connect to mx.example.org[192.0.2.9]:25: Connection timed out)
2026-11-20T10:00:02+01:00 mx1 postfix/smtp[12]: some text no rule knows
no header here \xff\x1b[31m
2026-11-20T12:00:00+01:00 mx1 dovecot: lmtp(anna)<77><s1>: Error: Mailbox INBOX: read() failed
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "mail.log"
    path.write_bytes(LOG)
    return path


def parsed(capsys: pytest.CaptureFixture[str], *argv: str) -> list[dict[str, Any]]:
    assert main(["parse", "--json", *argv]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_line_is_one_object(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events = parsed(capsys, str(log))
    assert [event["event"] for event in events[1:4]] == ["delivery", "unknown", "unparsed"]
    assert len(events) == 5
    raw = LOG.splitlines()
    assert [event["offset"] for event in events] == [LOG.index(line) for line in raw]
    keys = "source offset time host program instance service daemon pid severity queue_id event fields text"
    assert list(events[0]) == keys.split()
    assert events[0]["time"].startswith("2026-11-20T")
    assert events[1]["fields"]["to"] == "anna@example.org"
    assert events[3]["time"] is None
    assert events[3]["text"] == "no header here \ufffd\x1b[31m"


def test_the_text_form_is_clean_and_counts_what_is_unknown(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", str(log)]) == 0
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    assert "3Pt2mN2VXxznjll delivery to=anna@example.org" in lines[1]
    assert lines[3].endswith("unparsed no header here ‹FF›␛[31m")
    assert captured.err == "5 lines, 1 unknown, 1 unparsed\n"


@pytest.mark.parametrize(
    ("arguments", "offsets"),
    [
        (["--where", "status:deferred"], [1]),
        (["--where", "severity>=error or unparsed"], [4]),
        (["--where", "header"], [3]),
        (["--where", "anna -event:delivery"], [4]),
        (["--since", "2026-11-20T10:30:00+01:00"], [4]),
        (["--until", "2026-11-20T10:00:01+01:00"], [0, 1]),
        (["--since", "2026-11-20T10:00:02+01:00", "--until", "2026-11-20T11:00:00+01:00"], [2, 3]),
    ],
)
def test_lines_are_chosen_by_time_and_filter(
    log: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], offsets: list[int]
) -> None:
    raw = LOG.splitlines()
    found = [event["offset"] for event in parsed(capsys, *arguments, str(log))]
    assert found == [LOG.index(raw[number]) for number in offsets]


def test_compressed_files(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for suffix, module in ((".gz", gzip), (".bz2", bz2), (".xz", lzma)):
        packed = tmp_path / f"mail.log.1{suffix}"
        packed.write_bytes(module.compress(LOG))
        events = parsed(capsys, str(packed))
        assert [event["offset"] for event in events] == [event["offset"] for event in parsed(capsys, str(log))]
        assert {event["source"] for event in events} == {str(packed)}


@pytest.mark.skipif(shutil.which("zstd") is None, reason="zstd is not installed")
def test_zstandard_files(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = tmp_path / "mail.log.1.zst"
    subprocess.run(["zstd", "-q", log, "-o", packed], check=True, timeout=20)
    assert len(parsed(capsys, str(packed))) == 5
    packed.write_bytes(packed.read_bytes()[:-20])
    assert main(["parse", str(packed)]) == 1
    assert f"mailtui: {packed} is damaged" in capsys.readouterr().err


@pytest.mark.parametrize("module", [gzip, bz2, lzma])
@pytest.mark.parametrize("harm", ["cut", "overwritten"])
def test_a_damaged_archive_is_a_sentence(
    module: Any, harm: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = tmp_path / "mail.log.1.z"
    whole = module.compress(LOG)
    packed.write_bytes(whole[:-20] if harm == "cut" else whole[:20] + b"\0" * 40 + whole[60:])
    assert main(["parse", str(packed)]) == 1
    assert f"mailtui: {packed} is damaged" in capsys.readouterr().err


def test_a_missing_file_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", str(tmp_path / "none.log")]) == 2
    assert main(["parse", str(tmp_path)]) == 2
    assert "none.log does not exist" in capsys.readouterr().err


def test_the_log_option_names_files_too(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(parsed(capsys, "--log", str(log), "--log", str(log))) == 10


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=80) | st.sampled_from(LOG.splitlines()), max_size=8))
def test_any_bytes_give_one_object_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: list[bytes]
) -> None:
    path = tmp_path / "any.log"
    path.write_bytes(b"\n".join([b"a first line, that it may not look like an archive", *lines]))
    events = parsed(capsys, str(path))
    raw = path.read_bytes()
    expected = raw.count(b"\n") + (bool(raw) and not raw.endswith(b"\n"))
    assert len(events) == expected


def test_half_a_line_nuls_and_a_megabyte(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "odd.log"
    path.write_bytes(b"\0" * 100 + b"\n" + b"x" * 1_000_000 + b"\n" + LOG.splitlines()[1][:60])
    events = parsed(capsys, str(path))
    assert [len(event["text"]) for event in events[:2]] == [100, 1_000_000]
    assert len(events) == 3
