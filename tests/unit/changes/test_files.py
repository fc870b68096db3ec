"""A file is replaced, made or taken away as planned; its undo never overwrites what somebody else wrote since."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mailtui.changes.backups import Backups
from mailtui.changes.changes import Changes
from mailtui.changes.files import replace_step
from mailtui.changes.plan import Plan, Receipt
from mailtui.host.errors import HostError
from mailtui.host.files import digest

OLD, NEW = b"a@b.example c\n", b"a@b.example d\n"


@pytest.fixture
def changes(tmp_path: Path) -> Changes:
    return Changes(tmp_path / "state", {})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "etc").mkdir()
    path = tmp_path / "etc" / "virtual"
    path.write_bytes(OLD)
    path.chmod(0o640)
    return path


def replace(changes: Changes, path: Path, new: bytes | None, *, mode: int = 0o644) -> Receipt:
    return changes.apply(Plan("Replace it", (replace_step(path, new, "for the test", mode=mode),)))


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_planning_writes_nothing_and_shows_the_difference(tmp_path: Path, file: Path) -> None:
    step = replace_step(file, NEW, "mail for a goes to d")
    assert step.diff.splitlines() == [f"--- {file}", f"+++ {file}", "@@ -1 +1 @@", "-a@b.example c", "+a@b.example d"]
    assert step.targets[0].identity == {"sha256": digest(OLD)}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["etc"]
    assert step.content == NEW and "content=" not in repr(step)


def test_replaced_undone_and_replaced_again(changes: Changes, file: Path) -> None:
    receipt = replace(changes, file, NEW)
    assert (receipt.outcome, receipt.done, file.read_bytes(), rights(file)) == ("applied", (str(file),), NEW, 0o640)
    undone = changes.undo(receipt.change)
    assert (file.read_bytes(), rights(file)) == (OLD, 0o640)
    changes.undo(undone.change)
    assert (file.read_bytes(), rights(file)) == (NEW, 0o640)


def test_created_and_taken_away_again(changes: Changes, file: Path) -> None:
    new = file.with_name("new")
    receipt = replace(changes, new, NEW, mode=0o600)
    assert (new.read_bytes(), rights(new)) == (NEW, 0o600)
    undone = changes.undo(receipt.change)
    assert not new.exists()
    changes.undo(undone.change)
    assert (new.read_bytes(), rights(new)) == (NEW, 0o600)


def test_removed_and_put_back_with_its_rights(changes: Changes, file: Path) -> None:
    receipt = replace(changes, file, None)
    assert not file.exists()
    changes.undo(receipt.change)
    assert (file.read_bytes(), rights(file)) == (OLD, 0o640)


@pytest.mark.parametrize("meanwhile", [b"somebody's\n", None])
def test_undo_leaves_what_somebody_else_made_of_it(changes: Changes, file: Path, meanwhile: bytes | None) -> None:
    receipt = replace(changes, file, NEW)
    file.unlink() if meanwhile is None else file.write_bytes(meanwhile)
    undone = changes.undo(receipt.change)
    assert undone.outcome == "nothing"
    assert "changed since" in undone.skipped[0].why
    assert (file.read_bytes() if file.exists() else None) == meanwhile


@pytest.mark.parametrize("meanwhile", [b"somebody's\n", None])
def test_a_file_that_changed_since_the_plan_is_left_alone(
    changes: Changes, file: Path, meanwhile: bytes | None
) -> None:
    step = replace_step(file, NEW, "for the test")
    file.unlink() if meanwhile is None else file.write_bytes(meanwhile)
    receipt = changes.apply(Plan("Replace it", (step,)))
    assert (receipt.outcome, receipt.done) == ("failed", ())
    assert "has changed since this was planned" in receipt.failed[0].why
    assert (file.read_bytes() if file.exists() else None) == meanwhile


def test_a_file_that_came_into_being_meanwhile_is_left_alone(changes: Changes, file: Path) -> None:
    new = file.with_name("new")
    step = replace_step(new, NEW, "for the test")
    new.write_bytes(OLD)
    assert changes.apply(Plan("Make it", (step,))).outcome == "failed"
    assert new.read_bytes() == OLD


def test_what_is_so_already_is_skipped(changes: Changes, file: Path) -> None:
    step = replace_step(file, NEW, "for the test")
    file.write_bytes(NEW)
    receipt = changes.apply(Plan("Replace it", (step,)))
    assert (receipt.outcome, receipt.skipped[0].why) == ("nothing", "it is so already")


def test_a_link_stays_and_its_target_is_replaced(changes: Changes, file: Path) -> None:
    link = file.with_name("link")
    link.symlink_to(file)
    replace(changes, link, NEW)
    assert link.is_symlink() and file.read_bytes() == NEW


def test_a_file_that_became_a_link_is_left_alone(changes: Changes, file: Path) -> None:
    step = replace_step(file, NEW, "for the test")
    other = file.with_name("other")
    other.write_bytes(OLD)
    file.unlink()
    file.symlink_to(other)
    assert changes.apply(Plan("Replace it", (step,))).outcome == "failed"
    assert file.is_symlink() and other.read_bytes() == OLD


def test_secrets_stand_in_neither_plan_nor_journal(tmp_path: Path, changes: Changes, file: Path) -> None:
    step = replace_step(file, b"-----BEGIN PRIVATE KEY-----", "a new key", secret=True)
    assert "PRIVATE" not in repr(step)
    changes.apply(Plan("Replace it", (step,)))
    assert b"PRIVATE" not in (tmp_path / "state" / "changes.jsonl").read_bytes()


def test_backups_are_for_this_user_alone_and_are_what_they_are_called(
    tmp_path: Path, changes: Changes, file: Path
) -> None:
    replace(changes, file, NEW)
    folder = tmp_path / "state" / "backups"
    assert {path.name for path in folder.iterdir()} == {digest(OLD), digest(NEW)}
    assert (rights(folder), {rights(path) for path in folder.iterdir()}) == (0o700, {0o600})


def test_a_damaged_backup_is_not_put_back(tmp_path: Path, changes: Changes, file: Path) -> None:
    receipt = replace(changes, file, NEW)
    (tmp_path / "state" / "backups" / digest(OLD)).write_bytes(b"damaged")
    undone = changes.undo(receipt.change)
    assert undone.outcome == "failed" and "damaged" in undone.failed[0].why
    assert file.read_bytes() == NEW
    assert Backups(tmp_path / "state").keep(OLD) == digest(OLD)
    changes.undo(receipt.change)
    assert file.read_bytes() == OLD


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 63, "G" * 64])
def test_a_backup_is_named_by_a_digest(tmp_path: Path, name: str) -> None:
    with pytest.raises(HostError, match="no backup's name"):
        Backups(tmp_path).content(name)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_stays(changes: Changes, file: Path) -> None:
    os.chown(file, 65534, 65533)
    receipt = replace(changes, file, None)
    changes.undo(receipt.change)
    assert (file.stat().st_uid, file.stat().st_gid) == (65534, 65533)


def test_a_folder_that_went_away_fails_and_says_so(changes: Changes, file: Path) -> None:
    step = replace_step(file.with_name("new"), NEW, "for the test")
    file.unlink()
    file.parent.rmdir()
    assert changes.apply(Plan("Make it", (step,))).outcome == "failed"
