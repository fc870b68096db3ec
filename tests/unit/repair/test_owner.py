"""Files go back to the mail user, and nothing else goes with them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mailtui.host.errors import HostError
from mailtui.services.dovecot.repair.owner import carry, give_back, take_again
from mailtui.services.dovecot.stores.model import Store

NOBODY = 65534
INDEX = b"\x07\x03"
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A user's Maildir, with an index that belongs to root."""
    home = tmp_path / "home"
    root = home / "Maildir"
    root.mkdir(parents=True)
    os.chown(root, NOBODY, NOBODY)
    (root / "dovecot.index").write_bytes(INDEX)
    (root / "dovecot.index").chmod(0o400)
    return Store("anna", NOBODY, NOBODY, home, "maildir", root)


def rights(path: Path) -> tuple[int, int, int]:
    facts = path.stat()
    return facts.st_uid, facts.st_gid, facts.st_mode & 0o777


def test_an_index_of_root_is_given_back_and_taken_again(store: Store) -> None:
    before = give_back(store, store.root, ["dovecot.index"])
    assert rights(store.root / "dovecot.index") == (NOBODY, NOBODY, 0o600)
    assert before == {"dovecot.index": (0, 0, 0o400)}
    take_again(store, store.root, before)
    assert rights(store.root / "dovecot.index") == (0, 0, 0o400)


def test_the_backup_that_dovecot_linked_does_not_hinder(store: Store) -> None:
    (store.root / "dovecot.index.backup").hardlink_to(store.root / "dovecot.index")
    give_back(store, store.root, ["dovecot.index"])
    assert rights(store.root / "dovecot.index")[0] == NOBODY


def test_a_link_to_a_file_elsewhere_is_left_alone(store: Store, tmp_path: Path) -> None:
    shadow = tmp_path / "shadow"
    shadow.write_bytes(INDEX)
    shadow.chmod(0o600)
    (store.root / "dovecot.index").unlink()
    (store.root / "dovecot.index").hardlink_to(shadow)
    (store.root / "dovecot.index.log").symlink_to(shadow)
    with pytest.raises(HostError, match="elsewhere"):
        give_back(store, store.root, ["dovecot.index"])
    with pytest.raises(OSError, match="symbolic"):
        give_back(store, store.root, ["dovecot.index.log"])
    assert rights(shadow) == (0, 0, 0o600)


def test_a_file_of_root_that_was_renamed_to_an_index_stays_roots(store: Store) -> None:
    secret = store.home / "secret" if store.home else store.root
    secret.write_text("root's password")
    secret.replace(store.root / "dovecot.index")
    with pytest.raises(HostError, match="not what its name says"):
        give_back(store, store.root, ["dovecot.index"])
    assert rights(store.root / "dovecot.index")[0] == 0


def test_a_mailbox_that_leads_elsewhere_is_not_entered(store: Store, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "dovecot.index").write_bytes(INDEX)
    (store.root / ".Box").symlink_to(other)
    with pytest.raises(OSError, match=r"Not a directory|symbolic"):
        give_back(store, store.root / ".Box", ["dovecot.index"])
    (store.root / ".Theirs").mkdir()
    with pytest.raises(HostError, match="does not belong"):
        give_back(store, store.root / ".Theirs", ["dovecot.index"])
    assert rights(other / "dovecot.index")[0] == 0


def test_a_folder_of_root_is_carried_to_the_quarantine(store: Store) -> None:
    kept = store.root.parent / "kept"
    kept.mkdir()
    os.chown(kept, NOBODY, NOBODY)
    (store.root / "dovecot.index.cache").mkdir()
    carry(store, "dovecot.index.cache", store.root, kept)
    assert (kept / "dovecot.index.cache").is_dir()
    assert not (store.root / "dovecot.index.cache").exists()
    with pytest.raises(HostError, match="no folder"):
        carry(store, "dovecot.index", store.root, kept)
