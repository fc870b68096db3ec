"""The runner on real programs: what it gives back, and that it leaves nothing behind."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import psutil
import pytest

from mailtui.host.errors import HostError, PermissionDenied, ToolFailed, ToolMissing, ToolTimeout
from mailtui.host.stream import within
from mailtui.host.tools import LocalTools
from tests.support.waiting import until

# A shell that starts a child which would outlive it, and says who that is.
WITH_CHILD = ["sh", "-c", 'sleep 60 & echo $! >"$1"; echo started; wait', "sh"]
STUBBORN = ["sh", "-c", "trap '' TERM; sleep 60 & echo $! >\"$1\"; echo started; wait", "sh"]
# The grandchild leaves the process group and keeps the pipe, as a daemon would.
ESCAPED = ["sh", "-c", 'setsid sleep 4 & echo $! >"$1"; echo started', "sh"]


@pytest.fixture
def tools() -> LocalTools:
    return LocalTools()


def descriptors() -> int:
    return psutil.Process().num_fds()


def gone(pid_file: Path) -> bool:
    pid = int(pid_file.read_text())
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_output_error_and_exit_status_come_back_as_written(tools: LocalTools) -> None:
    result = tools.run(["sh", "-c", r"printf 'a\377\000b'; printf 'no\n' >&2; exit 3"], check=False)
    assert (result.stdout, result.stderr, result.code) == (b"a\xff\x00b", b"no\n", 3)
    assert result.text == "a\udcff\0b"


def test_stdin_reaches_the_program_byte_for_byte(tools: LocalTools) -> None:
    data = bytes(range(256)) * 5000
    assert tools.run(["cat"], stdin=data).stdout == data


def test_a_program_that_reads_no_stdin_does_not_hold_us_up(tools: LocalTools) -> None:
    assert tools.run(["true"], stdin=b"x" * 2**20).code == 0


def test_arguments_are_never_a_shell_line(tools: LocalTools) -> None:
    argv = ["printf", "%s\\n", "$(id)", "a b", "*", "--x", "ü", ""]
    assert tools.run(argv).text.splitlines() == argv[2:]


def test_the_program_sees_no_terminal_a_c_locale_and_a_fixed_path(
    tools: LocalTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "1")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    said = tools.run(["sh", "-c", "test -t 1 && echo tty; env"]).text.splitlines()
    assert "tty" not in said
    assert "LC_ALL=C" in said
    assert any(line.startswith("PATH=") and "/usr/sbin" in line for line in said)
    assert not any(line.startswith("SECRET") for line in said)


def test_failure_carries_the_last_line_of_what_the_program_said(tools: LocalTools) -> None:
    with pytest.raises(ToolFailed, match=r"^sh: fatal: no such map$") as caught:
        tools.run(["sh", "-c", "echo warning >&2; echo sh: fatal: no such map >&2; exit 1"])
    assert caught.value.code == 1


@pytest.mark.parametrize(("name", "lines"), [("doveadm", 1), ("doveconf", 2)])
def test_what_doveconf_warns_of_is_no_complaint_of_the_program_that_had_it_read(
    name: str, lines: int, tmp_path: Path
) -> None:
    program = tmp_path / name
    program.write_text(
        "#!/bin/sh\necho 'doveconf: Warning: /etc/dovecot/x.conf line 4: Global setting x' >&2\n"
        "echo 'doveadm(a)<1><>: Error: userdb lookup(a): connect(/run/auth-userdb) failed: Connection refused' >&2\n"
    )
    program.chmod(0o755)
    said = LocalTools(f"{tmp_path}:/bin").run([name]).error_text.splitlines()
    assert len(said) == lines
    assert "Connection refused" in said[-1]


def test_a_program_ended_by_a_signal_is_a_failure(tools: LocalTools) -> None:
    assert tools.run(["sh", "-c", "kill -SEGV $$"], check=False).code == -11


def test_a_missing_program_and_one_we_may_not_run_are_told_apart(tools: LocalTools, tmp_path: Path) -> None:
    with pytest.raises(ToolMissing):
        tools.run(["no-such-program"])
    (tmp_path / "locked").write_text("#!/bin/sh\n")
    with pytest.raises(PermissionDenied):
        LocalTools(str(tmp_path)).run(["locked"])


@pytest.mark.parametrize(("uid", "advice"), [(0, "not executable"), (1000, "run mailtui with sudo")])
def test_root_is_not_told_to_use_sudo(uid: int, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: uid)
    (tmp_path / "locked").touch()
    with pytest.raises(PermissionDenied) as caught:
        LocalTools(str(tmp_path)).run(["locked"])
    assert advice in caught.value.unlock


def test_a_file_that_is_no_program_is_a_host_error(tmp_path: Path) -> None:
    (tmp_path / "broken").write_bytes(b"\x7fELF nonsense")
    (tmp_path / "broken").chmod(0o755)
    with pytest.raises(HostError, match="could not be started"):
        LocalTools(str(tmp_path)).run(["broken"])


def test_output_beyond_the_cap_is_thrown_away_and_said(tools: LocalTools) -> None:
    result = tools.run(["sh", "-c", "head -c 3000000 /dev/zero"], max_output=1000)
    assert (len(result.stdout), result.truncated, result.code) == (1000, True, 0)
    assert not tools.run(["printf", "1234"], max_output=4).truncated


@pytest.mark.parametrize("command", [WITH_CHILD, STUBBORN])
def test_a_timeout_ends_the_program_and_its_children(tools: LocalTools, tmp_path: Path, command: list[str]) -> None:
    with pytest.raises(ToolTimeout):
        tools.run([*command, str(tmp_path / "pid")], timeout=0.3)
    assert until(lambda: gone(tmp_path / "pid"))


def test_a_daemon_that_keeps_our_pipe_does_not_hold_us_up(tools: LocalTools, tmp_path: Path) -> None:
    assert tools.run([*ESCAPED, str(tmp_path / "pid")], timeout=30).text == "started\n"


def test_last_words_between_a_silence_and_the_end_are_heard(tools: LocalTools, monkeypatch: pytest.MonkeyPatch) -> None:
    look = subprocess.Popen.poll

    def slowly(process: subprocess.Popen[bytes]) -> int | None:
        process.wait()
        return look(process)

    monkeypatch.setattr(subprocess.Popen, "poll", slowly)
    assert tools.run(["sh", "-c", "sleep 0.3; echo late"]).text == "late\n"


def test_it_runs_from_many_threads_at_once(tools: LocalTools) -> None:
    answers: dict[int, str] = {}

    def ask(number: int) -> None:
        answers[number] = tools.run(["printf", "%d", str(number)]).text

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {n: str(n) for n in range(16)}


def test_no_file_descriptor_is_left_open(tools: LocalTools) -> None:
    tools.run(["true"])
    before = descriptors()
    for _ in range(5):
        tools.run(["true"])
        for follow in (False, True):
            with tools.stream(["echo", "x"], follow=follow) as stream:
                list(stream)
    assert descriptors() == before


@pytest.fixture(params=[False, True], ids=["that ends", "that is followed"])
def follow(request: pytest.FixtureRequest) -> bool:
    """Both ways in which a program that is listened to is started."""
    return bool(request.param)


def test_a_stream_gives_lines_while_the_program_runs(tools: LocalTools, follow: bool, tmp_path: Path) -> None:
    with tools.stream([*WITH_CHILD, str(tmp_path / "pid")], follow=follow) as stream:
        assert next(iter(stream)) == b"started"
    assert until(lambda: gone(tmp_path / "pid"))


def test_a_stream_ends_with_its_program(tools: LocalTools, follow: bool) -> None:
    with tools.stream(["printf", r"a\n\nb\377"], follow=follow) as stream:
        assert list(stream) == [b"a", b"", b"b\xff"]


def test_a_stream_says_when_its_program_failed(tools: LocalTools, follow: bool) -> None:
    with tools.stream(["sh", "-c", "echo one; echo No journal files >&2; exit 1"], follow=follow) as stream:
        lines = iter(stream)
        assert next(lines) == b"one"
        with pytest.raises(ToolFailed, match="No journal files"):
            next(lines)


def test_a_stream_that_complains_at_length_ends_all_the_same(tools: LocalTools, follow: bool) -> None:
    with tools.stream(["sh", "-c", "head -c 3000000 /dev/zero >&2; echo one; exit 1"], follow=follow) as stream:
        lines = iter(stream)
        assert next(lines) == b"one"
        with pytest.raises(ToolFailed) as refused:
            next(lines)
    assert len(refused.value.stderr) == 2**16


def test_a_stream_stopped_from_another_thread_ends_at_once(tools: LocalTools, follow: bool, tmp_path: Path) -> None:
    with tools.stream([*WITH_CHILD, str(tmp_path / "pid")], follow=follow) as stream:
        lines = iter(stream)
        assert next(lines) == b"started"
        threading.Timer(0.05, stream.stop).start()
        assert list(lines) == []
    assert until(lambda: gone(tmp_path / "pid"))


def test_a_stream_that_must_end_in_time(tools: LocalTools, follow: bool, tmp_path: Path) -> None:
    argv = [*WITH_CHILD, str(tmp_path / "pid")]
    with pytest.raises(ToolTimeout), tools.stream(argv, follow=follow) as stream:
        assert list(within(stream, 0.3, argv)) == [[b"started"]]
    assert until(lambda: gone(tmp_path / "pid"))
    with tools.stream(["seq", "9"], follow=follow) as stream:
        lines = [line for batch in within(stream, 30, ["seq"], pause=0.001) for line in batch]
    assert lines == [b"%d" % number for number in range(1, 10)]


def test_an_endless_stream_waits_for_its_reader(tools: LocalTools) -> None:
    with tools.stream(["yes", "mail"]) as stream:
        batches = stream.batches()
        assert next(batches)[0] == b"mail"
        assert set(next(batches)) == {b"mail"}
