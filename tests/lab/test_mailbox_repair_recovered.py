"""A repair that was killed midway tells the truth afterwards: what was done, what was not, how to go on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mailtui.changes.plan import Receipt
from mailtui.services.dovecot.doveadm import Doveadm
from mailtui.services.dovecot.index.checking import look
from mailtui.services.dovecot.repair import mending
from mailtui.services.dovecot.repair.mending import Mending
from tests.lab.workshop import Goldens, Workshop
from tests.unit.changes.killing import in_child

pytestmark = pytest.mark.slow

FORCE_RESYNC = Doveadm.force_resync
DO = Mending.do


def killed(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def after(work: Callable[..., Any]) -> Callable[..., Any]:
    """Killed as soon as that is done."""

    def do(*words: Any) -> None:
        work(*words)
        killed()

    return do


def recovered(workshop: Workshop) -> Receipt:
    """What is told of a repair that is killed."""
    _, status = os.waitpid(in_child(partial(workshop.changes.apply, workshop.plan())), 0)
    assert os.WIFSIGNALED(status)
    (change,) = workshop.changes.interrupted()
    return workshop.changes.recover(change.id)


def test_before_the_resync_nothing_was_changed(
    goldens: Goldens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop = Workshop(goldens.restored("sdbox"), tmp_path)
    workshop.damage("log gone")
    monkeypatch.setattr(Doveadm, "force_resync", killed)
    receipt = recovered(workshop)
    assert (receipt.outcome, receipt.done) == ("nothing", ())
    (told,) = [missed.why for missed in receipt.skipped]
    assert "doveadm force-resync was begun and had changed nothing so far" in told
    assert "still damaged: dovecot.index.log is gone" in told
    assert "go on with: mailtui mailbox repair dave@lab.example INBOX" in told


def test_after_the_resync_it_is_told_as_done_and_where_the_copies_are(
    goldens: Goldens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop = Workshop(goldens.restored("sdbox"), tmp_path)
    workshop.damage("log gone")
    monkeypatch.setattr(Doveadm, "force_resync", after(FORCE_RESYNC))
    receipt = recovered(workshop)
    assert receipt.done == ("dave@lab.example INBOX",)
    (told,) = [missed.why for missed in receipt.failed]
    assert "force-resync was begun; copies from before it are in" in told and "had changed nothing" not in told
    assert "the damage is gone" in told
    copies = Path(told.split("are in ")[1].split(";")[0])
    assert (copies / "before/dovecot.index").exists()
    assert "written to it since" in workshop.changes.undo(receipt.change).skipped[0].why


@pytest.mark.parametrize(("name", "rung"), [("index of root", "owner"), ("index not writable", "mode")])
def test_rights_that_were_given_are_told_and_taken_again(
    goldens: Goldens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, rung: str
) -> None:
    workshop = Workshop(goldens.restored("maildir"), tmp_path)
    workshop.damage(name)
    damaged = workshop.of_dovecot(name)
    with monkeypatch.context() as patch:
        patch.setattr(Mending, "do", after(DO))
        receipt = recovered(workshop)
    assert receipt.done == ("alice@lab.example INBOX",), rung
    (told,) = [missed.why for missed in receipt.failed]
    assert "done for dovecot.index" in told and "the damage is gone" in told
    assert not look(workshop.mailbox).damages
    assert workshop.changes.undo(receipt.change).outcome == "applied"
    assert workshop.of_dovecot(name) == damaged


def test_rights_that_were_not_given_yet_are_told_so(
    goldens: Goldens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop = Workshop(goldens.restored("maildir"), tmp_path)
    workshop.damage("log not readable")
    monkeypatch.setattr(mending, "give_back", killed)
    receipt = recovered(workshop)
    assert receipt.outcome == "nothing"
    (told,) = [missed.why for missed in receipt.skipped]
    assert "not done for dovecot.index.log" in told and "still damaged: the mail user may not" in told
