"""A postsuper that outlives its mailtui is waited for."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from mailtui.host.errors import HostError
from mailtui.host.tools import LocalTools
from mailtui.services.postfix.queue import atwork
from mailtui.services.postfix.queue.atwork import at_work, wait_for_others


@pytest.fixture
def queue(tmp_path: Path) -> Path:
    (tmp_path / "hold").mkdir()
    return tmp_path


def test_a_program_that_inherited_the_lock_is_waited_for(queue: Path) -> None:
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:  # a mailtui that is killed while its program works
        with (
            at_work(queue) as lock,
            LocalTools().feed(["sh", "-c", 'sleep 0.3; touch "$1"', "sh", str(queue / "done")], keeps=[lock]),
        ):
            os.write(theirs, b"x")
            os._exit(0)
    os.read(ours, 1)
    os.waitpid(child, 0)
    wait_for_others(queue)
    assert (queue / "done").exists()


def test_two_at_work_do_not_wait_for_each_other(queue: Path) -> None:
    with at_work(queue), at_work(queue):
        pass
    wait_for_others(queue)


def test_one_that_does_not_end_is_told(queue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atwork, "PATIENCE", 0.05)
    with at_work(queue), pytest.raises(HostError, match="still at work"):
        wait_for_others(queue)


def test_waiting_ends_with_the_work(queue: Path) -> None:
    with at_work(queue):
        waiter = threading.Thread(target=wait_for_others, args=(queue,))
        waiter.start()
        assert waiter.is_alive()
    waiter.join(10)
    assert not waiter.is_alive()
