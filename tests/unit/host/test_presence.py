"""Files come whole or not at all, and go only when they are what was meant."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from mailtui.host.errors import HostError
from mailtui.host.files import TEMPORARY, FileChanged, digest
from mailtui.host.presence import create, remove, sweep

DATA = b"content\n"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_comes_with_its_rights_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        create(tmp_path / "new", DATA, mode=0o644)
    finally:
        os.umask(before)
    assert (tmp_path / "new").read_bytes() == DATA
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o644
    assert names(tmp_path) == {"new"}


@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_a_name_that_is_taken_stays_as_it_is(tmp_path: Path, kind: str) -> None:
    taken, other = tmp_path / "new", tmp_path / "other"
    other.write_bytes(b"mine")
    if kind == "file":
        taken.write_bytes(b"mine")
    elif kind == "link":
        taken.symlink_to(other)
    else:
        taken.mkdir()
    with pytest.raises(FileChanged, match="there by now"):
        create(taken, DATA, mode=0o600)
    assert names(tmp_path) == {"new", "other"} and other.read_bytes() == b"mine"


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_fd: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("mailtui.host.presence.os.fsync", full)
    with pytest.raises(HostError, match="No space left"):
        create(tmp_path / "new", DATA, mode=0o600)
    assert names(tmp_path) == set()


def test_only_what_was_meant_is_removed(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_bytes(DATA)
    link.symlink_to(file)
    with pytest.raises(FileChanged):
        remove(file, expected=digest(b"something else"))
    with pytest.raises(HostError, match="symbolic link"):
        remove(link, expected=digest(DATA))
    assert names(tmp_path) == {"file", "link"}
    remove(file, expected=digest(DATA))
    assert names(tmp_path) == {"link"}


def test_a_sweep_takes_only_what_never_got_its_name(tmp_path: Path) -> None:
    left = TEMPORARY.format("0123456789abcdef")
    (tmp_path / left).write_bytes(b"half")
    (tmp_path / "virtual").write_bytes(DATA)
    (tmp_path / ".mailtui-notes").write_bytes(DATA)
    (tmp_path / TEMPORARY.format("folder")).mkdir()
    (tmp_path / TEMPORARY.format("link")).symlink_to(tmp_path / "virtual")
    sweep(tmp_path)
    assert left not in names(tmp_path)
    assert {"virtual", ".mailtui-notes", TEMPORARY.format("folder"), TEMPORARY.format("link")} == names(tmp_path)
