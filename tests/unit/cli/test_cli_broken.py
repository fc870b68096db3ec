"""A machine in any state, a command line anywhere: a sentence and an exit status, and JSON where it was asked for."""

from __future__ import annotations

import builtins
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from mailtui.__main__ import main as started
from mailtui.cli import commands
from mailtui.cli.context import Context
from mailtui.cli.main import main
from mailtui.host.errors import ToolFailed
from mailtui.host.tools import LocalTools
from mailtui.settings import Settings, load, settings_paths

ROOT = Path(__file__).parents[3]
RUN = [sys.executable, "-m", "mailtui"]


def environment(**changed: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **changed}


def process(argv: Sequence[str], cwd: Path, **options: object) -> subprocess.CompletedProcess[bytes]:
    settings: dict[str, object] = {"env": environment(), "stdin": subprocess.DEVNULL, **options}
    return subprocess.run([*RUN, *argv], cwd=cwd, capture_output=True, timeout=60, **settings)  # type: ignore[call-overload,no-any-return]


def missing(path: Path) -> None:
    """Nothing is there."""


def folder(path: Path) -> None:
    path.mkdir()


def garbage(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 40)


def empty(path: Path) -> None:
    path.touch()


@pytest.mark.parametrize("command", ["parse", "report", "incidents", "trace ABCDEF1234"])
@pytest.mark.parametrize(("make", "usable"), [(missing, False), (folder, False), (garbage, True), (empty, True)])
def test_a_log_in_any_state(
    command: str,
    make: Callable[[Path], None],
    usable: bool,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = tmp_path / "mail.log"
    make(log)
    ended = main(["--log", str(log), *command.split(), "--json"])
    told = capsys.readouterr()
    assert ended in ((0, 1) if usable else (2, 3))
    if not usable:
        failure = json.loads(told.out)
        assert failure["status"] == ended
        assert failure["advice"] or ended == 2
        assert str(log) in failure["error"]
        assert failure["error"] in told.err
    else:
        assert [json.loads(line) for line in told.out.splitlines()] or command == "parse"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("tls who", "No such file|does not exist"),
        ("service start postfix --dry-run", "postfix is not installed"),
        ("config check", "there is no configuration to check"),
        ("map", "postconf is not installed"),
        ("queue", "postqueue is not installed"),
        ("mailbox", "doveadm is not installed"),
    ],
)
def test_a_machine_without_mail_says_what_is_missing(
    command: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Context, "tools", LocalTools(search_path=str(tmp_path)))
    words = ["--log", str(tmp_path / "none"), "--state", str(tmp_path), *command.split(), "--json"]
    assert main(words) in (2, 3)
    answer = capsys.readouterr()
    failure = json.loads(answer.out)
    assert re.search(told, failure["error"])
    assert failure["advice"] or "who" in command
    assert failure["error"] in answer.err


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ("postconf: fatal: open /etc/postfix/main.cf: No such file or directory", "put /etc/postfix/main.cf back"),
        ("postconf: fatal: open /etc/postfix/main.cf: Permission denied", "run mailtui with sudo"),
        ("postconf: fatal: read /etc/postfix/main.cf: Is a directory", "/etc/postfix/main.cf must be a file"),
        ("doveconf: Fatal: open(/etc/dovecot/dovecot.conf) failed: No such file or directory", "put /etc/dovecot/d"),
        ("Fatal: Error reading configuration: stat(/etc/dovecot/dovecot.conf) failed: No such file", "put /etc/dov"),
        ("postqueue: fatal: /etc/postfix/main.cf, line 36: missing '='", "mend line 36 of /etc/postfix/main.cf"),
        ("postconf: fatal: file /etc/postfix/master.cf: line 138: bad field count", "mend line 138 of /etc/postfix/m"),
        ("postqueue: fatal: Queue report unavailable - mail system is down", ""),
    ],
)
def test_what_a_program_says_of_its_configuration_leads_to_a_step(said: str, step: str) -> None:
    error = ToolFailed(["tool"], 1, said)
    assert error.unlock.startswith(step)
    assert bool(error.unlock) == bool(step)


def test_what_a_program_repeats_of_a_broken_file_is_cut() -> None:
    error = ToolFailed(["postconf"], 1, f"postconf: fatal: /etc/postfix/main.cf, line 1: missing '=': {'?' * 3000}")
    assert error.message.endswith("?…")
    assert len(error.message) < 320
    assert error.unlock == "mend line 1 of /etc/postfix/main.cf, then try again"


def test_the_home_of_another_holds_no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_file", closed)
    assert load() == Settings()


def test_a_user_whom_nobody_knows_lives_in_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(path: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", unknown)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert settings_paths()[0] == Path("/.config/mailtui/mailtui.toml")


def test_no_evidence_is_told_with_a_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mail.log").touch()
    words = ["--log", str(tmp_path / "mail.log"), "--state", str(tmp_path), "evidence", "ABCDEF1234", "--json"]
    assert main(words) == 1
    assert json.loads(capsys.readouterr().out)["advice"].startswith("mailtui incidents")


@pytest.mark.parametrize("shape", ["--nagios", "--prometheus"])
def test_two_shapes_at_once_are_refused(shape: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--state", str(tmp_path), "check", "--json", shape]) == 2
    assert json.loads(capsys.readouterr().out)["status"] == 2


@pytest.mark.parametrize("make", [folder, garbage])
@pytest.mark.parametrize("option", ["--settings", "--state"])
def test_own_files_in_any_state(
    option: str, make: Callable[[Path], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "place"
    make(place)
    place.chmod(0o700)
    ended = main([option, str(place), "--postfix-config", str(tmp_path), "changes", "--json"])
    told = capsys.readouterr()
    assert json.loads(told.out) == [] if ended == 0 else json.loads(told.out)["error"] in told.err
    assert (option, make, ended) in (
        ("--settings", folder, 2),
        ("--settings", garbage, 2),
        ("--state", folder, 0),
        ("--state", garbage, 2),
    )


def test_json_begun_is_not_followed_by_another_document(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Late:
        EXAMPLES = ""

        def add_arguments(self, _parser: object) -> None:
            """None of its own."""

        def run(self, _args: object, context: object) -> int:
            context.output.json([1])  # type: ignore[attr-defined]
            raise OSError(5, "Input/output error", "mail.log")

    monkeypatch.setitem(commands.SUMMARIES, "late", "fails at its end")
    monkeypatch.setattr(commands, "load", lambda _name: Late())
    assert main(["late", "--json"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out) == [1]
    assert "mail.log: Input/output error" in told.err


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_failure(closed: str, tmp_path: Path) -> None:
    line = [*RUN, "explain", "User unknown"]
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *line],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_full_disk_behind_standard_output_is_told(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*RUN, "explain", "--json", "User unknown"],
            cwd=tmp_path,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    assert (done.returncode, done.stderr) == (
        1,
        b"mailtui: standard output: No space left on device\n  what was written is not all\n",
    )


@pytest.mark.parametrize(
    "changed", [{}, {"HOME": "/nonexistent"}, {"TERM": "dumb", "LC_ALL": "C", "PYTHONUTF8": "0"}, {"TMPDIR": "/proc"}]
)
def test_no_environment_ends_it(changed: dict[str, str], tmp_path: Path) -> None:
    done = process(["--postfix-config", str(tmp_path), "changes", "--json"], tmp_path, env=environment(**changed))
    assert done.returncode in (0, 3)
    assert b"Traceback" not in done.stderr
    json.loads(done.stdout)


def test_a_folder_that_is_gone_is_no_failure(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = 'rmdir "$PWD" && exec "$@"'
    done = subprocess.run(
        ["/bin/sh", "-c", script, "sh", *RUN, "explain", "User unknown"],
        cwd=gone,
        env=environment(),
        capture_output=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.slow
def test_an_interrupt_at_any_moment_leaves_no_traceback(tmp_path: Path) -> None:
    for milliseconds in range(40, 400, 20):
        run = subprocess.Popen([*RUN, "info"], cwd=tmp_path, env=environment(), stderr=subprocess.PIPE)
        try:
            run.wait(milliseconds / 1000)
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGINT)
        assert b"mailtui" not in run.communicate(timeout=60)[1]


@pytest.mark.parametrize(("cause", "status"), [(KeyboardInterrupt(), 130), (ValueError(), None)])
def test_an_interrupt_while_a_class_is_made_is_one(
    cause: BaseException, status: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So Python 3.11 tells of it, of any class that is made while a command's modules are imported."""
    real = builtins.__import__

    def importing(name: str, *rest: Any) -> Any:
        if name == "mailtui.cli.main":
            raise RuntimeError("Error calling __set_name__ on 'cached_property' instance") from cause
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", importing)
    if status is None:
        with pytest.raises(RuntimeError):
            started([])
    else:
        assert started([]) == status
