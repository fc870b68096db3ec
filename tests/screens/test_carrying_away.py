"""Copying and saving."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.screens.clipboard import LIMIT, way_to_copy
from mailtui.screens.palette import is_traceable
from mailtui.screens.saving import refusal, suggested_path, write_new


def test_a_terminal_takes_so_much_and_no_more() -> None:
    fits = "x" * (LIMIT // 4 * 3 - 3)
    assert not way_to_copy(fits, {}).refusal
    assert "ctrl+s" in way_to_copy(fits * 2, {}).refusal


def test_tmux_is_asked_by_its_own_socket() -> None:
    assert way_to_copy("x", {"TMUX": "/tmp/tmux-0/default,1,0"}).tmux[:3] == ("tmux", "-S", "/tmp/tmux-0/default")


@given(st.text())
def test_suggested_names_are_plain(stem: str) -> None:
    name = suggested_path(stem, 0.0)
    assert name.startswith("~/mailtui-") and name.endswith("-19700101-000000.txt")
    assert "/" not in name[2:] and name.isascii()


def test_nothing_is_overwritten_and_no_link_is_followed(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    assert "exists" in refusal(str(link))
    with pytest.raises(FileExistsError):
        write_new(str(link), "text")
    assert not (tmp_path / "elsewhere").exists()
    assert "no directory" in refusal(str(tmp_path / "none" / "x"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_without_permission_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "may not write" in refusal(str(tmp_path / "x"))


def test_saved_text_ends_with_a_newline(tmp_path: Path) -> None:
    assert write_new(str(tmp_path / "a"), "one").read_text() == "one\n"
    assert write_new(str(tmp_path / "b"), "one\n").read_text() == "one\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("4dXz1k2PqRz", True), ("A1B2C3D4E5", True), ("3F2A1B", True), ("boss@shop.example", True),
        ("<2026@client>", True), ("@shop.example", True), ("log", False), ("incidents", False), ("two words", False),
    ],
)  # fmt: skip
def test_what_names_a_message(text: str, found: bool) -> None:
    assert is_traceable(text) is found
