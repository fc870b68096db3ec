"""A console that starts, follows and looks back, on real files."""

from __future__ import annotations

import gzip
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailtui.host.as_user import as_user
from mailtui.host.errors import HostError
from mailtui.services.live import finding
from mailtui.services.live import log as live_log
from mailtui.services.live.log import LiveLog
from mailtui.services.live.widening import Widening
from mailtui.services.logs import LogSource, file_source
from tests.support.tools import RecordedTools
from tests.support.waiting import until
from tests.unit.live.support import Console, append, book_of, console, delivered, message, messages, watching

BUDGETS = (2**12, 2**16, 2**29)


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows so small that logs of a test need several."""
    monkeypatch.setattr(live_log, "BUDGETS", BUDGETS)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "mail.log"
    path.write_bytes(messages(0, 1000))
    return path


@pytest.mark.parametrize(("lines", "read"), [(2000, BUDGETS), (200, (BUDGETS[0], BUDGETS[2]))])
def test_a_window_that_is_most_of_the_next_one_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: int, read: tuple[int, ...]
) -> None:
    budgets: list[int] = []
    real = Widening.widen

    def told(widening: Widening, budget: int, *, rest: float, tries: int) -> bool:
        budgets.append(budget)
        return real(widening, budget, rest=rest, tries=tries)

    monkeypatch.setattr(Widening, "widen", told)
    path = tmp_path / "mail.log"
    path.write_bytes(messages(0, lines))
    with console(path) as shown:
        until(lambda: not shown.live.snapshot().loading)
        shows(shown, path)
    assert tuple(budgets) == read


@contextmanager
def writing(write: Callable[[int], None]) -> Iterator[threading.Thread]:
    """Calls ``write`` with 0, 1, 2 … in a thread, 200 times."""

    def work() -> None:
        for number in range(200):
            write(number)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield thread
    finally:
        thread.join()


def whole_book(*paths: Path) -> tuple[int, int]:
    """Lines and deliveries, by a plain reading of all files."""
    book = book_of(line for path in paths for line in path.read_bytes().splitlines())
    return book.lines, sum(minute.delivered for minute in book.rates.minutes(time.time()))


def shows(shown: Console, *paths: Path) -> None:
    """What is shown is what a plain reading of the files gives."""
    lines, deliveries = whole_book(*paths)
    assert delivered(shown.wait_lines(lines)) == deliveries


def test_the_first_screen_holds_the_newest_lines_and_says_that_more_come(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_log, "BUDGETS", (BUDGETS[0], BUDGETS[0]))
    with console(log) as shown:
        until(lambda: not shown.live.snapshot().loading)
        snapshot = shown.live.snapshot()
        assert 0 < snapshot.lines < 50
        assert shown.live.story(f"{0xA00000000 + 999:X}") is not None
        assert shown.live.story(f"{0xA00000000:X}") is None


def test_wider_windows_take_its_place_until_all_is_read(log: Path) -> None:
    with console(log) as shown:
        shows(shown, log)
        assert shown.live.snapshot().unparsed == 0
        assert shown.live.story(f"{0xA00000000:X}") is not None


def test_new_lines_are_added(log: Path) -> None:
    with console(log) as shown:
        shown.wait_lines(4000)
        append(log, messages(1000, 1010))
        assert delivered(shown.wait_lines(4040)) == 1010


def test_lines_written_while_the_past_is_read_are_counted_once(log: Path) -> None:
    with console(log) as shown, writing(lambda number: append(log, message(5000 + number))) as writer:
        writer.join()
        shows(shown, log)


def test_a_log_rotated_while_the_past_is_read_is_counted_once(log: Path) -> None:
    older = log.with_name("mail.log.1")

    def write(number: int) -> None:
        if number == 100:
            log.rename(older)
        append(log, message(5000 + number))

    with console(log) as shown, writing(write) as writer:
        writer.join()
        shows(shown, older, log)


def test_a_log_emptied_while_the_past_is_read_is_counted_once(log: Path) -> None:
    """As logrotate's copytruncate does, once following stands at the end: what it empties earlier is lost."""
    older = log.with_name("mail.log.1")
    append(log, messages(1000, 3000))
    with console(log) as shown:
        assert until(lambda: shown.live.story(f"{0xA00000000 + 2999:X}") is not None)
        older.write_bytes(log.read_bytes())
        os.truncate(log, 0)
        append(log, messages(3000, 3100))
        shows(shown, older, log)


def test_rotation_while_following(log: Path) -> None:
    with console(log) as shown:
        shown.wait_lines(4000)
        log.rename(log.with_name("mail.log.1"))
        append(log, messages(1000, 1010))
        assert delivered(shown.wait_lines(4040)) == 1010


@pytest.mark.parametrize("count", [10, 1500])
def test_copytruncate_while_following_goes_on_from_the_start(log: Path, count: int) -> None:
    with console(log) as shown:
        shown.wait_lines(4000)
        with log.open("r+b") as file:
            file.truncate(0)
            file.write(messages(1000, 1000 + count))
        assert delivered(shown.wait_lines(4000 + 4 * count)) == 1000 + count


def test_a_file_that_appears_later_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    with console(path) as shown:
        shown.wait_state("missing")
        append(path, messages(0, 500))
        assert delivered(shown.wait_lines(2000)) == 500
        shown.wait_state("following")


def test_rotated_and_packed_files_are_part_of_the_past(log: Path) -> None:
    log.with_name("mail.log.1").write_bytes(messages(1000, 1100))
    with gzip.open(log.with_name("mail.log.2.gz"), "wb") as packed:
        packed.write(messages(1100, 1150))
    with console(log) as shown:
        assert delivered(shown.wait_lines(4 * 1150)) == 1150


def test_a_damaged_packed_file_hides_nothing_else(log: Path) -> None:
    log.with_name("mail.log.1.gz").write_bytes(b"no gzip at all")
    with console(log) as shown:
        assert delivered(shown.wait_lines(4000)) == 1000


def test_several_logs_are_one_picture(log: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.log"
    other.write_bytes(messages(2000, 2100))
    with console(log, other) as shown:
        shows(shown, log, other)
        append(other, message(2100))
        snapshot = shown.wait_lines(4404)
        assert {(source.name, source.state) for source in snapshot.sources} == {
            (str(log), "following"),
            (str(other), "following"),
        }


def test_a_log_that_holds_the_same_lines_as_another_is_not_read(log: Path, tmp_path: Path) -> None:
    twin = LogSource(str(tmp_path / "twin"), "file", log, covered_by=str(log))
    with watching(file_source(log), twin) as shown:
        snapshot = shown.wait_lines(4000)
        assert [source.name for source in snapshot.sources] == [str(log)]


def test_a_log_we_may_not_read_says_what_would_unlock_it(log: Path) -> None:
    denied = LogSource(str(log), "file", log, readable=False, problem="nobody may not read it", unlock="ask")
    with watching(denied) as shown:
        shown.wait_state("denied")
        (state,) = shown.live.snapshot().sources
        assert (state.problem, state.unlock) == ("nobody may not read it", "ask")


_NOBODY = 65534


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can look as somebody else")
def test_a_log_that_becomes_readable_is_read(log: Path) -> None:
    """By an ordinary user: root may read everything."""
    with console(log) as known:
        known.wait_lines(4000)  # what is loaded on the way may be out of that user's reach
    for folder in (log.parent, *log.parent.parents):
        folder.chmod(folder.stat().st_mode | 0o011)
    log.chmod(0o600)
    ready, allowed = os.pipe()

    def look() -> list[object]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(live_log, "AGAIN", 0.02)
            patch.setattr(finding, "AGAIN", 0.02)
            shown = Console()
            shown.live = LiveLog(lambda: (file_source(log),), RecordedTools())
            shown.live.start()
            shown.wait_state("denied")
            (state,) = shown.live.snapshot().sources
            os.write(allowed, b"x")
            shown.wait_lines(4000)
            shown.wait_state("following")
            shown.live.stop()
            return [state.problem, state.unlock]

    def allow() -> None:
        os.read(ready, 1)
        log.chmod(0o644)

    helper = threading.Thread(target=allow, daemon=True)
    helper.start()
    problem, unlock = as_user(_NOBODY, _NOBODY, look)
    assert str(log) in problem and unlock


def test_nothing_changed_is_the_same_snapshot(log: Path) -> None:
    with console(log) as shown:
        before = shown.wait_lines(4000)
        later = shown.live.snapshot()
        assert later is before or later.now // 60 != before.now // 60
        append(log, message(1000))
        after = shown.wait_lines(4004)
        assert after.version > before.version
        assert after.complete_since == before.complete_since


def test_an_incident_and_its_lines(log: Path) -> None:
    append(log, message(7000, status="deferred", reason="connect to mx[192.0.2.9]:25: Connection timed out"))
    with console(log) as shown:
        (incident,) = shown.wait_lines(4004).incidents
        (event,) = shown.live.incident_events(incident.id)
        assert event.queue_id == f"{0xA00000000 + 7000:X}"
        story = shown.live.story(event.queue_id)
        assert story is not None
        assert [recipient.status for recipient in story.recipients] == ["deferred"]
        assert shown.live.incident_events("no such incident") == ()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks again at once."""
    monkeypatch.setattr(live_log, "AGAIN", 0.02)
    monkeypatch.setattr(finding, "AGAIN", 0.02)


@pytest.mark.usefixtures("impatient")
def test_a_log_denied_at_first_is_read_when_that_has_changed(log: Path, tmp_path: Path) -> None:
    other = tmp_path / "dovecot.log"
    other.write_bytes(messages(2000, 2100))
    denied = LogSource(str(other), "file", other, readable=False, problem="nobody may not read it")
    found = [file_source(log), denied]
    shown = Console()
    shown.live = LiveLog(lambda: tuple(found), RecordedTools())
    shown.live.start()
    shown.wait_lines(4000)
    found[1] = file_source(other)
    assert delivered(shown.wait_lines(4400)) == 1100
    append(log, message(1000))
    assert delivered(shown.wait_lines(4404)) == 1101
    assert [state.state for state in shown.live.snapshot().sources] == ["following", "following"]
    shown.live.stop()


@pytest.mark.usefixtures("impatient")
def test_logs_that_could_not_be_found_are_looked_for_again(log: Path) -> None:
    answers: list[tuple[LogSource, ...]] = [(file_source(log),)]
    refusals = iter([HostError("Postfix does not answer")] * 3)

    def discover() -> tuple[LogSource, ...]:
        for refusal in refusals:
            raise refusal
        return answers[0]

    shown = Console()
    shown.live = LiveLog(discover, RecordedTools())
    shown.live.start()
    shown.wait_lines(4000)
    shown.wait_state("following")
    shown.live.stop()


def test_discovery_that_fails_is_told(tmp_path: Path) -> None:
    def discover() -> tuple[LogSource, ...]:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    live = LiveLog(discover, RecordedTools())
    live.start()
    assert until(lambda: [state.state for state in live.snapshot().sources] == ["failed"])
    assert "Permission denied" in live.snapshot().sources[0].problem
    assert until(lambda: not live.snapshot().loading)
    live.stop()
    live.stop()


@pytest.mark.parametrize("moment", ["at once", "loading", "following"])
def test_stop_leaves_no_thread(log: Path, moment: str) -> None:
    append(log, messages(1000, 20_000))
    before = set(threading.enumerate())
    with console(log) as shown:
        if moment == "loading":
            assert until(lambda: shown.live.snapshot().lines > 0)
        elif moment == "following":
            assert until(lambda: not shown.live.snapshot().loading)
    assert set(threading.enumerate()) <= before
