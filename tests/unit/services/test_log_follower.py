"""Following real files while they are written, rotated, emptied and taken away."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailtui.services.logs.filetail import FileTail, Position
from mailtui.services.logs.follower import Batch, Follower
from mailtui.services.logs.source import file_source
from tests.support.tools import RecordedTools
from tests.support.waiting import until


class Reader:
    """Collects what a follower gives, in a thread, as the console does."""

    def __init__(self, *paths: Path, start: Position | None = None) -> None:
        self.sources = [file_source(path) for path in paths]
        starts = {source.name: start for source in self.sources if start}
        self.follower = Follower(self.sources, tools=RecordedTools(), starts=starts)
        self.batches: list[Batch] = []
        self.changed = threading.Condition()
        self.thread = threading.Thread(target=self.read)

    def read(self) -> None:
        for batch in self.follower:
            with self.changed:
                self.batches.append(batch)
                self.changed.notify()

    def lines(self) -> list[bytes]:
        return [line for batch in self.batches for line in batch.lines]

    def wait(self, count: int) -> list[bytes]:
        """The lines, as soon as there are so many."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.lines()) >= count, 10), self.lines()
            return self.lines()

    def wait_state(self, state: str) -> None:
        assert until(lambda: self.follower.condition(self.sources[0]).state == state)


@contextmanager
def following(*paths: Path, start: Position | None = None) -> Iterator[Reader]:
    reader = Reader(*paths, start=start)
    reader.thread.start()
    try:
        yield reader
    finally:
        reader.follower.stop()
        reader.thread.join(10)
        assert not reader.thread.is_alive()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "mail.log"
    path.write_bytes(b"old\n")
    return path


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_new_lines_come_and_old_ones_do_not(log: Path) -> None:
    with following(log) as reader:
        append(log, b"one\ntwo\n")
        assert reader.wait(2) == [b"one", b"two"]
        assert reader.batches[0].offset == 4
        assert reader.batches[0].source.name == str(log)


def test_a_half_line_is_held_until_its_newline_comes(log: Path) -> None:
    with following(log) as reader:
        append(log, b"begun, ")
        append(log, b"not ended")
        append(log, b"\nnext\n")
        assert reader.wait(2) == [b"begun, not ended", b"next"]


def test_a_half_line_that_was_there_at_the_start_comes_whole(log: Path) -> None:
    append(log, b"begun, ")
    with following(log) as reader:
        append(log, b"ended\n")
        assert reader.wait(1) == [b"begun, ended"]
        assert reader.batches[0].offset == 4


def test_rename_and_create_loses_no_line(log: Path) -> None:
    with following(log) as reader:
        writer = log.open("ab", buffering=0)
        writer.write(b"before\n")
        log.rename(log.with_name("mail.log.1"))
        writer.write(b"after the rename\n")
        log.touch()
        writer.write(b"the writer has not noticed\nhalf")
        writer.close()
        append(log, b"new file\n")
        assert reader.wait(5) == [b"before", b"after the rename", b"the writer has not noticed", b"half", b"new file"]
        assert reader.batches[-1].offset == 0
        append(log, b"and on\n")
        assert reader.wait(6)[-1] == b"and on"


def test_lines_to_the_old_file_come_while_the_new_one_is_empty(log: Path) -> None:
    with following(log) as reader, log.open("ab", buffering=0) as writer:
        log.rename(log.with_name("mail.log.1"))
        log.touch()
        writer.write(b"late\n")
        assert reader.wait(1) == [b"late"]
        append(log, b"new\n")
        assert reader.wait(2) == [b"late", b"new"]


@pytest.mark.parametrize("refill", [b"x\n", b"longer than what was there before\n"])
def test_copytruncate_starts_again_at_the_beginning(log: Path, refill: bytes) -> None:
    with following(log) as reader:
        append(log, b"before\n")
        reader.wait(1)
        with log.open("r+b") as file:
            file.truncate(0)
            file.write(refill)
        assert reader.wait(2) == [b"before", refill.rstrip()]
        assert reader.batches[-1].offset == 0


def test_delete_and_create_again(log: Path) -> None:
    with following(log) as reader:
        log.unlink()
        append(log, b"again\n")
        assert reader.wait(1) == [b"again"]


def test_a_file_that_appears_later_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "later" / "mail.log"
    with following(path) as reader:
        assert reader.follower.condition(reader.sources[0]).state == "missing"
        path.parent.mkdir()
        append(path, b"first\n")
        assert reader.wait(1) == [b"first"]
        reader.wait_state("following")


def test_fifty_thousand_lines_at_once_come_complete_and_in_order(log: Path) -> None:
    lines = [b"line %d of a burst that is longer than the reader is fast" % n for n in range(50_000)]
    with following(log) as reader:
        append(log, b"\n".join(lines) + b"\n")
        assert reader.wait(50_000) == lines
        offset = 4
        for batch in reader.batches:
            assert batch.offset == offset
            offset += sum(len(line) + 1 for line in batch.lines)


def test_reading_waits_for_a_slow_reader_and_stop_is_heard_all_the_same(log: Path) -> None:
    follower = Follower([file_source(log)], tools=RecordedTools())
    batches = iter(follower)
    append(log, b"x" * 99 + b"\n")
    assert next(batches).lines == [b"x" * 99]
    append(log, (b"x" * 99 + b"\n") * 300_000)
    assert until(follower._batches.full)
    follower.stop()
    assert list(batches) == []


def test_several_files_are_followed_at_once(tmp_path: Path) -> None:
    first, second = tmp_path / "mail.log", tmp_path / "dovecot.log"
    first.touch()
    second.touch()
    with following(first, second) as reader:
        append(first, b"postfix\n")
        append(second, b"dovecot\n")
        reader.wait(2)
        assert {(batch.source.path, batch.lines[0]) for batch in reader.batches} == {
            (first, b"postfix"),
            (second, b"dovecot"),
        }


def test_going_on_from_a_position(log: Path) -> None:
    tail = FileTail(log)
    append(log, b"seen\n")
    assert [lines for _, lines in tail.batches()] == [[b"seen"]]
    start = tail.position
    tail.close()
    append(log, b"missed\n")
    with following(log, start=start) as reader:
        assert reader.wait(1) == [b"missed"]


def test_going_on_from_a_position_in_a_file_rotated_since(log: Path) -> None:
    tail = FileTail(log)
    start = tail.position
    tail.close()
    append(log, b"before rotation\n")
    log.rename(log.with_name("mail.log.1"))
    append(log, b"after rotation\n")
    with following(log, start=start) as reader:
        assert reader.wait(2) == [b"before rotation", b"after rotation"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can take its rights away to see them missed")
def test_a_file_we_may_not_read_says_what_would_unlock_it(log: Path) -> None:
    log.chmod(0o640)
    os.chown(log, 0, 4)
    for parent in list(log.parents)[:-2]:
        parent.chmod(0o755)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        condition = FileTail(log).condition
        os.write(write, f"{condition.state}|{condition.problem}|{condition.unlock}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    state, problem, unlock = os.read(read, 4096).decode().split("|")
    os.close(read)
    os.close(write)
    assert state == "denied"
    assert problem == f"nobody may not read {log}"
    assert unlock.startswith("sudo usermod -aG adm nobody")
