"""Which file a user's own list is read from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mailtui.services.postfix.addresses.filled import names_of
from mailtui.services.postfix.addresses.forward import OwnList, own_list

PATHS = "{0}/$user$recipient_delimiter$extension, {0}/$user"


def names(extension: str) -> dict[str, str]:
    return names_of("anna@a.example", "anna", extension, "+", None)


def found(folder: Path, extension: str = "", uid: int = 0) -> OwnList | None:
    return own_list(PATHS.format(folder), names(extension), uid)


def test_the_list_of_an_extension_comes_before_the_users_own(tmp_path: Path) -> None:
    (tmp_path / "anna").write_text("ben\n")
    assert found(tmp_path, "+x") == OwnList(f"{tmp_path}/anna", "ben\n", names_extension=False)
    (tmp_path / "anna+x").write_text("carol\n")
    assert found(tmp_path, "+x") == OwnList(f"{tmp_path}/anna+x", "carol\n", names_extension=True)
    assert found(tmp_path) == OwnList(f"{tmp_path}/anna", "ben\n", names_extension=False)


def test_without_a_file_there_is_no_list(tmp_path: Path) -> None:
    assert found(tmp_path) is None


@pytest.mark.parametrize("how", ["a link", "a folder", "open to all", "another's"])
def test_the_first_file_counts_even_where_it_is_not_taken_for_a_list(tmp_path: Path, how: str) -> None:
    place = tmp_path / "anna+x"
    (tmp_path / "anna").write_text("ben\n")
    if how == "a link":
        place.symlink_to(tmp_path / "anna")
    elif how == "a folder":
        place.mkdir()
    else:
        place.write_text("carol\n")
        place.chmod(0o666 if how == "open to all" else 0o600)
    if os.geteuid() == 0:
        os.chown(place, 5000, 5000, follow_symlinks=False)  # root's own counts for everybody
    uid = place.lstat().st_uid + (how == "another's")
    assert found(tmp_path, "+x", uid) == OwnList(str(place), None, names_extension=True)
