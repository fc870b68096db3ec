"""Files go back to the mail user, and nothing else goes with them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mailtui.host.errors import HostError
from mailtui.services.dovecot.repair.owner import give_back

NOBODY = 65534
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


def test_an_index_of_root_is_given_back(tmp_path: Path) -> None:
    index = tmp_path / "dovecot.index"
    index.touch(mode=0o400)
    give_back(tmp_path, ["dovecot.index"], NOBODY, NOBODY)
    assert (index.stat().st_uid, index.stat().st_gid, index.stat().st_mode & 0o777) == (NOBODY, NOBODY, 0o600)


def test_the_backup_that_dovecot_linked_does_not_hinder(tmp_path: Path) -> None:
    index = tmp_path / "dovecot.index"
    index.touch()
    (tmp_path / "dovecot.index.backup").hardlink_to(index)
    give_back(tmp_path, ["dovecot.index"], NOBODY, NOBODY)
    assert index.stat().st_uid == NOBODY


def test_a_link_to_a_file_elsewhere_is_left_alone(tmp_path: Path) -> None:
    shadow = tmp_path / "shadow"
    shadow.touch(mode=0o600)
    folder = tmp_path / "Maildir"
    folder.mkdir()
    (folder / "dovecot.index").hardlink_to(shadow)
    (folder / "dovecot.index.log").symlink_to(shadow)
    with pytest.raises(HostError):
        give_back(folder, ["dovecot.index"], NOBODY, NOBODY)
    with pytest.raises(OSError, match="symbolic"):
        give_back(folder, ["dovecot.index.log"], NOBODY, NOBODY)
    assert shadow.stat().st_uid == 0
    assert shadow.stat().st_mode & 0o777 == 0o600
