"""Changing something from the command line: shown first, asked for, told truly, undone."""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from mailtui.changes.changes import Changes
from mailtui.changes.files import replace_step
from mailtui.changes.journal import NAME
from mailtui.changes.plan import BULK, Note, Outcome, Plan, Step
from mailtui.cli.changing import add_change_arguments, carry_out
from mailtui.cli.context import Context
from mailtui.cli.main import main
from mailtui.cli.output import Output
from mailtui.cli.parser import Parser
from mailtui.host.errors import PermissionDenied, UsageError
from tests.unit.changes.switches import Switches, plan_of, switch_on

HOSTILE = "\x1b]0;pwned\x07"


class Line:
    """A command line with its streams in hand."""

    def __init__(self, tmp_path: Path, *words: str) -> None:
        parser = Parser("mailtui test", "", "")
        parser.add_argument("--json", action="store_true")
        add_change_arguments(parser)
        self.args: argparse.Namespace = parser.read(["--state", str(tmp_path / "state"), *words])
        self.out, self.err = io.StringIO(), io.StringIO()
        self.context = Context(self.args, Output(self.out, self.err))
        self.switches = Switches(tmp_path / "switches")
        read_only = self.args.read_only
        self.context.services.changes = Changes(
            tmp_path / "state", {"switch": self.switches}, read_only=read_only, who="anna"
        )

    def carry_out(self, plan: Plan) -> int:
        return carry_out(plan, self.args, self.context)

    def answered(self, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        monkeypatch.setattr("sys.stdin", Terminal(answer))
        self.err = self.context.output.stderr = Terminal()


def test_a_dry_run_shows_and_does_nothing(tmp_path: Path) -> None:
    line = Line(tmp_path, "--dry-run")
    assert line.carry_out(plan_of(switch_on("a", "b"))) == 0
    assert "Switch things on" in line.out.getvalue() and "switch on a, b" in line.out.getvalue()
    assert (line.switches.on(), line.context.changes.changes()) == (set(), ())


def test_a_dry_run_for_programs(tmp_path: Path) -> None:
    line = Line(tmp_path, "--dry-run", "--json")
    assert line.carry_out(plan_of(switch_on("a"))) == 0
    plan = json.loads(line.out.getvalue())
    assert (plan["title"], plan["steps"][0]["why"]) == ("Switch things on", "switch on a")


def test_without_anybody_to_ask_nothing_is_done(tmp_path: Path) -> None:
    line = Line(tmp_path)
    with pytest.raises(UsageError, match="nobody to ask") as caught:
        line.carry_out(plan_of(switch_on("a")))
    assert (caught.value.exit_code, line.switches.on()) == (2, set())


def test_yes_does_it_and_the_receipt_is_data(tmp_path: Path) -> None:
    line = Line(tmp_path, "--yes", "--json")
    assert line.carry_out(plan_of(switch_on("a"))) == 0
    receipt = json.loads(line.out.getvalue())
    assert {"change", "plan", "outcome", "done", "skipped", "failed", "undo"} <= receipt.keys()
    assert (receipt["outcome"], receipt["done"], receipt["undo"]) == (
        "applied",
        ["a"],
        f"mailtui undo {receipt['change']}",
    )
    assert "Switch things on" in line.err.getvalue()


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ([switch_on("a")], 0),
        ([switch_on("a", "broken")], 1),
        ([switch_on("broken")], 1),
        ([switch_on("there")], 1),
        ([switch_on("there", "a")], 0),
    ],
    ids=["applied", "partly", "failed", "nothing", "some already"],
)
def test_the_exit_status_tells_how_it_ended(tmp_path: Path, steps: list[Step], status: int) -> None:
    line = Line(tmp_path, "--yes")
    (line.switches.folder / "there").touch()
    assert line.carry_out(plan_of(*steps)) == status


@pytest.mark.parametrize(
    ("answer", "done"), [("y\n", {"a"}), ("yes\n", {"a"}), ("\n", set()), ("n\n", set()), ("", set())]
)
def test_on_a_terminal_it_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, done: set[str]) -> None:
    line = Line(tmp_path)
    line.answered(monkeypatch, answer)
    assert line.carry_out(plan_of(switch_on("a"))) == (0 if done else 1)
    assert line.switches.on() == done
    assert "Do it? [y/N]" in line.err.getvalue()


@pytest.mark.parametrize(("answer", "done"), [("y\n", 0), (f"{BULK - 1}\n", 0), (f"{BULK}\n", BULK)])
def test_many_are_confirmed_by_their_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, done: int
) -> None:
    line = Line(tmp_path)
    line.answered(monkeypatch, answer)
    line.carry_out(plan_of(switch_on(*map(str, range(BULK)))))
    assert len(line.switches.on()) == done


def test_read_only_says_so_before_it_asks(tmp_path: Path) -> None:
    line = Line(tmp_path, "--read-only")
    with pytest.raises(PermissionDenied, match="read-only"):
        line.carry_out(plan_of(switch_on("a")))


def test_strangers_cannot_drive_the_terminal(tmp_path: Path) -> None:
    line = Line(tmp_path, "--yes")
    step = Step("switch", {}, HOSTILE, (("postsuper", "-h", HOSTILE),), diff=f"-{HOSTILE}", risk=HOSTILE, undo=HOSTILE)
    line.carry_out(Plan(HOSTILE, (step,)))
    assert "\x1b" not in line.out.getvalue() + line.err.getvalue()
    assert "␛]0;pwned␇" in line.err.getvalue()


class Interrupting(Switches):
    """The operator stops it while the first is switched."""

    number = signal.SIGINT

    def apply(self, step: Step, note: Note) -> Outcome:
        os.kill(os.getpid(), self.number)
        return super().apply(step, note)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
def test_it_stops_between_two_targets_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    monkeypatch.setattr(Interrupting, "number", number)
    before = signal.getsignal(number)
    line = Line(tmp_path, "--yes")
    line.context.services.changes = Changes(tmp_path / "state", {"switch": Interrupting(tmp_path / "switches")})
    assert line.carry_out(plan_of(switch_on("a", "b"))) == 1
    assert (line.switches.on(), line.context.changes.interrupted()) == (set(), ())
    assert "stopped by the operator" in line.out.getvalue()
    assert signal.getsignal(number) is before


# the commands


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "virtual"
    path.write_text("old\n")
    return path


def changed(tmp_path: Path, file: Path) -> str:
    step = replace_step(file, b"new\n", "for the test")
    return Changes(tmp_path / "state", {}, who="anna").apply(Plan("Set it", (step,))).change


def listed(tmp_path: Path, capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    main(["changes", "--json", "--state", str(tmp_path / "state"), *words])
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def test_changes_and_undo(tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, state = changed(tmp_path, file), str(tmp_path / "state")
    assert main(["changes", "--state", state]) == 0
    assert f"{name}" in (out := capsys.readouterr().out) and "anna" in out and "Set it" in out
    assert main(["changes", name, "--state", state]) == 0
    assert "-old" in (out := capsys.readouterr().out) and "+new" in out and f"mailtui undo {name}" in out
    assert main(["undo", name, "--yes", "--state", state]) == 0
    assert file.read_text() == "old\n"
    capsys.readouterr()
    undo, change = listed(tmp_path, capsys)
    assert (change["change"], change["state"], change["undone_by"]) == (name, "undone", undo["change"])
    assert (undo["undoes"], undo["outcome"]) == (name, "applied")


def test_undo_needs_a_yes_and_a_name(tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, state = changed(tmp_path, file), str(tmp_path / "state")
    assert main(["undo", name, "--state", state]) == 2
    assert main(["undo", "--state", state, "--", "--nothing"]) == 2
    assert main(["undo", name, "--yes", "--read-only", "--state", state]) == 3
    assert main(["undo", name, "--recover", "--yes", "--state", state]) == 2
    assert "was not interrupted" in capsys.readouterr().err
    assert file.read_text() == "new\n"


def cut_off(tmp_path: Path) -> None:
    """As a crash before the last two records leaves the journal."""
    journal = tmp_path / "state" / NAME
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:-2]))


def test_an_interrupted_change_is_told_and_ended(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, state = changed(tmp_path, file), str(tmp_path / "state")
    cut_off(tmp_path)
    assert main(["changes", "--state", state]) == 1
    assert "interrupted" in capsys.readouterr().out
    main(["info", "--state", state])
    assert f"interrupted: {name} Set it" in capsys.readouterr().err
    assert main(["undo", name, "--yes", "--state", state]) == 2
    assert "recover it first" in capsys.readouterr().err
    assert main(["undo", name, "--recover", "--yes", "--state", state]) == 0
    capsys.readouterr()
    assert listed(tmp_path, capsys)[0]["outcome"] == "applied"
    assert main(["undo", name, "--yes", "--state", state]) == 0
    assert file.read_text() == "old\n"


def test_nothing_changed_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["changes", "--state", str(tmp_path / "state")]) == 0
    assert capsys.readouterr().err == "nothing has been changed yet\n"
    assert main(["undo", "x", "--yes", "--state", str(tmp_path / "state")]) == 2


def test_a_torn_line_is_told(tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed(tmp_path, file)
    with (tmp_path / "state" / NAME).open("ab") as journal:
        journal.write(b'{"record":"beg')
    assert main(["changes", "--state", str(tmp_path / "state")]) == 0
    assert "1 lines of the journal were cut off" in capsys.readouterr().err
