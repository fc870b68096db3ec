"""The view of probes, by keyboard only."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot

from mailtui.screens.dialogs import ConfirmDialog, PromptDialog
from mailtui.screens.probes import ProbesScreen, ResultScreen
from tests.screens.fakes import FakeServices, FakeSettings
from tests.screens.test_console import console, showing, text_of, until


async def opened(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press("f4")
    await showing(pilot, ProbesScreen)
    await until(pilot, lambda: "ManageSieve" in text_of(pilot))
    await pilot.press(*keys)


async def answered(pilot: Pilot[None], text: str) -> None:
    await showing(pilot, PromptDialog)
    await pilot.press(*text, "enter")


async def test_a_user_is_looked_for_everywhere() -> None:
    services = FakeServices()
    async with console(services) as pilot:
        await opened(pilot, "enter")
        await answered(pilot, "a@b.example")
        await showing(pilot, ResultScreen)
        text = text_of(pilot)
        assert "not as it should be: userdb" in text and "✖ userdb" in text and "Make it." in text
        assert "[bold]" in text and "evil [/x]" in text
        await pilot.press("escape")
        await until(pilot, lambda: "a@b.example: not" in text_of(pilot))
        await pilot.press("enter")
        await showing(pilot, ResultScreen)
    assert services.people.asked == ["a@b.example"], "the answer is shown again without asking again"


async def test_a_login_hides_its_password_and_shows_the_log() -> None:
    services = FakeServices()
    async with console(services, (120, 40)) as pilot:
        await opened(pilot, "j", "j", "j", "K")
        await answered(pilot, "a@b.example")
        await until(pilot, lambda: "Password of" in text_of(pilot))
        await pilot.press(*" s3cret ")
        assert "s3cret" not in text_of(pilot)
        await pilot.press("enter")
        await showing(pilot, ResultScreen)
        text = text_of(pilot)
        assert "535 5.7.8" in text and "SASL PLAIN authentication failed" in text and "C: AUTH" not in text
        await pilot.press("full_stop")
        await until(pilot, lambda: "C: AUTH PLAIN …" in text_of(pilot))
        assert "s3cret" not in text_of(pilot)
    assert services.probes.asked == ["auth a@b.example"] and services.probes.secrets == [" s3cret "]


async def test_strangers_are_asked_after_a_warning_only() -> None:
    services = FakeServices()
    async with console(services) as pilot:
        await opened(pilot, "j", "K")
        await answered(pilot, "a@c.example")
        await showing(pilot, ConfirmDialog)
        assert "mx.other.example" in text_of(pilot)
        await pilot.press("y")
        await showing(pilot, ResultScreen)
        assert "there is such a recipient" in text_of(pilot)
        await pilot.press("escape", "K")
        await answered(pilot, "")
        await showing(pilot, ConfirmDialog)
        await pilot.press("n")
        await showing(pilot, ResultScreen)
        assert "not asked" in text_of(pilot)


async def test_read_only_sends_nothing() -> None:
    services = FakeServices(settings=FakeSettings(read_only=True))
    async with console(services) as pilot:
        await opened(pilot, "j", "j", "K")
        await until(pilot, lambda: "read-only: no" in text_of(pilot))
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, ProbesScreen)
    assert not services.probes.asked


async def test_what_cannot_be_tried_says_why() -> None:
    services = FakeServices()
    services.probes.broken = True
    async with console(services) as pilot:
        await opened(pilot, "j", "j", "j", "K")
        await answered(pilot, "anna")
        await answered(pilot, "x")
        await until(pilot, lambda: "make one" in text_of(pilot))


async def test_an_open_relay_is_looked_for_without_a_question() -> None:
    async with console(FakeServices()) as pilot:
        await opened(pilot, "G", "K")
        await showing(pilot, ResultScreen)
        assert "a stranger may not send" in text_of(pilot)


async def test_the_checks_of_a_message() -> None:
    async with console(FakeServices()) as pilot:
        await opened(pilot, "G", "k", "K")
        await answered(pilot, "4dXz1k2PqRz")
        await showing(pilot, ResultScreen)
        assert "came with the message" in text_of(pilot) and "dkim=pass" in text_of(pilot)
        await pilot.press("escape", "K")
        await showing(pilot, PromptDialog)
        await pilot.press(*["backspace"] * 11)
        await answered(pilot, "nothing")
        await until(pilot, lambda: "is no file and no queue ID" in text_of(pilot))


async def test_escape_asks_nobody() -> None:
    services = FakeServices()
    async with console(services) as pilot:
        await opened(pilot, "K")
        await showing(pilot, PromptDialog)
        await pilot.press("escape")
        await showing(pilot, ProbesScreen)
    assert not services.people.asked


async def test_a_result_is_saved(tmp_path: Path) -> None:
    async with console(FakeServices()) as pilot:
        await opened(pilot, "enter")
        await answered(pilot, "a@b.example")
        await showing(pilot, ResultScreen)
        screen = pilot.app.screen
        assert isinstance(screen, ResultScreen) and "✖ userdb" in screen.saveable()[1]
        assert [one.what for one in screen.copyables()] == ["answer", "everything"]
