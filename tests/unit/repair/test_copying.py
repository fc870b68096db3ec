"""Copies of files that a user may have made to do harm."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mailtui.host.errors import HostError
from mailtui.host.folders import opened_folder
from mailtui.services.dovecot.repair import copying
from mailtui.services.dovecot.repair.copying import NotAFile, copy_regular


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    pair = tmp_path / "mail", tmp_path / "kept"
    for one in pair:
        one.mkdir()
    return pair


def copy(folders: tuple[Path, Path], name: str = "index") -> Path:
    with opened_folder(folders[0]) as source, opened_folder(folders[1]) as target:
        copy_regular(source, target, name)
    return folders[1] / name


def test_content_mode_and_times_are_kept(folders: tuple[Path, Path]) -> None:
    file = folders[0] / "index"
    file.write_bytes(os.urandom(3 * 2**20 + 17))
    file.chmod(0o640)
    os.utime(file, ns=(1, 2))
    made = copy(folders)
    assert made.read_bytes() == file.read_bytes()
    assert (made.stat().st_mode & 0o777, made.stat().st_mtime_ns) == (0o640, 2)


def test_a_hole_stays_a_hole(folders: tuple[Path, Path]) -> None:
    file = folders[0] / "index"
    file.write_bytes(b"begin")
    os.truncate(file, 2**40)
    with file.open("r+b") as opened:
        opened.seek(2**39)
        opened.write(b"middle")
    made = copy(folders)
    assert made.stat().st_size == 2**40
    assert made.stat().st_blocks * 512 < 2**23
    with made.open("rb") as opened:
        opened.seek(2**39)
        assert opened.read(6) == b"middle"


def test_what_is_no_index_by_its_size_is_not_copied_and_leaves_nothing(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "_LARGEST", 2**20)
    (folders[0] / "index").write_bytes(bytes(3 * 2**20))
    with pytest.raises(HostError, match="too large"):
        copy(folders)
    assert not list(folders[1].iterdir())


def test_only_regular_files_are_copied(folders: tuple[Path, Path], tmp_path: Path) -> None:
    os.mkfifo(folders[0] / "fifo")
    (folders[0] / "folder").mkdir()
    (folders[0] / "link").symlink_to(tmp_path)
    for name in ("fifo", "folder", "link"):
        with pytest.raises(NotAFile):
            copy(folders, name)
