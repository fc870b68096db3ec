"""The journal is ours alone, whole records only, and what cannot be written down is not done."""

from __future__ import annotations

import errno
import json
import os
import stat
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtui.changes.changes import Changes
from mailtui.changes.encoding import MAX_TOLD, Record, decoded, encoded, plan_json, read_plan
from mailtui.changes.journal import NAME, Journal
from mailtui.changes.plan import Plan, Step, Target
from mailtui.changes.telling import SHOWN_TARGETS, plan_lines, receipt_lines
from mailtui.host.errors import HostError, PermissionDenied, UsageError
from tests.unit.changes.killing import in_child
from tests.unit.changes.switches import Switches, plan_of, switch_on

RECORD = {"record": "begin", "change": "one"}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "state"


@pytest.fixture
def changes(tmp_path: Path, state: Path) -> Changes:
    return Changes(state, {"switch": Switches(tmp_path / "switches")}, who="tester")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_this_user_may_read_it(changes: Changes, state: Path) -> None:
    before = os.umask(0)
    try:
        changes.apply(plan_of(switch_on("a")))
    finally:
        os.umask(before)
    assert (mode(state), mode(state / NAME)) == (0o700, 0o600)


def test_looking_makes_nothing(changes: Changes, state: Path) -> None:
    assert (changes.changes(), changes.interrupted(), changes.torn()) == ((), (), 0)
    assert not state.exists()


@pytest.mark.parametrize(
    "torn", [b'{"record":"note","change":"x","no', b"\x00\x00\x00", b"[]\n", b"42\n", b"[" * 100_000]
)
def test_a_torn_line_costs_only_itself(changes: Changes, state: Path, torn: bytes) -> None:
    first = changes.apply(plan_of(switch_on("a")))
    with (state / NAME).open("ab") as file:
        file.write(torn)
    assert (changes.torn(), [change.id for change in changes.changes()]) == (1, [first.change])
    second = changes.apply(plan_of(switch_on("b")))
    assert (changes.torn(), [change.id for change in changes.changes()]) == (1, [second.change, first.change])


@pytest.mark.parametrize(
    "record",
    [
        {"record": "begin", "change": "x", "plan": {"title": "t", "steps": 7}},
        {"record": "begin", "change": "x"},
        {"record": "begin", "change": "x", "plan": {"title": "t", "steps": [{}], "all_or_nothing": False}},
        {"record": "outcome", "change": "x", "step": 0, "done": ["a"]},
        {"record": "outcome", "step": -1},
        {},
    ],
)
def test_records_that_make_no_sense_are_left_out(changes: Changes, state: Path, record: dict[str, Any]) -> None:
    changes.apply(plan_of(switch_on("a")))
    with (state / NAME).open("ab") as file:
        file.write(encoded(record))
    assert len(changes.changes()) == 1


def test_a_journal_others_may_read_is_refused(changes: Changes, state: Path) -> None:
    changes.apply(plan_of(switch_on("a")))
    (state / NAME).chmod(0o644)
    for call in (changes.changes, lambda: changes.apply(plan_of(switch_on("b")))):
        with pytest.raises(PermissionDenied, match="read or written by others"):
            call()


def test_a_symbolic_link_is_refused(tmp_path: Path, changes: Changes, state: Path) -> None:
    state.mkdir(parents=True)
    (tmp_path / "elsewhere").write_text("mine")
    (tmp_path / "elsewhere").chmod(0o600)
    (state / NAME).symlink_to(tmp_path / "elsewhere")
    for call in (changes.changes, lambda: changes.apply(plan_of(switch_on("b")))):
        with pytest.raises(PermissionDenied, match="symbolic link"):
            call()
    assert (tmp_path / "elsewhere").read_text() == "mine"


def test_a_pipe_is_refused_at_once(changes: Changes, state: Path) -> None:
    state.mkdir(parents=True)
    os.mkfifo(state / NAME, 0o600)
    with pytest.raises(PermissionDenied, match="not a regular file"):
        changes.changes()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_journal_of_somebody_else_is_refused(changes: Changes, state: Path) -> None:
    changes.apply(plan_of(switch_on("a")))
    os.chown(state / NAME, 65534, 65534)
    with pytest.raises(PermissionDenied, match="another user"):
        changes.changes()


def test_a_folder_others_may_write_to_is_refused(changes: Changes, state: Path) -> None:
    state.mkdir(parents=True)
    state.chmod(0o777)
    with pytest.raises(PermissionDenied, match="only this user"):
        changes.apply(plan_of(switch_on("a")))


def test_a_state_folder_that_cannot_be_made_stops_everything(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    switches = Switches(tmp_path / "switches")
    with pytest.raises(HostError):
        Changes(tmp_path / "file" / "state", {"switch": switches}).apply(plan_of(switch_on("a")))
    assert switches.on() == set()


def test_a_read_only_file_system_says_so(changes: Changes, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(PermissionDenied, match="Read-only file system"):
        changes.apply(plan_of(switch_on("a")))


class FullDisk:
    """The disk takes so many writes, and half of one more."""

    def __init__(self, room: int) -> None:
        self.room = room
        self._write = os.write

    def write(self, fd: int, data: bytes) -> int:
        self.room -= 1
        if self.room >= 0:
            return self._write(fd, data)
        if self.room == -1:
            return self._write(fd, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_nothing_is_begun_whose_end_may_find_no_room(
    tmp_path: Path, changes: Changes, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = os.statvfs_result((4096, 4096, 100, 15, 15, 10, 10, 10, 0, 255))
    monkeypatch.setattr("mailtui.changes.journal.os.fstatvfs", lambda _fd: room)
    with pytest.raises(HostError, match="no room left") as error:
        changes.apply(plan_of(switch_on("a")))
    assert error.value.unlock == "free space: without a journal nothing is changed"
    assert changes.changes() == () and Switches(tmp_path / "switches").on() == set()


@pytest.mark.parametrize("room", range(9))
def test_on_a_full_disk_nothing_is_done_that_is_not_written_down(
    tmp_path: Path, changes: Changes, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    switches = Switches(tmp_path / "switches")
    with monkeypatch.context() as full:
        full.setattr("mailtui.changes.journal.os.write", FullDisk(room).write)
        try:
            receipt = changes.apply(plan_of(switch_on("a", "b")))
        except HostError as error:
            assert "no room" in error.message
            begun = [f"mailtui undo --recover {change.id}" for change in changes.interrupted()]
            assert error.unlock.endswith(begun[0] if begun else "nothing is changed")
        else:
            assert room >= 6 and receipt.outcome == "applied"
    assert changes.torn() == 0
    assert bool(changes.changes()) == (room > 0)
    for change in changes.interrupted():
        changes.recover(change.id)
    done = {name for change in changes.changes() for name in change.done}
    assert done == switches.on()
    assert len(done) >= min(2, max(0, room - 3))


def _switch_many(root: Path, name: str) -> None:
    changes = Changes(root / "state", {"switch": Switches(root / "switches")}, who=name)
    for number in range(10):
        changes.apply(plan_of(switch_on(*(f"{name}-{number}-{n}" for n in range(5)))))


def test_two_processes_never_interleave(tmp_path: Path) -> None:
    children = [in_child(partial(_switch_many, tmp_path, name)) for name in "ab"]
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    found = Journal(tmp_path / "state").read()
    order = [record["change"] for record in found]
    runs = [name for at, name in enumerate(order) if at == 0 or order[at - 1] != name]
    assert len(runs) == len(set(runs)) == 20
    assert found.torn == 0
    assert all(change.state == "applied" for change in Changes(tmp_path / "state", {}).changes())


TEXT = st.text(st.characters(codec=None, categories=None), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(title=TEXT, arguments=st.dictionaries(TEXT, JSON, max_size=4), argv=st.lists(TEXT, max_size=4), name=TEXT)
@settings(max_examples=60)
def test_whatever_a_plan_holds_comes_back_and_drives_no_terminal(
    title: str, arguments: dict[str, Any], argv: list[str], name: str
) -> None:
    step = Step("x", arguments, title, (tuple(argv),), diff=title, targets=(Target(name, arguments, title),))
    plan = Plan(title, (step,))
    line = encoded({"plan": plan_json(plan)})
    assert line.endswith(b"\n") and all(0x20 <= byte < 0x7F for byte in line[:-1])
    record = decoded(line)
    assert record is not None and read_plan(record["plan"]) == plan


def test_what_is_only_told_is_cut_and_what_is_needed_is_not(changes: Changes) -> None:
    step = Step("switch", {"refuse": True, "text": "x" * 100_000}, "y" * 100_000, targets=(Target("a", {}),))
    changes.apply(Plan("z" * 100_000, (step,)))
    (change,) = changes.changes()
    assert len(str(change.plan.steps[0].arguments["text"])) == 100_000
    assert len(change.plan.title) < MAX_TOLD + 10
    assert len(change.plan.steps[0].why) < MAX_TOLD + 10


@pytest.mark.parametrize("value", [float("nan"), b"bytes", {"a": object()}])
def test_what_cannot_be_written_down_is_not_begun(tmp_path: Path, changes: Changes, value: Any) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        changes.apply(Plan("t", (Step("switch", {"value": value}, "w", targets=(Target("a", {}),)),)))
    assert (changes.changes(), Switches(tmp_path / "switches").on()) == ((), set())


def test_a_plan_too_large_is_not_begun(changes: Changes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.changes.encoding.MAX_RECORD", 1000)
    with pytest.raises(UsageError, match="larger than"):
        changes.apply(plan_of(switch_on(*map(str, range(1000)))))
    assert changes.changes() == ()


def test_a_child_that_still_works_keeps_the_change_running(tmp_path: Path) -> None:
    """The lock is let go of only when nobody can be working any more."""
    journal = Journal(tmp_path / "state")
    ours, theirs = os.pipe()
    with journal.writing() as writer:
        writer.write(RECORD)
        child = in_child(lambda: [os.close(theirs), os.read(ours, 1)])  # type: ignore[func-returns-value]
    assert journal.read().busy
    os.close(theirs)
    os.waitpid(child, 0)
    os.close(ours)
    assert not journal.read().busy


def test_time_and_person_stand_in_it(changes: Changes, state: Path) -> None:
    changes.apply(plan_of(switch_on("a")))
    records = [json.loads(line) for line in (state / NAME).read_text().splitlines()]
    assert [record["record"] for record in records] == ["begin", "intent", "note", "outcome", "end"]
    begin = records[0]
    assert (begin["who"], begin["pid"], begin["host"]) == ("tester", os.getpid(), os.uname().nodename)
    assert all(isinstance(record["time"], float) for record in records)


def test_of_a_long_journal_the_newest_part_is_read(
    changes: Changes, monkeypatch: pytest.MonkeyPatch, state: Path
) -> None:
    names = [changes.apply(plan_of(switch_on(str(number)))).change for number in range(6)]
    size = (state / NAME).stat().st_size
    for window in (1, size // 3, size // 2, size - 1, size, size + 1):
        monkeypatch.setattr("mailtui.changes.changes.RECENT", window)
        recent = [change.id for change in changes.recent()]
        assert recent == names[::-1][: len(recent)]
        assert all(change.state == "applied" for change in changes.recent())
        assert len(recent) == (6 if window >= size else len(recent)) < 6 + (window >= size)
    assert changes.torn() == 0


def test_the_latest_are_found_with_what_undid_them(changes: Changes) -> None:
    names = [changes.apply(plan_of(switch_on(str(number)))).change for number in range(6)]
    assert [change.id for change in changes.latest(2)] == names[:-3:-1]
    assert len(changes.latest(10)) == 6
    undo = changes.undo(names[3]).change
    assert [(one.id, one.state) for one in changes.latest(4)] == [
        (undo, "applied"),
        (names[5], "applied"),
        (names[4], "applied"),
        (names[3], "undone"),
    ]


def test_the_latest_are_read_anew_only_when_something_was_added(changes: Changes) -> None:
    changes.apply(plan_of(switch_on("a")))
    found = changes.latest(10)
    assert changes.latest(10) is found
    changes.apply(plan_of(switch_on("b")))
    assert len(changes.latest(10)) == 2
    assert len(changes.latest(1)) == 1


def test_a_change_is_told_by_its_kin_alone_as_by_the_whole_journal(changes: Changes) -> None:
    """Undone, done again and undone once more, with others between them."""
    first = changes.apply(plan_of(switch_on("a", "b"))).change
    for number in range(4):
        changes.apply(plan_of(switch_on(f"{number}"), switch_on(f"{first}-{number}")))
        first = changes.undo(first).change
    by_whole = {change.id: change for change in changes.changes()}
    assert len(by_whole) == 9
    for name, change in by_whole.items():
        assert changes.change(name) == change


def test_of_a_long_journal_an_undo_understands_only_its_kin(
    changes: Changes, monkeypatch: pytest.MonkeyPatch, state: Path
) -> None:
    names = [changes.apply(plan_of(switch_on(str(number)))).change for number in range(20)]
    understood: list[bytes] = []

    def listening(line: bytes) -> Record | None:
        understood.append(line)
        return decoded(line)

    monkeypatch.setattr("mailtui.changes.journal.decoded", listening)
    changes.undo(names[7])
    assert len(understood) == 5
    assert all(f'"{names[7]}"'.encode() in line for line in understood)


def test_a_change_for_a_time_only_is_found_among_others_that_say_its_words(changes: Changes) -> None:
    changes.apply(replace(plan_of(switch_on("a")), title='"until":1'))
    assert changes.temporary() == ()
    for_a_time = changes.apply(replace(plan_of(switch_on("b")), until=1_900_000_000.0)).change
    changes.apply(plan_of(switch_on("c")))
    assert [change.id for change in changes.temporary()] == [for_a_time]


def test_names_are_the_only_ones(changes: Changes) -> None:
    names = [changes.apply(plan_of(switch_on(str(number)))).change for number in range(20)]
    assert len(set(names)) == 20


def test_the_list_of_changes_leaves_out_what_only_undoing_them_needs(changes: Changes) -> None:
    names = [f"queued-{number}" for number in range(SHOWN_TARGETS + 30)]
    targets = tuple(Target(name, {"size": 7}, f"label of {name}") for name in names)
    applied = changes.apply(Plan("many", (Step("switch", {}, "switch", targets=targets),)))
    (listed,), whole = changes.recent(), changes.change(applied.change)
    assert listed.done == whole.done == tuple(names)
    assert list(receipt_lines(listed.receipt())) == list(receipt_lines(whole.receipt()))
    assert list(plan_lines(listed.plan)) == list(plan_lines(whole.plan))
    assert [target.identity for target in listed.plan.targets] == [{}] * len(names)
    assert whole.plan.targets == targets
    assert changes.undo(listed.id).done == tuple(names)
