"""Work done as another user, and nothing more than that user may do."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from mailtui.host.as_user import as_user
from mailtui.host.errors import HostError, PermissionDenied

NOBODY = 65534
root = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")


@root
def test_the_work_is_done_as_that_user_and_no_group_of_ours() -> None:
    told = as_user(NOBODY, NOBODY, lambda: [os.getresuid(), os.getresgid(), os.getgroups()])
    assert told == [[NOBODY] * 3, [NOBODY] * 3, []]
    assert os.geteuid() == 0


@root
def test_what_the_user_may_not_read_is_denied(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("root's")
    secret.chmod(0o600)
    with pytest.raises(PermissionDenied):
        as_user(NOBODY, NOBODY, secret.read_text)


@root
def test_root_cannot_be_taken_back() -> None:
    with pytest.raises(PermissionDenied):
        as_user(NOBODY, NOBODY, lambda: os.setuid(0))


def test_an_error_of_the_work_is_told() -> None:
    def fail() -> None:
        raise HostError("the index is gone")

    with pytest.raises(HostError, match="the index is gone"):
        as_user(os.geteuid(), os.getegid(), fail)


def test_a_work_without_end_is_ended() -> None:
    before = time.monotonic()
    with pytest.raises(HostError, match="too long"):
        as_user(os.geteuid(), os.getegid(), lambda: time.sleep(600), timeout=0.2)
    assert time.monotonic() - before < 60


def test_a_work_that_is_killed_is_told() -> None:
    with pytest.raises(HostError, match="killed"):
        as_user(os.geteuid(), os.getegid(), lambda: os.kill(os.getpid(), 9))


def test_large_answers_arrive_whole() -> None:
    assert len(as_user(os.geteuid(), os.getegid(), lambda: "x" * 3_000_000)) == 3_000_000
