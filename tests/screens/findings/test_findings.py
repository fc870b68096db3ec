"""The list of findings, by keyboard only."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace

import pytest
from textual.pilot import Pilot

from mailtui.screens.deliverability import DeliverabilityScreen
from mailtui.screens.dialogs import ChooseDialog, NoteDialog, PlanDialog
from mailtui.screens.findings import FindingsScreen
from mailtui.services.checks.model import Report
from tests.screens.fake_findings import DOWN, STALE, FakeChecks
from tests.screens.fakes import FakeServices, FakeSettings
from tests.screens.test_console import console, showing, text_of, until


@dataclass
class SlowChecks(FakeChecks):
    """Checks that take their time."""

    until: threading.Event = field(default_factory=threading.Event)

    def run(self) -> Report:
        report = super().run()
        self.until.wait(20)
        return report


async def opened(pilot: Pilot[None]) -> None:
    await pilot.press("0")
    await showing(pilot, FindingsScreen)
    await until(pilot, lambda: "0.2 s" in text_of(pilot))


async def test_everything_wrong_is_listed_and_nothing_evil_reaches_the_screen() -> None:
    async with console(FakeServices()) as pilot:
        await opened(pilot)
        text = text_of(pilot)
        assert "3 findings" in text
        assert "does not run" in text and "told [bold]" in text
        assert "\x1b" not in text and "\u202e" not in text


async def test_who_leafs_through_the_views_starts_no_second_look_beside_the_first() -> None:
    services, seen = FakeServices(), threading.Event()
    services.checks_apart = checks = SlowChecks(until=seen)
    async with console(services) as pilot:
        for key in "010101r0":
            await pilot.press(key)
            await pilot.pause()
        assert checks.runs == 1
        seen.set()
        await until(pilot, lambda: "3 findings" in text_of(pilot))
        await pilot.press("1", "0")
        await until(pilot, lambda: checks.runs == 2)


async def test_what_was_just_looked_at_is_not_looked_at_again_unasked() -> None:
    services = FakeServices(checks_apart=FakeChecks(time=time.time()))
    async with console(services) as pilot:
        await opened(pilot)
        await pilot.press("1", "0")
        await showing(pilot, FindingsScreen)
        assert services.checks_apart.runs == 1
        await pilot.press("r")
        await until(pilot, lambda: services.checks_apart.runs == 2)


async def test_a_finding_opens_to_evidence_advice_and_its_command() -> None:
    async with console(FakeServices()) as pilot:
        await opened(pilot)
        await pilot.press("j", "enter")
        await showing(pilot, NoteDialog)
        text = text_of(pilot)
        assert "is older than" in text and "Compile it." in text and "mailtui map build /etc/postfix/virtual" in text


async def test_the_finding_under_the_cursor_is_told_in_whole_sentences_with_its_key() -> None:
    async with console(FakeServices()) as pilot:
        await opened(pilot)
        assert "Start it: systemctl start dovecot" in text_of(pilot) and "enter shows the evidence" in text_of(pilot)
        await pilot.press("j")
        await until(pilot, lambda: "R repairs it: mailtui map build /etc/postfix/virtual" in text_of(pilot))
        assert "hash:/etc/postfix/virtual: was not compiled since its last change" in text_of(pilot)


async def test_a_finding_of_the_dns_opens_the_records_to_publish() -> None:
    services = FakeServices()
    fix = ("mailtui", "dns", "records", "example.org")
    services.checks_apart.found = (replace(STALE, id="dns.x", subject="none.example.org", fix=fix),)
    services.mending.refused = {fix}
    async with console(services) as pilot:
        await opened(pilot)
        assert "enter shows the records to publish for example.org" in text_of(pilot)
        await pilot.press("enter")
        await showing(pilot, DeliverabilityScreen)
        await until(pilot, lambda: "1 of 3 records" in text_of(pilot))


async def test_filter_and_problems_only() -> None:
    async with console(FakeServices()) as pilot:
        await opened(pilot)
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "2 findings" in text_of(pilot))
        await pilot.press("slash", *"area:maps", "enter")
        await until(pilot, lambda: "1 finding " in text_of(pilot))


async def test_what_is_acknowledged_is_quiet_until_it_is_asked_for_and_told_again() -> None:
    services = FakeServices()
    async with console(services, (120, 30)) as pilot:
        await opened(pilot)
        await pilot.press("A")
        await showing(pilot, ChooseDialog)
        await pilot.press("2")
        await until(pilot, lambda: "1 acknowledged" in text_of(pilot))
        assert "does not run" not in text_of(pilot)
        assert services.attention.known["service.down:Dovecot"].until is not None
        await pilot.press("full_stop")
        await until(pilot, lambda: "does not run" in text_of(pilot))
        await pilot.press("A")
        await until(pilot, lambda: not services.attention.known)


async def test_a_finding_is_mended_by_its_plan_and_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    services = FakeServices()

    async def carry_out(_app: object, make: object) -> object:
        return make()  # type: ignore[operator]

    monkeypatch.setattr("mailtui.app.MailtuiApp.carry_out", carry_out, raising=False)
    async with console(services) as pilot:
        await opened(pilot)
        await pilot.press("j", "R")
        await until(pilot, lambda: services.checks_apart.runs == 2)
    assert services.mending.made == [("mailtui", "map", "build", "/etc/postfix/virtual")]


async def test_marked_findings_are_mended_by_one_plan_and_those_without_one_are_left_out() -> None:
    services = FakeServices()
    services.checks_apart.found = (
        DOWN,
        STALE,
        replace(STALE, id="map.other", fix=("mailtui", "map", "build", "/other")),
    )
    async with console(services) as pilot:
        await opened(pilot)
        await pilot.press("asterisk", "R")
        await showing(pilot, PlanDialog)
    assert services.mending.made == [
        ("mailtui", "map", "build", "/etc/postfix/virtual"),
        ("mailtui", "map", "build", "/other"),
    ]


async def test_the_overview_looks_by_itself_names_what_is_wrong_and_leads_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mailtui.screens.overview.FIRST_CHECK", 0.05)
    services = FakeServices(settings=FakeSettings(check=True))
    services.checks_apart.found = (replace(STALE, severity="error"),)
    async with console(services) as pilot:
        await until(pilot, lambda: "1 finding (key 0): hash:/etc/postfix/virtual: was not compiled" in text_of(pilot))
        await pilot.press("0")
        await showing(pilot, FindingsScreen)
        await until(pilot, lambda: services.checks_apart.runs == 2)


async def test_the_overview_looks_at_nothing_unasked_where_the_settings_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.screens.overview.FIRST_CHECK", 0.01)
    services = FakeServices()
    async with console(services) as pilot:
        await pilot.pause(0.1)
    assert services.checks_apart.runs == 0


async def test_what_cannot_be_mended_by_a_plan_says_so() -> None:
    services = FakeServices()
    async with console(services) as pilot:
        await opened(pilot)
        await pilot.press("R")
        await until(pilot, lambda: "No plan mends this" in text_of(pilot))
    assert not services.mending.made


async def test_read_only_mends_nothing() -> None:
    services = FakeServices(settings=FakeSettings(read_only=True))
    async with console(services) as pilot:
        await opened(pilot)
        await pilot.press("j", "R")
        await until(pilot, lambda: "read-only" in text_of(pilot).casefold())
    assert not services.mending.made


async def test_a_healthy_machine_says_so() -> None:
    async with console(FakeServices(checks_apart=FakeChecks(()))) as pilot:
        await opened(pilot)
        assert "Nothing is wrong" in text_of(pilot)
