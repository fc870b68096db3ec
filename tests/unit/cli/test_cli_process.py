"""The command line as a real process: what it imports, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mailtui import __version__

ROOT = Path(__file__).parents[3]
LINE = b"2026-11-20T10:00:00+01:00 mx1 postfix/qmgr[9]: 3Pt2mN2VXxznjll: removed\n"
IMPORTED = (
    "import sys; from mailtui.__main__ import main; main(sys.argv[1:]); print(sorted(sys.modules), file=sys.stderr)"
)


def mailtui(*argv: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "mailtui", *argv]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, **options)  # type: ignore[call-overload,no-any-return]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "mail.log"
    path.write_bytes(LINE * 20_000)
    return path


def test_version_of_the_module() -> None:
    done = mailtui("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"mailtui {__version__}\n".encode(), b"")


@pytest.mark.parametrize(
    ("argv", "heavy"),
    [
        (["--version"], ["textual", "sh", "psutil", "cryptography", "dns", "asyncio", "dataclasses", "json"]),
        (["--help"], ["textual", "sh", "psutil", "cryptography", "dns", "asyncio", "dataclasses", "json"]),
        (["parse", "{log}"], ["textual", "rich", "sh", "psutil", "cryptography", "dns", "watchfiles", "asyncio"]),
        (["parse", "--json", "--where", "removed", "{log}"], ["textual", "sh", "psutil", "cryptography", "dns"]),
        (
            ["trace", "3Pt2mN2VXxznjll", "{log}"],
            ["textual", "rich", "sh", "psutil", "cryptography", "dns", "watchfiles"],
        ),
        (["explain", "User unknown"], ["textual", "rich", "sh", "psutil", "cryptography", "dns", "asyncio"]),
        (["incidents", "{log}"], ["textual", "rich", "sh", "psutil", "cryptography", "dns", "asyncio"]),
        (["completion", "bash"], ["textual", "rich", "sh", "psutil", "cryptography", "dns", "asyncio"]),
    ],
)
def test_a_command_imports_only_what_it_needs(argv: list[str], heavy: list[str], log: Path) -> None:
    words = [word.format(log=log) for word in argv]
    command = [sys.executable, "-c", IMPORTED, *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    modules = done.stderr.splitlines()[-1]
    assert [name for name in heavy if f"'{name}'" in modules] == []


def test_a_reader_that_leaves_early_is_no_failure(log: Path) -> None:
    command = [sys.executable, "-m", "mailtui", "parse", str(log)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"removed" in process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 0


def test_an_interrupt_ends_with_130_and_no_words() -> None:
    command = [sys.executable, "-m", "mailtui", "parse", "-"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, stdout=subprocess.PIPE
    ) as run:
        assert run.stdin is not None
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdin.write(LINE * 300)
        run.stdin.flush()
        assert b"removed" in run.stdout.readline()
        run.send_signal(signal.SIGINT)
        run.stdout.read()
        assert (run.stderr.read(), run.wait(timeout=60)) == (b"", 130)


def test_standard_input_and_a_locale_without_symbols() -> None:
    done = mailtui("parse", "-", input=b"\xff\x9b1m\n", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert b"\x9b" not in done.stdout


def test_json_from_standard_input_is_one_object_a_line() -> None:
    done = mailtui("parse", "--json", "-", input=LINE * 3)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["event"] for event in events] == ["removed"] * 3
    assert {event["source"] for event in events} == {"-"}


def test_a_filter_or_file_that_begins_with_a_dash(tmp_path: Path) -> None:
    (tmp_path / "-x.log").write_bytes(LINE)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "mailtui", "parse", "--where=-delivery", "--", "-x.log"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, env=environment)
    assert (done.returncode, done.stdout.count(b"\n")) == (0, 1)
