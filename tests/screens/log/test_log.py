"""The log by keyboard: following, moving, and the way to a message."""

from __future__ import annotations

from pathlib import Path

from mailtui.screens.targets import OpenStory
from tests.screens.log.machine import append, current, log_of, state, text_line, text_of, until, view_of, write_log


async def test_opens_at_the_end_and_follows(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    async with log_of(write_log(path, 500)) as pilot:
        assert "following" in state(pilot) and "500 of 500" in state(pilot)
        append(path, text_line(777))
        await until(pilot, lambda: current(pilot) == text_line(777))
        assert "501 of 501" in state(pilot)


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


async def test_enter_opens_the_message_of_a_line(tmp_path: Path) -> None:
    async with log_of(write_log(tmp_path / "mail.log", story=True)) as pilot:
        await pilot.press("k", "enter")
        await until(pilot, lambda: OpenStory("4dXz1k2PqRz") in pilot.app.opened)  # type: ignore[attr-defined]
        assert "4dXz1k2PqRz" in text_of(pilot)
        assert view_of(pilot) is not None
