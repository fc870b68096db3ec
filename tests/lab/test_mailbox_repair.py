"""Every way to damage a mailbox, in every format, repaired on a real Dovecot and compared with what was there before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.changes.backups import Backups
from mailtui.changes.changes import Changes
from mailtui.changes.plan import Receipt
from mailtui.host.errors import HostError
from mailtui.host.tools import ShTools
from mailtui.lab import Lab
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.index.checking import look
from mailtui.services.dovecot.repair import action
from mailtui.services.dovecot.repair.plans import RepairPlans
from mailtui.services.dovecot.repair.proof import asked_of_dovecot, compare
from tests.lab.golden import Golden
from tests.support.damage import FORMATS, HARMS, Harm

AGED = {False: "young", True: "aged"}
ONLY_A_BACKUP = frozenset(
    {
        "uidlist with two lines run together",
        "uidlist without its last lines",
        "uidlist without any line",
        "uidlist empty",
        "uidlist gone",
        "uidlist with a broken header",
        "uidlist a folder",
        "keywords of noise",
        "keywords gone",
        "message file gone",
    }
)
"""Harm that destroys what stands nowhere else: no plan is made, and nothing is touched."""
_UIDS, _FLAGS = "messages under their UID", "flags and keywords"
DESTROYED = {
    ("uidlist torn", "maildir"): {_UIDS},
    ("uidlist cut in half", "maildir"): {_UIDS, _FLAGS},
    ("message file empty", "sdbox"): {"messages", _UIDS, _FLAGS},
    ("all indexes deleted", "sdbox"): {"UIDVALIDITY", _FLAGS},
    ("all indexes deleted", "mdbox"): {"UIDVALIDITY", "UIDNEXT", _UIDS, _FLAGS},
}
"""What harm itself destroyed for good; everything else must be there again."""


class Goldens:
    """The golden mailboxes of one lab, made when they are first asked for."""

    def __init__(self, lab: Lab, spare: Path) -> None:
        self.lab = lab
        self._spare = spare
        self._made: dict[tuple[str, bool], Golden] = {}

    def restored(self, mailbox_format: str, *, aged: bool = False) -> Golden:
        key = mailbox_format, aged
        if key not in self._made:
            self._made[key] = Golden(self.lab, mailbox_format, self._spare, aged=aged)
        self._made[key].restore()
        return self._made[key]


class Workshop:
    """Damages, repairs and compares one mailbox."""

    def __init__(self, golden: Golden, state: Path) -> None:
        self.golden = golden
        self.mailbox = golden.mailbox
        config = DovecotConfig(ShTools(), golden.lab.dovecot_config)
        self.plans = RepairPlans(golden.doveadm, config)
        self.changes = Changes(state, {action.NAME: action.Repair(golden.doveadm, Backups(state))})

    def path(self, harm: Harm) -> Path:
        folders = {
            "index": self.mailbox.index,
            "control": self.mailbox.control,
            "storage": self.mailbox.store.root / "storage",
            "mail": self.mailbox.mail,
        }
        return folders[harm.place] / harm.file

    def damage(self, name: str) -> None:
        harm = next(one for one in HARMS if one.name == name)
        harm.do(self.path(harm))

    def repair(self) -> Receipt:
        return self.changes.apply(self.plans.plan(look(self.mailbox)))

    def lost(self) -> set[str]:
        """What Dovecot shows less of than before the damage."""
        now = asked_of_dovecot(self.golden.doveadm, self.mailbox.store.user, self.mailbox.name)
        return {row.what for row in compare(self.golden.certificate, now) if row.lost}

    def of_dovecot(self, name: str) -> dict[str, object]:
        """Content and rights of the index of a dbox; of a Maildir, where Dovecot may write, of the damaged file."""
        harm = next(one for one in HARMS if one.name == name)
        path = self.path(harm)
        whole = ("dovecot.index", "dovecot.index.log", "dovecot.index.log.2", "dovecot.index.backup")
        names = {path.name, *(whole if self.mailbox.store.format != "maildir" else ())}
        there = [path.parent / one for one in sorted(names) if (path.parent / one).exists()]
        return {one.name: (_content(one), one.lstat().st_uid, one.lstat().st_mode) for one in there}

    def tree(self) -> dict[str, bytes | str]:
        """Every file of the mail, by its path."""
        root = self.mailbox.store.root
        return {str(path.relative_to(root)): _content(path) for path in sorted(root.rglob("*"))}


def _content(path: Path) -> bytes | str:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else f"{path.lstat().st_mode:o}"


@pytest.fixture(scope="module")
def goldens(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Goldens]:
    """Golden mailboxes; a repair looks twice without a pause, since nobody else writes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(action, "AGAIN_AFTER", 0.0)
        yield Goldens(lab, tmp_path_factory.mktemp("golden"))


def cases() -> Iterator[object]:
    for harm in HARMS:
        for mailbox_format in harm.formats:
            for aged, age in AGED.items():
                yield pytest.param(harm, mailbox_format, aged, id=f"{mailbox_format}-{age}-{harm.name}")


@pytest.mark.parametrize(("harm", "mailbox_format", "aged"), cases())
def test_nothing_is_lost_but_what_the_damage_destroyed(
    goldens: Goldens, tmp_path: Path, harm: Harm, mailbox_format: str, aged: bool
) -> None:
    workshop = Workshop(goldens.restored(mailbox_format, aged=aged), tmp_path)
    harm.do(workshop.path(harm))
    damaged = workshop.tree()
    if harm.name in ONLY_A_BACKUP:
        with pytest.raises(HostError) as refused:
            workshop.repair()
        assert "backup" in str(refused.value.unlock)
        assert workshop.tree() == damaged
        return
    if look(workshop.mailbox).damages:
        receipt = workshop.repair()
        assert (receipt.outcome, receipt.failed) == ("applied", ())
        assert not look(workshop.mailbox).damages
    else:
        assert harm.kind == "" and not (aged and mailbox_format != "maildir")
    assert workshop.lost() == DESTROYED.get((harm.name, mailbox_format), set())


def test_there_are_harms_enough() -> None:
    assert all(sum(mailbox_format in harm.formats for harm in HARMS) >= 40 for mailbox_format in FORMATS)


UNDOABLE = (
    ("maildir", "index zeroed"),
    ("maildir", "index a folder"),
    ("maildir", "index of root"),
    ("maildir", "uidlist unsorted"),
    *(
        (mailbox_format, name)
        for mailbox_format in ("sdbox", "mdbox")
        for name in ("index zeroed", "index a folder", "index of root", "log with noise at its end", "log empty")
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
    plan = workshop.plans.plan(look(workshop.mailbox))

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
