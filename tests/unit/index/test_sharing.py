"""Work shared out among processes: answers in order, nothing lost when one of them fails, none left behind."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from mailtui.host.errors import HostError
from mailtui.services.dovecot.index import many
from mailtui.services.dovecot.index.many import check_many
from mailtui.services.dovecot.index.remembered import Remembered
from mailtui.services.dovecot.index.sharing import PORTION, shared_out
from mailtui.services.dovecot.stores.model import Mailbox, Store
from tests.support.waiting import until
from tests.unit.index.test_remembered import later

THINGS = range(7 * PORTION + 3)
LAST = 5 * PORTION
Answer = TypeVar("Answer")


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})


def answers(work: Callable[[Sequence[int]], Answer], stop: Callable[[], bool] = lambda: False) -> list[Answer]:
    return [*shared_out(THINGS, work, stop, few=0)]


def children() -> list[str]:
    return Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split()


def test_answers_come_in_order_from_two_processes() -> None:
    found = answers(lambda some: (os.getpid(), [*some]))
    assert [one for _, some in found for one in some] == [*THINGS]
    assert len({pid for pid, _ in found} | {os.getpid()}) == 3


def test_processes_are_in_no_session_of_ours() -> None:
    own = os.getsid(0)
    assert own not in set(shared_out(range(3 * PORTION), lambda _: os.getsid(0), lambda: False, few=0))


def test_few_are_worked_on_here() -> None:
    (pid,) = shared_out(range(3), lambda _some: os.getpid(), lambda: False, few=3)
    assert pid == os.getpid()


def test_what_goes_wrong_in_a_process_is_raised_here() -> None:
    before = children()

    def work(some: Sequence[int]) -> int:
        return 1 // (LAST - some[0])

    with pytest.raises(ZeroDivisionError):
        answers(work)
    assert children() == before


def test_a_process_that_is_killed_is_told() -> None:
    before = children()

    def work(some: Sequence[int]) -> Sequence[int]:
        if some[0] == LAST:
            os.kill(os.getpid(), signal.SIGKILL)
        return some

    with pytest.raises(HostError, match="was killed"):
        answers(work)
    assert children() == before


class Deadly:
    """Ends the process that tells of it."""

    def __reduce__(self) -> str:
        os.kill(os.getpid(), signal.SIGKILL)
        return "Deadly"


def test_a_process_that_is_killed_within_an_answer_is_told() -> None:
    with pytest.raises(HostError, match="was killed"):
        answers(lambda _some: (bytes(2**20), Deadly()))


def test_none_is_left_behind_by_a_stop() -> None:
    before = children()
    asked = iter((False, True))
    found = answers(lambda _some: bytes(2**20), lambda: next(asked))
    assert len(found) == 2 and children() == before


def mailboxes(home: Path, number: int) -> list[Mailbox]:
    root = home / "Maildir"
    store = Store("anna@shop.example", os.getuid(), os.getgid(), home, "maildir", root)
    folders = [root, *(root / f".{at}" for at in range(1, number))]
    for folder in folders:
        for name in ("cur", "new", "tmp"):
            (folder / name).mkdir(parents=True)
    return [Mailbox(store, folder.name, folder, folder, folder) for folder in folders]


def test_many_are_recalled_by_processes_as_they_are_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = mailboxes(tmp_path, 2 * PORTION + 10)
    first = check_many(boxes, remembered=Remembered(tmp_path / "state", now=later()))
    monkeypatch.setattr(many, "_FEW_ASKED_AFTER", 0)
    known = Remembered(tmp_path / "state", now=later())
    assert check_many(boxes, remembered=known) == first
    assert known.recalled == len(boxes)

    changed = boxes[PORTION + 5].mail / "new"
    before = changed.stat().st_ctime_ns

    def dated_anew() -> bool:
        (changed / "1.a").touch()
        (changed / "1.a").unlink()
        return changed.stat().st_ctime_ns > before

    assert until(dated_anew)
    known = Remembered(tmp_path / "state", now=later())
    assert [one.mailbox for one in check_many(boxes, remembered=known)] == boxes
    assert known.recalled == len(boxes) - 1
