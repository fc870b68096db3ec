"""Every way to damage a mailbox, in every format, repaired on a real Dovecot and compared with what was there before."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mailtui.host.errors import HostError
from mailtui.services.dovecot.index.checking import look
from mailtui.services.dovecot.repair import rungs, whole
from mailtui.services.dovecot.repair.telling import proof_lines
from mailtui.services.dovecot.stores.subscriptions import subscriptions
from tests.lab.workshop import Goldens, Workshop
from tests.support.damage import FORMATS, HARMS, Harm

AGED = {False: "young", True: "aged"}
ONLY_A_BACKUP = frozenset(
    {
        "uidlist cut in half",
        "uidlist without its last lines",
        "uidlist without any line",
        "uidlist empty",
        "uidlist gone",
        "uidlist with a broken header",
        "uidlist a folder",
        "keywords of noise",
        "keywords gone",
        "message file gone",
        "message file a link",
        "message file a folder",
    }
)
"""Harm that destroys what stands nowhere else: no plan is made, and nothing is touched."""
ONLY_A_BACKUP_IN = {
    ("message file cut", "sdbox"),
    ("message file with noise at its head", "mdbox"),
    ("message file zeroed", "mdbox"),
}
"""The same in one format only."""
_UIDS, _FLAGS = "messages under their UID", "flags and keywords"
_MESSAGES = {"messages", _UIDS, _FLAGS}
DESTROYED = {
    ("message file empty", "sdbox"): _MESSAGES,
    ("message file zeroed", "sdbox"): _MESSAGES,
    ("message file empty", "mdbox"): _MESSAGES,
    ("message file cut", "mdbox"): _MESSAGES,
    ("zeros among messages", "mdbox"): _MESSAGES,
    ("all indexes deleted", "sdbox"): {"UIDVALIDITY", _FLAGS},
    ("all indexes deleted", "mdbox"): {"UIDVALIDITY", "UIDNEXT", _UIDS, _FLAGS},
}
"""What harm itself destroyed for good; everything else must be there again."""


def cases() -> Iterator[object]:
    for harm in HARMS:
        for mailbox_format in harm.formats:
            matters = harm.place == "index" and mailbox_format != "maildir"
            for aged, age in AGED.items() if matters else [(False, AGED[False])]:
                marks = (pytest.mark.slow,) if aged else ()
                yield pytest.param(harm, mailbox_format, aged, id=f"{mailbox_format}-{age}-{harm.name}", marks=marks)


@pytest.mark.parametrize(("harm", "mailbox_format", "aged"), cases())
def test_nothing_is_lost_but_what_the_damage_destroyed(
    goldens: Goldens, tmp_path: Path, harm: Harm, mailbox_format: str, aged: bool
) -> None:
    workshop = Workshop(goldens.restored(mailbox_format, aged=aged), tmp_path)
    harm.do(workshop.path(harm))
    damaged = workshop.tree()
    backup_only = harm.name in ONLY_A_BACKUP or (harm.name, mailbox_format) in ONLY_A_BACKUP_IN
    left = harm.kind == "dbox.empty" or (mailbox_format == "sdbox" and harm.kind in ("dbox.header", "dbox.message"))
    if backup_only or (left and workshop.new):
        with pytest.raises(HostError) as refused:
            workshop.repair()
        assert "backup" in str(refused.value.unlock)
        assert workshop.tree() == damaged
        return
    if look(workshop.mailbox).damages:
        receipt = workshop.repair()
        assert [missed.why for missed in receipt.failed] == []
        assert receipt.outcome == "applied"
        assert not look(workshop.mailbox).damages
    else:
        assert harm.kind == "" and not (aged and mailbox_format != "maildir")
    assert workshop.lost() == DESTROYED.get((harm.name, mailbox_format), set())


def test_there_are_harms_enough() -> None:
    assert all(sum(mailbox_format in harm.formats for harm in HARMS) >= 40 for mailbox_format in FORMATS)


@pytest.mark.parametrize("name", ["zeros among messages", "map gone"])
def test_a_resync_of_mdbox_takes_nothing_that_was_readable_and_is_undone_to_the_byte(
    goldens: Goldens, tmp_path: Path, name: str
) -> None:
    workshop = Workshop(goldens.restored("mdbox"), tmp_path)
    user = workshop.mailbox.store.user
    goldens.lab.command("doveadm", "mailbox", "create", "-u", user, "Other")
    goldens.lab.command("doveadm", "copy", "-u", user, "Other", "mailbox", "INBOX", "uid", "140:150")
    workshop.damage(name)
    damaged = workshop.tree()
    receipt = workshop.repair()
    assert [missed.why for missed in receipt.failed] == []
    told = "".join(proof_lines(workshop.changes.change(receipt.change)))
    assert "LOST" not in told and ("the damage destroyed" in told) is (name != "map gone")
    assert workshop.changes.undo(receipt.change).outcome == "applied"
    after = workshop.tree()
    changed = {path for path in damaged.keys() | after.keys() if damaged.get(path) != after.get(path)}
    assert all(path.endswith((".cache", ".broken")) or ".list.index" in path for path in changed), changed


IS_BACK = whole.is_back
UNDOABLE = (
    ("maildir", "index zeroed"),
    ("maildir", "index a folder"),
    ("maildir", "index of root"),
    ("maildir", "uidlist unsorted"),
    *(
        (mailbox_format, name)
        for mailbox_format in ("sdbox", "mdbox")
        for name in ("index zeroed", "index a folder", "log with noise at its end", "log empty")
    ),
)


@pytest.mark.parametrize(("mailbox_format", "name"), UNDOABLE)
def test_an_undo_puts_the_very_files_back(goldens: Goldens, tmp_path: Path, mailbox_format: str, name: str) -> None:
    workshop = Workshop(goldens.restored(mailbox_format), tmp_path)
    workshop.damage(name)
    damaged = workshop.of_dovecot(name)
    receipt = workshop.repair()
    assert receipt.outcome == "applied"
    assert workshop.of_dovecot(name) != damaged
    undone = workshop.changes.undo(receipt.change)
    assert undone.outcome == "applied"
    assert workshop.of_dovecot(name) == damaged
    again = workshop.changes.undo(undone.change)
    assert again.outcome == "applied", "undoing an undo mends it again"
    assert workshop.lost() == set()


def killed_at_the_log(folder: int, before: int | None, name: str, inodes: Mapping[str, int]) -> bool:
    """Instead of looking at the second file that is to be put back."""
    if name == "dovecot.index.log":
        os.kill(os.getpid(), signal.SIGKILL)
    return IS_BACK(folder, before, name, inodes)


def test_an_undo_that_was_killed_halfway_can_be_done_again(
    goldens: Goldens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop = Workshop(goldens.restored("sdbox", aged=True), tmp_path)
    workshop.damage("index zeroed")
    damaged = workshop.of_dovecot("index zeroed")
    receipt = workshop.repair()
    with monkeypatch.context() as patch:
        patch.setattr(whole, "is_back", killed_at_the_log)
        assert "killed" in workshop.changes.undo(receipt.change).failed[0].why
    assert workshop.changes.undo(receipt.change).outcome == "applied"
    assert workshop.of_dovecot("index zeroed") == damaged


def test_a_dbox_that_was_written_to_since_is_not_put_back(goldens: Goldens, tmp_path: Path) -> None:
    workshop = Workshop(goldens.restored("sdbox"), tmp_path)
    workshop.damage("index zeroed")
    receipt = workshop.repair()
    goldens.lab.command("doveadm", "flags", "add", "-u", workshop.mailbox.store.user, "New", "mailbox", "INBOX", "all")
    undone = workshop.changes.undo(receipt.change)
    assert undone.outcome == "nothing"
    assert "written to it since" in undone.skipped[0].why
    assert workshop.lost() == set()


def test_what_gets_less_is_stopped_and_undone(
    goldens: Goldens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should Dovecot make less of it all the same, everything is as it was, byte for byte."""
    workshop = Workshop(goldens.restored("sdbox", aged=True), tmp_path)
    workshop.damage("index zeroed")
    damaged = workshop.of_dovecot("index zeroed")
    plan = workshop.plan()

    def deleted(*_: object) -> list[object]:
        """In place of the rung, what a guide says."""
        workshop.path(HARMS[0]).unlink()
        (workshop.mailbox.index / "dovecot.index.backup").unlink()
        return []

    monkeypatch.setattr("mailtui.services.dovecot.repair.rungs.from_backup", deleted)
    receipt = workshop.changes.apply(plan)
    assert receipt.outcome == "failed"
    assert "less than before" in receipt.failed[0].why
    assert "everything was put back" in receipt.failed[0].why
    assert workshop.of_dovecot("index zeroed") == damaged
    assert workshop.repair().outcome == "failed"
    monkeypatch.undo()
    assert workshop.repair().outcome == "applied"
    assert workshop.lost() == set()


def test_subscriptions_are_proven_too(goldens: Goldens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop = Workshop(goldens.restored("maildir"), tmp_path)
    user = workshop.mailbox.store.user
    goldens.lab.command("doveadm", "mailbox", "subscribe", "-u", user, "INBOX", "Ünï", "A")
    file = workshop.mailbox.store.root / "subscriptions"
    assert len(subscriptions(workshop.mailbox.store)) == 3
    workshop.damage("index zeroed")
    plan, aside = workshop.plan(), rungs.aside

    def careless(*arguments: Any) -> object:
        file.write_text("INBOX\n")
        return aside(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr("mailtui.services.dovecot.repair.rungs.aside", careless)
        assert "subscriptions 3 → 1" in workshop.changes.apply(plan).failed[0].why
    change = workshop.changes.change(workshop.repair().change)
    assert "subscriptions" in "".join(proof_lines(change))
