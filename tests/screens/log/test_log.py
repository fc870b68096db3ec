"""The log by keyboard: following, moving, and the way to a message."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from textual.widgets import Input

from mailtui.maillog.model import LineRef
from mailtui.screens.dialogs import ChooseDialog
from mailtui.screens.targets import OpenLog, OpenStory
from mailtui.services.logs import file_source
from tests.screens.log.machine import (
    QUEUE_ID,
    append,
    current,
    log_of,
    screen_of,
    settled,
    state,
    text_line,
    text_of,
    until,
    view_of,
    write_log,
    write_story,
    write_texts,
)


async def test_opens_at_the_end_and_follows(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    async with log_of(write_log(path, 500)) as pilot:
        assert "following" in state(pilot) and "500 of 500" in state(pilot)
        append(path, text_line(777))
        await until(pilot, lambda: current(pilot) == text_line(777))
        assert "501 of 501" in state(pilot)


async def test_a_half_line_is_shown_and_then_the_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    async with log_of(write_log(path, 50)) as pilot:
        whole = text_line(777)
        with path.open("a") as file:
            file.write(whole[:40])
        await until(pilot, lambda: current(pilot) == whole[:40])
        append(path, whole[40:])
        await until(pilot, lambda: current(pilot) == whole)
        assert whole[:70] in text_of(pilot)


async def test_going_up_stops_following_and_counts_what_comes(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    async with log_of(write_log(path, 500)) as pilot:
        await pilot.press("k")
        here = current(pilot)
        append(path, text_line(700), text_line(701))
        await until(pilot, lambda: "+2 new" in state(pilot))
        assert current(pilot) == here
        await pilot.press("G")
        await until(pilot, lambda: "● following" in state(pilot))
        assert current(pilot) == text_line(701)


async def test_f_stops_and_resumes(tmp_path: Path) -> None:
    async with log_of(write_log(tmp_path / "mail.log", 50)) as pilot:
        await pilot.press("f")
        await until(pilot, lambda: "not following" in state(pilot))
        await pilot.press("f")
        await until(pilot, lambda: "● following" in state(pilot))


async def test_pause_holds_even_the_end(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    async with log_of(write_log(path, 50)) as pilot:
        await pilot.press("p")
        await until(pilot, lambda: "PAUSED" in state(pilot))
        append(path, text_line(60))
        assert current(pilot) == text_line(49)
        await pilot.press("p")
        await until(pilot, lambda: current(pilot) == text_line(60))


async def test_the_first_line_and_pages(tmp_path: Path) -> None:
    async with log_of(write_log(tmp_path / "mail.log", 3000)) as pilot:
        await pilot.press("g")
        await until(pilot, lambda: current(pilot) == text_line(0))
        assert "1 of 3,000" in state(pilot)
        await pilot.press("pagedown", "j", "ctrl+u")
        assert "1 of 3,000" not in state(pilot)


async def test_enter_opens_the_message_of_a_line(tmp_path: Path) -> None:
    async with log_of(write_story(tmp_path / "mail.log")) as pilot:
        await pilot.press("k", "enter")
        await until(pilot, lambda: OpenStory(QUEUE_ID) in pilot.app.opened)  # type: ignore[attr-defined]


async def test_errors_back_and_forth(tmp_path: Path) -> None:
    async with log_of(write_log(tmp_path / "mail.log", 100)) as pilot:
        await settled(pilot, "E")
        assert current(pilot) == text_line(89)
        await settled(pilot, "E")
        assert current(pilot) == text_line(79)
        await settled(pilot, "e")
        assert current(pilot) == text_line(89)
        await settled(pilot, "e", "e")
        await until(pilot, lambda: "There is no next failure." in text_of(pilot))


async def test_lines_of_the_same_message(tmp_path: Path) -> None:
    async with log_of(write_story(tmp_path / "mail.log")) as pilot:
        await settled(pilot, "O")
        assert "sender non-delivery notification" in current(pilot)
        for _ in range(5):
            await settled(pilot, "O")
        assert "client=client.example.net" in current(pilot)
        await settled(pilot, "k", "o")
        assert "connect from" in current(pilot)  # no queue ID: greyed, and says why
        await until(pilot, lambda: "This line has no queue ID." in text_of(pilot))


async def test_search_goes_on_and_back(tmp_path: Path) -> None:
    async with log_of(write_log(tmp_path / "mail.log", 100)) as pilot:
        await pilot.press("g", "slash", *"SLOW.example", "enter")
        await until(pilot, lambda: current(pilot) == text_line(9))
        await settled(pilot, "n")
        assert current(pilot) == text_line(19)
        await settled(pilot, "N")
        assert current(pilot) == text_line(9)


async def test_search_at_the_end_finds_what_lies_above_though_lines_come(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    async with log_of(write_log(path, 96)) as pilot:
        await until(pilot, lambda: "● following" in state(pilot))
        await pilot.press("slash", *"slow.example")
        append(path, text_line(97), text_line(98))
        await pilot.press("enter")
        await until(pilot, lambda: current(pilot) == text_line(89))
        append(path, text_line(100))
        await until(pilot, lambda: "new" in state(pilot))
        assert current(pilot) == text_line(89)


async def test_search_for_what_is_not_there_says_so_and_follows_on(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    async with log_of(write_log(path, 20)) as pilot:
        await pilot.press("slash", *"nowhere", "enter")
        await until(pilot, lambda: "There is no nowhere." in text_of(pilot))
        append(path, text_line(30))
        await until(pilot, lambda: current(pilot) == text_line(30))


async def test_filters_stack_and_can_be_switched_off_in_place(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    async with log_of(write_log(path, 1000)) as pilot:
        await settled(pilot, "ampersand", *"status:deferred", "enter")
        assert "status:deferred" in text_of(pilot) and "100 lines" in text_of(pilot)
        await settled(pilot, "k", "ampersand", *"u989", "enter")
        await until(pilot, lambda: "1 line" in text_of(pilot))
        assert current(pilot) == text_line(989)
        await settled(pilot, "backslash")
        assert current(pilot) == text_line(989)
        assert "990 of 1,000" in state(pilot)
        await settled(pilot, "backslash")
        assert "1 of 1" in state(pilot)
        await settled(pilot, "X", "4")
        assert "100 lines" in text_of(pilot) and current(pilot) == text_line(989)


async def test_a_filter_lets_new_lines_through(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    async with log_of(write_log(path, 100)) as pilot:
        await settled(pilot, "ampersand", *"status:deferred", "enter")
        append(path, text_line(100), text_line(109), text_line(110))
        await until(pilot, lambda: current(pilot) == text_line(109))
        assert "11 of 11" in state(pilot)


async def test_a_wrong_filter_says_where(tmp_path: Path) -> None:
    async with log_of(write_log(tmp_path / "mail.log", 10)) as pilot:
        await pilot.press("ampersand", *"(status", "enter")
        assert pilot.app.screen.query_one(Input).has_focus
        await pilot.press("escape")
        assert view_of(pilot).has_focus


async def test_a_window_of_time(tmp_path: Path) -> None:
    async with log_of(write_log(tmp_path / "mail.log", 7200)) as pilot:
        await settled(pilot, "W", "2")
        assert "last 5m" in state(pilot) and "301 of 301" in state(pilot)
        await settled(pilot, "left_square_bracket")
        assert "61 of 61" in state(pilot)
        await settled(pilot, "W", "7")
        assert "7,200 of 7,200" in state(pilot)


async def test_to_a_moment(tmp_path: Path) -> None:
    async with log_of(write_log(tmp_path / "mail.log", 7200)) as pilot:
        await pilot.press("at", *"Mars", "enter")
        await until(pilot, lambda: "Not a time" in text_of(pilot))
        pilot.app.screen.query_one(Input).value = _day_of(pilot) + " 01:00:05"
        await pilot.press("enter")
        await until(pilot, lambda: current(pilot) == text_line(3605))


def _day_of(pilot: object) -> str:
    """The lines have no year; the parser knows which is meant."""
    found = screen_of(pilot).current()  # type: ignore[arg-type]
    assert found is not None and found[1].time is not None
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(found[1].time, UTC):%Y-%m-%d}"


async def test_up_beyond_the_first_line_into_packed_history_and_back(tmp_path: Path) -> None:
    (tmp_path / "mail.log.1.gz").write_bytes(gzip.compress("".join(f"{text_line(n)}\n" for n in range(40)).encode()))
    async with log_of(write_log(tmp_path / "mail.log", 30, start=40)) as pilot:
        await pilot.press("g")
        await settled(pilot, "k")
        await until(pilot, lambda: "mail.log.1.gz older file" in state(pilot))
        assert current(pilot) == text_line(39)
        await settled(pilot, "j")
        await until(pilot, lambda: "mail.log 1 of 30" in state(pilot))
        assert current(pilot) == text_line(40)
        await settled(pilot, "less_than_sign")
        await until(pilot, lambda: "mail.log.1.gz" in state(pilot))
        await pilot.press("less_than_sign")
        await until(pilot, lambda: "There is no older file." in text_of(pilot))


async def test_a_damaged_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "mail.log.1.gz").write_bytes(b"no gzip")
    async with log_of(write_log(tmp_path / "mail.log", 30)) as pilot:
        await settled(pilot, "less_than_sign")
        await until(pilot, lambda: "is damaged" in " ".join(text_of(pilot).split()))


async def test_rotation_goes_on_with_the_new_file(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    async with log_of(write_log(path, 30)) as pilot:
        path.rename(tmp_path / "mail.log.1")
        write_log(path, 3, start=600)
        await until(pilot, lambda: current(pilot) == text_line(602))
        assert "was rotated" in text_of(pilot)
        await settled(pilot, "less_than_sign")
        await until(pilot, lambda: current(pilot) == text_line(29))


async def test_another_source(tmp_path: Path) -> None:
    one, two = write_log(tmp_path / "mail.log", 10), write_story(tmp_path / "dovecot.log")
    async with log_of(one, two) as pilot:
        await pilot.press("s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseDialog))
        await settled(pilot, "2")
        await until(pilot, lambda: "dovecot.log 9 of 9" in state(pilot))


async def test_fields_of_the_line(tmp_path: Path) -> None:
    async with log_of(write_story(tmp_path / "mail.log"), size=(160, 40)) as pilot:
        await pilot.press("E", "P")
        await until(pilot, lambda: "one recipient, one attempt" in text_of(pilot))
        assert "boss@shop.example" in text_of(pilot)
        await pilot.press("P")
        await until(pilot, lambda: "one recipient, one attempt" not in text_of(pilot))


async def test_marked_lines_are_come_back_to(tmp_path: Path) -> None:
    async with log_of(write_log(tmp_path / "mail.log", 100)) as pilot:
        await pilot.press("m", "k", "k", "m", "g", "apostrophe")
        assert current(pilot) == text_line(97)
        assert "◆" in text_of(pilot)
        await pilot.press("apostrophe")
        assert current(pilot) == text_line(99)
        await pilot.press("apostrophe", "m", "apostrophe", "m")
        await until(pilot, lambda: "◆" not in text_of(pilot))


async def test_wrap_shows_all_of_a_long_line(tmp_path: Path) -> None:
    texts = [text_line(n) for n in range(30)] + [f"{text_line(30)} {'word ' * 60}the end"]
    async with log_of(write_texts(tmp_path / "mail.log", texts)) as pilot:
        assert "the end" not in text_of(pilot)
        await pilot.press("w")
        await until(pilot, lambda: "the end" in text_of(pilot))
        await pilot.press("g")
        await until(pilot, lambda: text_line(0)[:40] in text_of(pilot))
        await pilot.press("w", "G")
        await until(pilot, lambda: "the end" not in text_of(pilot))


async def test_sideways_and_times(tmp_path: Path) -> None:
    async with log_of(write_log(tmp_path / "mail.log", 100)) as pilot:
        await pilot.press("l")
        assert view_of(pilot).scroll_offset.x == 8
        await pilot.press("k", "k")
        assert view_of(pilot).scroll_offset.x == 8
        await pilot.press("h", "T")
        await until(pilot, lambda: "Mar  4" not in text_of(pilot))


@pytest.mark.parametrize("text_only", [True, False])
async def test_opened_at_a_line(tmp_path: Path, text_only: bool) -> None:
    source = write_log(tmp_path / "mail.log", 2000)
    text = text_line(1234)
    offset = 0 if text_only else source.path.read_text().index(text)  # type: ignore[union-attr]
    target = OpenLog(at=LineRef(source.name, offset, text.split("]: ", 1)[1]))
    async with log_of(source, target=target) as pilot:
        assert current(pilot) == text and "not following" in state(pilot)


async def test_opened_with_a_filter_and_times(tmp_path: Path) -> None:
    async with log_of(write_log(tmp_path / "mail.log", 2000), target=OpenLog("status:deferred")) as pilot:
        assert "200 of 200" in state(pilot)
        found = screen_of(pilot).current()
        assert found is not None and found[1].time is not None
        last = found[1].time
    target = OpenLog("status:deferred", start=last - 100, end=last - 50)
    async with log_of(write_log(tmp_path / "mail.log", 2000), target=target) as pilot:
        assert "5 of 5" in state(pilot)


async def test_no_log_says_what_to_do(tmp_path: Path) -> None:
    async with log_of() as pilot:
        await until(pilot, lambda: "No mail log was found. Name one with mailtui --log FILE." in text_of(pilot))
        await pilot.press("j", "e", "P", "enter", "y", "slash")
        await until(pilot, lambda: "The log is still being opened." in text_of(pilot))


REFUSED = "a regular file; name a file that lines are appended to"
"""However the lines break: that depends on the length of the path before it."""


async def test_a_log_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    async with log_of(file_source(tmp_path)) as pilot:
        await until(pilot, lambda: REFUSED in " ".join(text_of(pilot).split()))


async def test_an_empty_log(tmp_path: Path) -> None:
    async with log_of(write_texts(tmp_path / "mail.log", [])) as pilot:
        assert "0 of 0" in state(pilot)
        await pilot.press("j", "k", "g", "G", "e", "o", "m", "P", "enter", "y")


async def test_copy_and_save(tmp_path: Path) -> None:
    async with log_of(write_log(tmp_path / "mail.log", 100)) as pilot:
        await pilot.press("y", "2")
        await until(pilot, lambda: pilot.app.clipboard == "3D2F800063")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(pilot.app.screen.query(Input)))
        pilot.app.screen.query_one(Input).value = str(tmp_path / "saved")
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / "saved").exists())
        assert (tmp_path / "saved").read_text() == (tmp_path / "mail.log").read_text()
