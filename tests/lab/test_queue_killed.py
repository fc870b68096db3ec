"""Killed at every call to the file system while acting on a real queue: the journal tells what really was done."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from mailtui.changes.plan import Plan
from mailtui.lab import Lab
from mailtui.lab.wait import wait_until
from tests.lab.queue_machine import Machine, names
from tests.unit.changes.killing import killed_at

RETRY = 900
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab that tries nothing again by itself during a test."""
    with Lab(retry_seconds=RETRY) as running:
        yield running


def killed_and_ended(machine: Machine, plan: Plan, number: int, *, half: bool = False) -> tuple[bool, set[str]]:
    """Whether the process that carries out ``plan`` died at call ``number``; and what the journal says was done."""
    killed = killed_at(partial(machine.changes.apply, plan), number, half=half)
    for change in machine.changes.interrupted():
        machine.changes.recover(change.id)
    return killed, {name for change in machine.changes.changes() for name in change.done}


def undo_all(machine: Machine) -> None:
    for change in machine.changes.changes():
        if change.done:
            machine.changes.undo(change.id)


@pytest.mark.parametrize("half", [False, True], ids=["before a call", "in a write"])
def test_while_mail_is_held(lab: Lab, tmp_path: Path, half: bool) -> None:
    sender = f"hold-{half}@lab.example"
    entries = Machine(lab, tmp_path).queued(sender, count=3)
    seen = set()
    for number in range(40):
        machine = Machine(lab, tmp_path / str(number))
        killed, done = killed_and_ended(machine, machine.plans.hold(entries), number, half=half)
        held = {entry.queue_id for entry in machine.entries(sender) if entry.queue_name == "hold"}
        assert held == done, number
        seen.add((killed, len(done)))
        undo_all(machine)
        assert set(machine.states(sender)) == {"deferred"}
        if not killed and not half:
            break
    assert {(True, 0), (True, 3), (False, 3)} <= seen


def test_while_mail_is_deleted(lab: Lab, tmp_path: Path) -> None:
    seen = set()
    for number in count():
        machine, sender = Machine(lab, tmp_path / str(number)), f"delete-{number}@lab.example"
        entries = machine.queued(sender, count=2)
        killed, done = killed_and_ended(machine, machine.plans.delete(entries), number)
        assert names(entries) - {entry.queue_id for entry in machine.entries(sender)} == done, number
        seen.add((killed, len(done)))
        undo_all(machine)
        assert wait_until(partial(_both_are_there, machine, sender), step=0.05), number
        if not killed:
            break
    assert {(True, 0), (True, 2), (False, 2)} <= seen


def test_while_mail_is_deleted_again_under_its_new_name(lab: Lab, tmp_path: Path) -> None:
    seen = set()
    for number in count():
        machine, sender = Machine(lab, tmp_path / str(number)), f"again-{number}@lab.example"
        machine.with_short_ids()
        entries = machine.queued(sender, count=2)
        back = machine.delete_and_put_back(entries)
        killed = killed_at(partial(machine.changes.undo, back.change), number)
        for change in machine.changes.interrupted():
            machine.changes.recover(change.id)
        again = machine.changes.changes()[0]
        done = set(again.done) if again.undoes == back.change else set()
        assert done in (set(), names(entries)) and len(machine.entries(sender)) == 2 - len(done), number
        seen.add((killed, len(done)))
        if done:
            machine.changes.undo(again.id)
        assert wait_until(partial(_both_are_there, machine, sender), step=0.05), number
        if not killed:
            break
    assert {(True, 0), (True, 2), (False, 2)} <= seen


def _both_are_there(machine: Machine, sender: str) -> bool:
    return len(machine.entries(sender)) == 2
