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

slow = [pytest.mark.slow, pytest.mark.timeout(600)]


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
        pytest.param("sdbox", True, "index zeroed", marks=slow),
        pytest.param("mdbox", False, "log with noise at its end", marks=slow),
        pytest.param("maildir", False, "uidlist unsorted", marks=slow),
        pytest.param("mdbox", False, "map gone", marks=slow),
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


def undo_killed(workshop: Workshop, name: str, number: int) -> bool:
    """Whether undoing a repair was killed at that call; afterwards it is ended, and all is as it was before."""
    workshop.damage(name)
    damaged = workshop.of_dovecot(name)
    receipt = workshop.repair()
    assert receipt.outcome == "applied"
    killed = killed_at(partial(workshop.changes.undo, receipt.change), number)
    for change in workshop.changes.interrupted():
        recovered = workshop.changes.recover(change.id)
        assert (recovered.outcome, recovered.skipped, recovered.failed) == ("applied", (), ()), number
    if workshop.changes.change(receipt.change).state != "undone":  # killed before it began
        assert workshop.changes.undo(receipt.change).outcome == "applied", number
    assert workshop.of_dovecot(name) == damaged, number
    return killed


@pytest.mark.parametrize(
    ("mailbox_format", "name"),
    [
        pytest.param("sdbox", "index zeroed", marks=slow),
        pytest.param("sdbox", "index a folder", marks=slow),
        pytest.param("mdbox", "log with noise at its end", marks=slow),
        pytest.param("maildir", "uidlist unsorted", marks=slow),
        pytest.param("maildir", "index zeroed", marks=slow),
    ],
)
def test_an_undo_that_was_killed_is_finished(goldens: Goldens, tmp_path: Path, mailbox_format: str, name: str) -> None:
    for number in count():
        workshop = Workshop(goldens.restored(mailbox_format, aged=name == "index zeroed"), tmp_path / str(number))
        if not undo_killed(workshop, name, number):
            assert number > 5
            break
