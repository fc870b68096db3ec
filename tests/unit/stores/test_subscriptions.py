"""Subscriptions as Dovecot writes them, in both forms."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtui.services.dovecot.stores.model import Store
from mailtui.services.dovecot.stores.subscriptions import parse, subscriptions


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (b"", set()),
        (b"Sent\nA.B\n", {"Sent", "A.B"}),
        (b"V\t2\n\nSent\nA\tB\n", {"Sent", "A/B"}),
        (b"V\t2\n\nwith\x01ttab\n", {"with\ttab"}),
        (b"\xff\n", {"\udcff"}),
        (b"Sent", {"Sent"}),
    ],
)
def test_names_in_every_form_of_the_file(data: bytes, names: set[str]) -> None:
    assert parse(data) == names


def store(root: Path, name: str = "maildir", control: Path | None = None) -> Store:
    return Store("u@x", 1000, 1000, root.parent, name, root, control_root=control)


def test_they_lie_with_the_control_files(tmp_path: Path) -> None:
    root, control = tmp_path / "Maildir", tmp_path / "control"
    root.mkdir()
    control.mkdir()
    (root / "subscriptions").write_text("old\n")
    (control / "subscriptions").write_text("Sent\n")
    assert subscriptions(store(root)) == {"old"}
    assert subscriptions(store(root, control=control)) == {"Sent"}


def test_those_of_mbox_are_hidden(tmp_path: Path) -> None:
    (tmp_path / ".subscriptions").write_text("Sent\n")
    assert subscriptions(store(tmp_path, "mbox")) == {"Sent"}


def test_a_user_without_any_and_one_who_sets_traps_have_none(tmp_path: Path) -> None:
    assert subscriptions(store(tmp_path / "gone")) == frozenset()
    (tmp_path / "subscriptions").symlink_to("/etc/passwd")
    assert subscriptions(store(tmp_path)) == frozenset()
