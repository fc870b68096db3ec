"""The list of parameters, by keyboard only."""

from __future__ import annotations

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from mailtui.screens.configuration import ConfigurationScreen, HowtoScreen
from mailtui.screens.dialogs import ChooseDialog, NoteDialog, PromptDialog
from mailtui.screens.maps.plain_text import PlainText
from mailtui.services.configuration.service import Reading
from tests.screens.fake_configuration import FakeConfiguration
from tests.screens.fakes import FakeServices, FakeSettings
from tests.screens.test_console import console, showing, text_of, until


@pytest.fixture(autouse=True)
def _agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def carry_out(_app: object, make: object) -> object:
        return make()  # type: ignore[operator]

    monkeypatch.setattr("mailtui.app.MailtuiApp.carry_out", carry_out, raising=False)


async def opened(pilot: Pilot[None]) -> None:
    await pilot.press("f6")
    await showing(pilot, ConfigurationScreen)
    await until(pilot, lambda: "smtpd_banner" in text_of(pilot))


async def at(pilot: Pilot[None], words: str) -> None:
    """The only row that these words leave."""
    await pilot.press("slash", *words, "enter")
    await until(pilot, lambda: "1 parameter " in text_of(pilot))


async def test_what_is_set_is_listed_and_nothing_evil_reaches_the_screen() -> None:
    async with console(FakeServices(), (120, 30)) as pilot:
        await opened(pilot)
        text = text_of(pilot)
        assert "mx1.example.org ESMTP" in text and "[/x]" in text
        assert "smtpd_helo_required" not in text
        assert "an option is not indented" in text
        assert "1 problem" in text
        assert "\x1b" not in text


async def test_every_parameter_and_only_problems() -> None:
    async with console(FakeServices(), (120, 30)) as pilot:
        await opened(pilot)
        await pilot.press("full_stop")
        await until(pilot, lambda: "smtpd_helo_required" in text_of(pilot))
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "smtpd_banner" not in text_of(pilot))
        assert "smtpd_use_tls" in text_of(pilot)


async def test_enter_tells_place_default_and_manual() -> None:
    async with console(FakeServices(), (120, 40)) as pilot:
        await opened(pilot)
        await at(pilot, "greeting")
        await pilot.press("enter")
        await showing(pilot, NoteDialog)
        text = text_of(pilot)
        for words in ("/etc/postfix/main.cf:12", "$mail_name", "A second paragraph."):
            assert words in text


async def test_a_value_is_edited_by_a_plan_and_read_again() -> None:
    services = FakeServices()
    async with console(services, (120, 30)) as pilot:
        await opened(pilot)
        await at(pilot, "greeting")
        await pilot.press("e")
        await showing(pilot, PromptDialog)
        await pilot.press("end", *" x", "enter")
        await until(pilot, lambda: services.configuration.reads > 1)
    assert services.configuration.made == [("postfix", "smtpd_banner", "$myhostname ESMTP x")]


async def test_an_empty_value_and_no_value_are_two_things() -> None:
    services = FakeServices()
    async with console(services, (120, 30)) as pilot:
        await opened(pilot)
        await at(pilot, "greeting")
        await pilot.press("e")
        await showing(pilot, PromptDialog)
        await pilot.press("ctrl+u", *'""', "enter")
        await until(pilot, lambda: len(services.configuration.made) == 1)
        await showing(pilot, ConfigurationScreen)
        await pilot.press("d")
        await until(pilot, lambda: len(services.configuration.made) == 2)
    assert [made[2] for made in services.configuration.made] == ["", None]


async def test_a_secret_is_not_put_into_a_dialog() -> None:
    services = FakeServices(configuration=FakeConfiguration(secret=True))
    async with console(services, (120, 30)) as pilot:
        await opened(pilot)
        await at(pilot, "greeting")
        await pilot.press("e")
        await until(pilot, lambda: "holds a secret" in text_of(pilot))
        assert isinstance(pilot.app.screen, ConfigurationScreen)


async def test_what_is_at_its_default_cannot_be_removed() -> None:
    async with console(FakeServices(), (120, 30)) as pilot:
        await opened(pilot)
        await pilot.press("full_stop")
        await at(pilot, "name:smtpd_helo_required")
        await pilot.press("d")
        await until(pilot, lambda: "its default holds" in text_of(pilot))


async def test_a_problem_is_mended_by_its_plan() -> None:
    services = FakeServices()
    async with console(services, (120, 30)) as pilot:
        await opened(pilot)
        await at(pilot, "outdated")
        await pilot.press("R")
        await until(pilot, lambda: bool(services.mending.made))
    assert services.mending.made == [("mailtui", "config", "replace", "postfix", "smtpd_use_tls")]


async def test_a_program_is_reloaded() -> None:
    services = FakeServices()
    async with console(services, (120, 30)) as pilot:
        await opened(pilot)
        await pilot.press("A")
        await showing(pilot, ChooseDialog)
        await pilot.press("2")
        await until(pilot, lambda: bool(services.configuration.made))
    assert services.configuration.made == [("reload", "dovecot")]


async def test_read_only_changes_nothing() -> None:
    services = FakeServices(settings=FakeSettings(read_only=True))
    async with console(services, (120, 30)) as pilot:
        await opened(pilot)
        await pilot.press("e", "d", "R", "A")
        await until(pilot, lambda: "read-only" in text_of(pilot).casefold())
    assert not services.configuration.made and not services.mending.made


async def test_what_could_not_be_read_is_said() -> None:
    broken = FakeConfiguration(Reading((), (), ("doveconf is not installed",)))
    async with console(FakeServices(configuration=broken), (120, 30)) as pilot:
        await pilot.press("f6")
        await until(pilot, lambda: "doveconf is not installed" in text_of(pilot))


async def test_a_how_to_is_judged_while_it_is_written_and_set_by_a_plan() -> None:
    services = FakeServices()
    async with console(services, (120, 30)) as pilot:
        await opened(pilot)
        await pilot.press("V")
        await showing(pilot, HowtoScreen)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Nothing in it is to be set" in text_of(pilot))
        await pilot.press(*"smtpd_banner = x", "enter", *"evil")
        await until(pilot, lambda: "1 parameter to set" in text_of(pilot))
        await until(pilot, lambda: "no [bold]" in text_of(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: services.configuration.made == [("apply", 1)])
        await pilot.press("tab", "enter")
        await showing(pilot, NoteDialog)
        await pilot.press("escape", "escape")
        await showing(pilot, ConfigurationScreen)


async def test_what_is_pasted_stands_there_once_and_harmless() -> None:
    async with console(FakeServices(), (120, 30)) as pilot:
        await opened(pilot)
        await pilot.press("V")
        await showing(pilot, HowtoScreen)
        area = pilot.app.screen.query_one(PlainText)
        pilot.app.post_message(Paste("a = 1\r\nb\t= \x1b[2J2\n"))
        await until(pilot, lambda: area.text == "a = 1\nb = ␛[2J2")
