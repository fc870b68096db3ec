"""Which file a user's own list is read from."""

from __future__ import annotations

from pathlib import Path

from mailtui.services.postfix.addresses.filled import names_of
from mailtui.services.postfix.addresses.forward import own_list

PATHS = "{0}/$user$recipient_delimiter$extension, {0}/$user"


def names(extension: str) -> dict[str, str]:
    return names_of("anna@a.example", "anna", extension, "+", None)


def test_the_list_of_an_extension_comes_before_the_users_own(tmp_path: Path) -> None:
    (tmp_path / "anna").write_text("ben\n")
    assert own_list(PATHS.format(tmp_path), names("+x")) == "ben\n"
    (tmp_path / "anna+x").write_text("carol\n")
    assert own_list(PATHS.format(tmp_path), names("+x")) == "carol\n"
    assert own_list(PATHS.format(tmp_path), names("")) == "ben\n"


def test_a_link_is_no_list_and_neither_is_nothing(tmp_path: Path) -> None:
    assert own_list(PATHS.format(tmp_path), names("")) is None
    (tmp_path / "elsewhere").write_text("ben\n")
    (tmp_path / "anna").symlink_to(tmp_path / "elsewhere")
    assert own_list(PATHS.format(tmp_path), names("")) is None
