"""What keeps a daemon from a socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.services.sockets.reach import Reach, Who, reach

STRANGER = Who("stranger", 54321, 54321)


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Path]:
    """A socket that somebody listens on, in folders everybody may enter."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o111)
    path = tmp_path / "meeting"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.fspath(path))
        server.listen()
        path.chmod(0o666)
        yield path


def _trouble(path: Path, user: Who = STRANGER) -> str:
    found: Reach = reach(path, user)
    return found.trouble


def test_a_socket_for_everybody_is_reached(listening: Path) -> None:
    assert _trouble(listening) == ""


def test_a_socket_of_others_is_not(listening: Path) -> None:
    listening.chmod(0o660)
    assert _trouble(listening) == "denied"


def test_only_the_class_that_counts_is_looked_at(listening: Path) -> None:
    listening.chmod(0o066)
    owner = Who("owner", os.geteuid() or 1, 54321)
    if os.geteuid() == 0:
        os.chown(listening, 1, 0)
    assert _trouble(listening, owner) == "denied"


def test_a_folder_that_may_not_be_entered_is_named(listening: Path) -> None:
    listening.parent.chmod(0o700)
    found = reach(listening, STRANGER)
    assert found.trouble == "denied"
    assert f"may not enter {listening.parent}" in found.evidence


def test_what_is_not_there_and_what_is_none_are_two_things(listening: Path) -> None:
    assert _trouble(listening.parent / "other") == "missing"
    assert _trouble(listening.parent / "gone" / "other") == "missing"
    plain = listening.parent / "plain"
    plain.touch()
    assert _trouble(plain) == "other"


def test_a_socket_that_was_left_over_is_dead(tmp_path: Path, listening: Path) -> None:
    left = tmp_path / "left-over-socket"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.fspath(left))
    left.chmod(0o666)
    assert _trouble(left) == "dead"
