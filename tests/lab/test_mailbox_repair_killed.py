"""Killed at every call to the file system while a mailbox is repaired: it is damaged as before or mended, never worse."""

from __future__ import annotations

import os
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from mailtui.host.errors import PermissionDenied
from mailtui.services.dovecot.index.checking import look
from tests.lab.workshop import Goldens, Workshop
from tests.unit.changes.killing import killed_at

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def _in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done as the mail user is done by the process that is killed."""

    def inline(uid: int, gid: int, work: Any) -> Any:
        os.setegid(gid)
        os.seteuid(uid)
        try:
            return work()
        except PermissionError as error:
            raise PermissionDenied(str(error)) from error
        finally:
            os.seteuid(0)
            os.setegid(0)

    monkeypatch.setattr("mailtui.services.dovecot.repair.mending.as_user", inline)


@pytest.mark.parametrize(
    ("mailbox_format", "aged", "name"),
    [
        ("sdbox", True, "index zeroed"),
        ("mdbox", False, "log with noise at its end"),
        ("maildir", False, "uidlist unsorted"),
        ("mdbox", False, "map gone"),
    ],
)
def test_killed(goldens: Goldens, tmp_path: Path, mailbox_format: str, aged: bool, name: str) -> None:
    seen = set()
    for number in count():
        workshop = Workshop(goldens.restored(mailbox_format, aged=aged), tmp_path / str(number))
        workshop.damage(name)
        before = {one.kind for one in look(workshop.mailbox).damages}
        killed = killed_at(partial(workshop.changes.apply, workshop.plan()), number)
        after = {one.kind for one in look(workshop.mailbox).damages}
        assert after in (before, set()), number
        for change in workshop.changes.interrupted():
            workshop.changes.recover(change.id)
        assert not workshop.changes.interrupted()
        ended = workshop.changes.changes()
        seen.add((killed, bool(after), any(change.done for change in ended)))
        if after:
            assert (workshop.repair().failed, number) == ((), number)
        assert workshop.lost() == set(), number
        if not killed:
            break
    assert {(True, True, False), (True, False, True), (False, False, True)} <= seen


def undo_killed(workshop: Workshop, names: tuple[str, ...], number: int) -> bool:
    """Whether undoing a repair was killed at that call; afterwards it is ended, and all is as it was before."""
    for name in names:
        workshop.damage(name)
    damaged = workshop.of_dovecot(names[0])
    receipt = workshop.repair()
    assert receipt.outcome == "applied"
    killed = killed_at(partial(workshop.changes.undo, receipt.change), number)
    for change in workshop.changes.interrupted():
        recovered = workshop.changes.recover(change.id)
        assert (recovered.outcome, recovered.skipped, recovered.failed) == ("applied", (), ()), number
    if workshop.changes.change(receipt.change).state != "undone":  # killed before it began
        assert workshop.changes.undo(receipt.change).outcome == "applied", number
    assert workshop.of_dovecot(names[0]) == damaged, number
    return killed


@pytest.mark.parametrize(
    ("mailbox_format", "names"),
    [
        ("sdbox", ("index zeroed",)),
        ("sdbox", ("index a folder",)),
        ("sdbox", ("index a folder", "log with noise at its end")),
        ("mdbox", ("log with noise at its end",)),
        ("maildir", ("uidlist unsorted",)),
        ("maildir", ("index zeroed",)),
    ],
)
def test_an_undo_that_was_killed_is_finished(
    goldens: Goldens, tmp_path: Path, mailbox_format: str, names: tuple[str, ...]
) -> None:
    for number in count():
        aged = mailbox_format == "sdbox" and len(names) == 1
        workshop = Workshop(goldens.restored(mailbox_format, aged=aged), tmp_path / str(number))
        if not undo_killed(workshop, names, number):
            assert number > 5
            break


def test_a_repair_that_is_killed_while_it_is_taken_back_is_taken_back(
    goldens: Goldens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_back = 0
    for number in count():
        workshop = Workshop(goldens.restored("sdbox", aged=True), tmp_path / str(number))
        workshop.damage("index zeroed")
        damaged = workshop.of_dovecot("index zeroed")
        monkeypatch.setattr("mailtui.services.dovecot.repair.rungs.from_backup", partial(deleted, workshop))
        killed = killed_at(partial(workshop.changes.apply, workshop.plan()), number)
        interrupted = workshop.changes.interrupted()
        notes = [note for change in interrupted for note in change.steps[0].notes]
        for change in interrupted:
            workshop.changes.recover(change.id)
        if any("taken_back" in note for note in notes):
            taken_back += 1
            assert (workshop.of_dovecot("index zeroed"), number) == (damaged, number)
            assert not workshop.changes.changes()[0].done
        if not killed:
            break
    assert taken_back > 5


def deleted(workshop: Workshop, *_: object) -> list[object]:
    """In place of the rung, what a guide says."""
    for name in ("dovecot.index", "dovecot.index.backup"):
        (workshop.mailbox.index / name).unlink()
    return []
