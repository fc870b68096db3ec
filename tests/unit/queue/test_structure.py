"""The queue's files: each where Postfix looks and named as it would name it, or a finding."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mailtui.findings import Finding
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.structure import LEFT_OVER, structure
from tests.support.tools import RecordedTools

LONG = "3Pt2mN0sf8z1bc"
"""A long queue ID of 123456 microseconds, in hexadecimal 1E240."""


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., dict[str, Finding]]:
    for name in ("incoming", "active", "deferred/1", "deferred/5", "hold"):
        (tmp_path / name).mkdir(parents=True)

    def at(long_ids: str = "no", depth: str = "1") -> dict[str, Finding]:
        settings = {
            "queue_directory": str(tmp_path),
            "hash_queue_names": "deferred, defer",
            "hash_queue_depth": depth,
            "enable_long_queue_ids": long_ids,
        }
        answer = "".join(f"{name} = {value}\n" for name, value in settings.items())
        found = structure(PostfixConfig(RecordedTools({"postconf -x": answer})))
        return {finding.id.removeprefix("queue.").partition(":")[0]: finding for finding in found}

    return at


def put(folder: Path, name: str = "", mode: int = 0o700) -> Path:
    """A queue file; without a name it gets the one Postfix would give it."""
    path = folder / "new"
    path.write_bytes(b"")
    path.chmod(mode)
    return path.rename(folder / (name or f"12345{path.stat().st_ino:X}"))


def test_what_postfix_makes_is_in_order(tmp_path: Path, look: Callable[..., dict[str, Finding]]) -> None:
    put(tmp_path / "deferred/1")
    put(tmp_path / "hold")
    put(tmp_path / "incoming", "123456.789", mode=0o600)  # just being received
    assert look() == {}
    put(tmp_path / "deferred/1", LONG)
    assert look(long_ids="yes") == {}


@pytest.mark.parametrize(("name", "long_ids"), [("12345ABC", "no"), (LONG, "no"), ("12345ABC", "yes")])
def test_a_name_that_is_not_its_inode_s(
    tmp_path: Path, look: Callable[..., dict[str, Finding]], name: str, long_ids: str
) -> None:
    path = put(tmp_path / "hold", name)
    (found,) = look(long_ids=long_ids).values()
    assert (found.severity, found.title) == ("error", "1 message is not named as its file is numbered")
    assert found.evidence == (str(path),) and found.fix == ("mailtui", "queue", "mend")


def test_a_file_in_another_folder_than_postfix_looks_in(
    tmp_path: Path, look: Callable[..., dict[str, Finding]]
) -> None:
    paths = [put(tmp_path / "deferred/5"), put(tmp_path / "deferred")]
    found = look()["misplaced"]
    assert found.title.startswith("2 messages") and set(found.evidence) == set(map(str, paths))
    put(tmp_path / "deferred/1")
    assert look(depth="2")["misplaced"].title.startswith("3 messages")


def test_what_a_crash_left_is_told_after_a_week(tmp_path: Path, look: Callable[..., dict[str, Finding]]) -> None:
    path = put(tmp_path / "incoming", "123456.789", mode=0o600)
    old = time.time() - LEFT_OVER
    os.utime(path, (old + 60, old + 60))
    assert look() == {}
    os.utime(path, (old - 60, old - 60))
    assert look()["unfinished"].severity == "notice"


def test_what_is_no_queue_file_is_left_to_the_operator(tmp_path: Path, look: Callable[..., dict[str, Finding]]) -> None:
    put(tmp_path / "deferred", "notes\x1b[2J.txt")
    (tmp_path / "hold/link").symlink_to("/etc/passwd")
    found = look()["alien"]
    assert found.title.startswith("2 things") and found.fix == ()
    assert "\x1b" not in "".join(found.evidence)


def test_many_are_counted_and_few_named(tmp_path: Path, look: Callable[..., dict[str, Finding]]) -> None:
    for number in range(9):
        put(tmp_path / "hold", f"12345AAA{number}")
    assert len(look()["misnamed"].evidence) == 6 and look()["misnamed"].evidence[-1] == "and 4 more"
