"""Killed with SIGKILL at every call to the file system: the journal tells the truth, and files are whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from mailtui.changes.changes import Changes
from mailtui.changes.files import replace_step
from mailtui.changes.plan import Plan
from tests.unit.changes.killing import killed_at, killed_at_every_call
from tests.unit.changes.switches import Switches, plan_of, switch_on

OLD, NEW = b"old content\n", b"new content, which is longer\n"


class Ground:
    """A folder with a file to change, made afresh for every death."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.file = root / "etc" / "virtual"

    def fresh(self, old: bytes | None) -> Changes:
        shutil.rmtree(self.root, ignore_errors=True)
        self.file.parent.mkdir(parents=True)
        if old is not None:
            self.file.write_bytes(old)
        return self.changes()

    def changes(self) -> Changes:
        """As another process finds them."""
        return Changes(self.root / "state", {"switch": Switches(self.root / "switches")}, who="tester")

    def content(self) -> bytes | None:
        return self.file.read_bytes() if self.file.exists() else None

    def left_over(self) -> list[str]:
        return [path.name for path in self.file.parent.iterdir() if path != self.file]


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path / "ground")


CASES = [(OLD, NEW), (None, NEW), (OLD, None)]


@pytest.mark.parametrize(("old", "new"), CASES, ids=["replaced", "created", "removed"])
def test_a_file_is_old_or_new_and_the_journal_knows_which(ground: Ground, old: bytes | None, new: bytes | None) -> None:
    def prepare() -> Callable[[], object]:
        changes = ground.fresh(old)
        plan = Plan("Replace it", (replace_step(ground.file, new, "for the test"),))
        return lambda: changes.apply(plan)

    seen = set()
    for death in killed_at_every_call(prepare):
        changes = ground.changes()
        assert ground.content() in (old, new), death
        found = changes.changes()
        if not found:
            assert ground.content() == old, death
            seen.add("never begun")
            continue
        (change,) = found
        seen.add(change.state)
        if change.state == "interrupted":
            receipt = changes.recover(change.id)
        else:
            receipt = change.receipt()
            assert receipt.outcome == "applied", death
        assert bool(receipt.done) == (ground.content() == new), death
        assert ground.left_over() == [], death
        assert changes.interrupted() == ()
        if receipt.done:
            changes.undo(change.id)
        assert ground.content() == old, death
    assert seen == {"never begun", "interrupted", "applied"}


def test_killed_while_undoing(ground: Ground) -> None:
    name = ""

    def prepare() -> Callable[[], object]:
        nonlocal name
        changes = ground.fresh(OLD)
        name = changes.apply(Plan("Replace it", (replace_step(ground.file, NEW, "for the test"),))).change
        return lambda: changes.undo(name)

    for death in killed_at_every_call(prepare):
        changes = ground.changes()
        assert ground.content() in (OLD, NEW), death
        for change in changes.interrupted():
            assert change.is_undo, death
            changes.recover(change.id)
        if changes.change(name).state != "undone":
            changes.undo(name)
        assert (ground.content(), ground.left_over()) == (OLD, []), death


def test_an_undo_that_was_killed_is_finished_whole(ground: Ground) -> None:
    name = ""

    def prepare() -> Callable[[], object]:
        nonlocal name
        changes = ground.fresh(OLD)
        file = replace_step(ground.file, NEW, "for the test")
        name = changes.apply(plan_of(file, switch_on("a", "b"), switch_on("c"), whole=True)).change
        return lambda: changes.undo(name)

    seen = set()
    for death in killed_at_every_call(prepare):
        changes = ground.changes()
        for change in changes.interrupted():
            assert changes.recover(change.id).outcome == "applied", death
        state = changes.change(name).state
        seen.add(state)
        whole = (ground.content(), Switches(ground.root / "switches").on())
        assert whole == ((OLD, set()) if state == "undone" else (NEW, {"a", "b", "c"})), death
    assert seen == {"applied", "undone"}


def test_killed_while_putting_back(ground: Ground) -> None:
    def prepare() -> Callable[[], object]:
        changes = ground.fresh(OLD)
        file = replace_step(ground.file, NEW, "for the test")
        return lambda: changes.apply(plan_of(file, switch_on("a", "b"), switch_on("broken"), whole=True))

    for death in killed_at_every_call(prepare):
        changes = ground.changes()
        for change in changes.interrupted():
            receipt = changes.recover(change.id)
            assert (receipt.outcome, receipt.done) == ("failed", ()), death
        switches = Switches(ground.root / "switches")
        assert (ground.content(), ground.left_over(), switches.on()) == (OLD, [], set()), death


def test_killed_while_recovering(ground: Ground) -> None:
    def half_done(number: int) -> Changes:
        changes = ground.fresh(OLD)
        plan = plan_of(replace_step(ground.file, NEW, "for the test"), switch_on("a", "b"), whole=True)
        assert killed_at(partial(changes.apply, plan), number)
        return changes

    def is_half_done(number: int) -> bool:
        half_done(number)
        return Switches(ground.root / "switches").on() == {"a"}

    fatal = next(filter(is_half_done, count()))

    def prepare() -> Callable[[], object]:
        changes = half_done(fatal)
        (change,) = changes.interrupted()
        return lambda: changes.recover(change.id)

    for death in killed_at_every_call(prepare):
        changes = ground.changes()
        for change in changes.interrupted():
            changes.recover(change.id)
        (change,) = changes.changes()
        whole = (ground.content(), Switches(ground.root / "switches").on())
        assert whole in ((OLD, set()), (NEW, {"a", "b"})), death
        assert (change.state == "applied") == (whole[0] == NEW), death


def test_what_was_half_done_is_told_and_undone(ground: Ground) -> None:
    def prepare() -> Callable[[], object]:
        changes = ground.fresh(OLD)
        return lambda: changes.apply(plan_of(switch_on("a", "b", "c")))

    seen = set()
    for death in killed_at_every_call(prepare):
        changes, on = ground.changes(), Switches(ground.root / "switches").on()
        for change in changes.interrupted():
            changes.recover(change.id)
        if not changes.changes():
            assert not on, death
            continue
        (change,) = changes.changes()
        assert set(change.done) == on, death
        assert {*change.done, *(missed.target for missed in (*change.failed, *change.skipped))} == {"a", "b", "c"}, (
            death
        )
        seen.add(change.state)
        if on:
            changes.undo(change.id)
        assert Switches(ground.root / "switches").on() == set()
    assert seen == {"failed", "partly", "applied"}
