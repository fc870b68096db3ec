"""What goes wrong while queued mail is acted on: stopped, full, killed, two at once, no right. Nothing is lost."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from mailtui.changes.plan import Plan
from mailtui.host.as_user import as_user
from mailtui.host.errors import PermissionDenied
from mailtui.host.feed import Feed
from mailtui.host.tools import ToolResult
from mailtui.lab import Lab
from mailtui.services.postfix.queue import postsuper
from tests.lab.queue_machine import TOOLS, Machine, names

NOBODY = 65534


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab of its own: it is stopped at the end."""
    with Lab(retry_seconds=900) as running:
        yield running


@pytest.fixture
def machine(lab: Lab, tmp_path: Path) -> Machine:
    return Machine(lab, tmp_path / "state")


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postsuper, "FIRST", 2)
    monkeypatch.setattr(postsuper, "BATCH", 2)


def killed(work: Callable[[], object]) -> None:
    """Do ``work`` in a child that kills itself."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


class DeadlyTools:
    """Kills this process before or after a postsuper is run or given messages for the so-many-th time."""

    def __init__(self, number: int, *, after: bool) -> None:
        self._left = number
        self._after = after

    def __getattr__(self, name: str) -> Any:
        return getattr(TOOLS, name)

    def run(self, argv: Sequence[str], **options: Any) -> ToolResult:
        with self._deadly() if argv[0] == "postsuper" else nullcontext():
            return TOOLS.run(argv, **options)

    @contextmanager
    def feed(self, argv: Sequence[str], **options: Any) -> Iterator[Feed]:
        with TOOLS.feed(argv, **options) as feed:
            give = feed.give

            def deadly(lines: Sequence[bytes]) -> bool:
                with self._deadly():
                    return give(lines)

            feed.give = deadly  # type: ignore[method-assign]
            yield feed

    @contextmanager
    def _deadly(self) -> Iterator[None]:
        now = self._left == 0
        self._left -= 1
        if now and not self._after:
            os.kill(os.getpid(), signal.SIGKILL)
        yield
        if now:
            os.kill(os.getpid(), signal.SIGKILL)


def dying(machine: Machine, plan: Plan, number: int, *, after: bool) -> None:
    """Carry a plan out in a process that dies at a postsuper."""
    other = Machine(machine.lab, machine.state, DeadlyTools(number, after=after))
    killed(lambda: other.changes.apply(plan))


@pytest.mark.parametrize(("number", "after", "done"), [(0, False, 0), (0, True, 2), (1, False, 2), (1, True, 4)])
@pytest.mark.usefixtures("small_batches")
def test_killed_in_the_middle_of_holding(machine: Machine, number: int, after: bool, done: int) -> None:
    sender = f"killed-{number}-{after}@lab.example"
    entries = machine.queued(sender, count=5)
    dying(machine, machine.plans.hold(entries), number, after=after)
    (change,) = machine.changes.interrupted()
    receipt = machine.changes.recover(change.id)
    assert len(receipt.done) == machine.states(sender).count("hold") == done
    if done:
        machine.changes.undo(change.id)
    assert machine.states(sender) == ["deferred"] * 5


# The postsupers of deleting five in twos: three times -h, then three times -d.
@pytest.mark.parametrize(
    ("number", "after", "deleted"), [(1, False, 0), (2, True, 0), (3, False, 0), (3, True, 2), (4, True, 4)]
)
@pytest.mark.usefixtures("small_batches")
def test_killed_in_the_middle_of_deleting(machine: Machine, number: int, after: bool, deleted: int) -> None:
    sender = f"cut-{number}-{after}@lab.example"
    entries = machine.queued(sender, count=5)
    dying(machine, machine.plans.delete(entries), number, after=after)
    (change,) = machine.changes.interrupted()
    receipt = machine.changes.recover(change.id)
    assert len(receipt.done) == deleted
    assert machine.states(sender) == ["deferred"] * (5 - deleted)
    if deleted:
        machine.changes.undo(change.id)
    assert machine.states(sender) == ["deferred"] * 5
    assert {entry.arrival_time for entry in machine.entries(sender)} == {entry.arrival_time for entry in entries}


@pytest.mark.parametrize("after", [False, True])
def test_killed_while_deleted_mail_is_put_back(machine: Machine, after: bool) -> None:
    sender = f"back-{after}@lab.example"
    entries = machine.queued(sender, count=3)
    deleted = machine.changes.apply(machine.plans.delete(entries))
    other = Machine(machine.lab, machine.state, DeadlyTools(0, after=after))
    killed(lambda: other.changes.undo(deleted.change))
    (change,) = machine.changes.interrupted()
    assert machine.changes.recover(change.id).outcome == "applied"
    assert machine.states(sender) == ["deferred"] * 3


def test_a_full_disk_deletes_nothing(machine: Machine) -> None:
    entries = machine.queued("full@lab.example", count=3, size=50_000)
    machine.lab.command("postsuper", "-h", entries[0].queue_id)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    plan = machine.plans.delete(entries)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, before[1]))
        receipt = machine.changes.apply(plan)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert receipt.outcome == "failed"
    assert {one.target for one in receipt.failed} == names(entries)
    assert "too large" in receipt.failed[0].why
    assert sorted(machine.states("full@lab.example")) == ["deferred", "deferred", "hold"]
    assert list((machine.state / "copies").iterdir()) == []


def test_two_consoles_act_at_once(machine: Machine, tmp_path: Path) -> None:
    entries = machine.queued("both@lab.example", count=4)
    here, there = machine.plans.hold(entries), machine.plans.delete(entries[:2])
    other = Machine(machine.lab, tmp_path / "other")
    assert other.changes.apply(there).outcome == "applied"
    receipt = machine.changes.apply(here)
    assert set(receipt.done) == names(entries[2:])
    assert {(one.target, one.why) for one in receipt.skipped} == {(name, "gone") for name in names(entries[:2])}
    release = other.changes.apply(other.plans.release(entries[2:]))
    assert set(release.done) == names(entries[2:])
    undone = machine.changes.undo(receipt.change)
    assert set(undone.done) == names(entries[2:])
    assert machine.states("both@lab.example") == ["deferred"] * 2


def test_a_copy_that_is_damaged_or_gone_is_not_put_back(machine: Machine) -> None:
    entries = machine.queued("lost@lab.example", count=2)
    for entry, spoil, why in ((entries[0], damage, "is damaged"), (entries[1], Path.unlink, "is gone")):
        receipt = machine.changes.apply(machine.plans.delete([entry]))
        (pack,) = (path for path in (machine.state / "copies").iterdir() if path.stat().st_size)
        spoil(pack)
        undone = machine.changes.undo(receipt.change)
        assert undone.outcome == "nothing" and why in undone.skipped[0].why
        pack.unlink(missing_ok=True)
    assert machine.entries("lost@lab.example") == []


def damage(pack: Path) -> None:
    data = pack.read_bytes()
    pack.write_bytes(data[:-10] + b"0123456789")


def test_a_user_without_the_right_is_told_the_rule(machine: Machine) -> None:
    entries = machine.queued("right@lab.example")
    plans = [machine.plans.hold(entries), machine.plans.delete(entries)]

    def refused() -> list[str]:
        found = []
        for plan in plans:
            try:
                machine.actions[plan.steps[0].action].apply(plan.steps[0], lambda _: None)
            except PermissionDenied as error:
                found.append(error.unlock)
        return found

    told = as_user(NOBODY, NOBODY, refused)
    assert len(told) == 2 and all("ALL=(root)" in rule for rule in told)
    assert machine.states("right@lab.example") == ["deferred"]


def test_postfix_stopped(machine: Machine) -> None:
    """The last one: Postfix stays stopped. The lab's log is Postfix's own daemon's, so that postsuper ends early."""
    entries = machine.queued("stopped@lab.example", count=2)
    machine.lab.command("postfix", "stop")
    for plan in (machine.plans.deliver(entries), machine.plans.flush()):
        receipt = machine.changes.apply(plan)
        assert receipt.outcome == "failed" and "Postfix is stopped" in receipt.failed[0].why
    receipt = machine.changes.apply(machine.plans.hold(entries))
    assert len(receipt.done) == machine.states("stopped@lab.example").count("hold")
    assert {*receipt.done, *(one.target for one in receipt.failed)} == names(entries)
