"""Mailboxes by keyboard only: users, what is wrong, the files, the repair by plan."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from textual.pilot import Pilot

from mailtui.changes.plan import Plan, Receipt
from mailtui.host.errors import HostError
from mailtui.maillog.parser import Parser
from mailtui.screens.dialogs import ChooseDialog, NoteDialog
from mailtui.screens.incident import IncidentScreen
from mailtui.screens.incidents import IncidentsScreen
from mailtui.screens.mailboxes import FilesScreen, MailboxesScreen, UserScreen
from mailtui.screens.widgets import LineTable
from tests.screens.fakes import FakeServices, FakeSettings
from tests.screens.test_console import console, showing, text_of, until


async def users(pilot: Pilot[None]) -> None:
    await pilot.press("7")
    await showing(pilot, MailboxesScreen)
    await until(pilot, lambda: "anna@shop.example" in text_of(pilot))


async def of_anna(pilot: Pilot[None]) -> None:
    await users(pilot)
    await pilot.press("enter")
    await showing(pilot, UserScreen)
    await until(pilot, lambda: "Sent" in text_of(pilot))


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> None:
    """Agree to every plan; making it is what these tests look at."""

    async def carry_out(_app: object, make: Callable[[], Plan]) -> Receipt:
        return Receipt("20261120-0001", make(), "applied")

    monkeypatch.setattr("mailtui.app.MailtuiApp.carry_out", carry_out, raising=False)


async def test_users_are_listed_and_looked_at_only_on_a_key() -> None:
    services = FakeServices()
    async with console(services, (160, 40)) as pilot:
        await users(pilot)
        text = text_of(pilot)
        assert "3 users" in text and "not looked at yet" in text
        assert "\x1b" not in text and "\u202e" not in text
        assert services.mailboxes.checked == []
        await pilot.press("C")
        await until(pilot, lambda: "1 of 3 mailboxes damaged" in text_of(pilot))
        assert "Sent: dovecot.index is no index of this Dovecot" in text_of(pilot)
        assert "fine" in text_of(pilot)


async def test_marked_users_are_checked_and_repaired(plans: None) -> None:
    services = FakeServices()
    async with console(services, (160, 40)) as pilot:
        await users(pilot)
        await pilot.press("space", "C")
        await until(pilot, lambda: services.mailboxes.checked == [("anna@shop.example",)])
        await until(pilot, lambda: "damaged" in text_of(pilot))
        await pilot.press("R")
        await until(pilot, lambda: services.mailboxes.repaired == [("Sent",)])
        await until(pilot, lambda: len(services.mailboxes.checked) == 2)  # looked at again


async def test_a_user_without_damage_is_not_repaired() -> None:
    services = FakeServices()
    async with console(services, (160, 40)) as pilot:
        await users(pilot)
        await pilot.press("R")
        await until(pilot, lambda: "Nothing wrong was found here." in text_of(pilot))
        assert services.mailboxes.repaired == []


async def test_a_user_opens_to_mailboxes_with_their_figures() -> None:
    async with console(FakeServices(), (160, 40)) as pilot:
        await of_anna(pilot)
        text = text_of(pilot)
        assert "the next access destroys something" in text
        assert "1795228100" in text and "149" in text
        await pilot.press("down", "exclamation_mark")
        await showing(pilot, NoteDialog)
        assert "modseq" in text_of(pilot) and "repair it before anybody opens" in text_of(pilot)


async def test_what_is_wrong_with_a_mailbox_is_told_in_full_on_a_small_screen() -> None:
    async with console(FakeServices()) as pilot:
        await of_anna(pilot)
        await pilot.press("down")
        await until(pilot, lambda: "dovecot.index is no index of this Dovecot" in text_of(pilot))
        assert "R repairs it: mailtui mailbox repair" in text_of(pilot)
        await pilot.press("up")
        await until(pilot, lambda: "R repairs it" not in text_of(pilot))


async def test_the_files_of_a_mailbox_part_by_part() -> None:
    async with console(FakeServices(), (160, 40)) as pilot:
        await of_anna(pilot)
        await pilot.press("down", "enter")
        await showing(pilot, FilesScreen)
        await until(pilot, lambda: "uid_validity" in text_of(pilot))
        assert "dovecot.index: header  (1 of 2)" in text_of(pilot)
        await pilot.press("n")
        await until(pilot, lambda: "Messages  (2 of 2)" in text_of(pilot))
        await pilot.press("N")
        await until(pilot, lambda: "major_version" in text_of(pilot))


async def test_a_mailbox_is_repaired_by_a_plan(plans: None) -> None:
    services = FakeServices()
    async with console(services) as pilot:
        await of_anna(pilot)
        await pilot.press("down", "R")
        await until(pilot, lambda: services.mailboxes.repaired == [("Sent",)])


async def test_the_ladder_says_what_is_taken_and_what_it_costs() -> None:
    async with console(FakeServices(), (160, 40)) as pilot:
        await of_anna(pilot)
        await pilot.press("down", "z")
        await showing(pilot, NoteDialog)
        text = text_of(pilot)
        assert "→ doveadm force-resync" in text and "costs flags and keywords" in text
        assert "the log does not hold" not in text


async def test_what_else_can_be_done_is_a_menu(plans: None) -> None:
    services = FakeServices()
    async with console(services) as pilot:
        await of_anna(pilot)
        await pilot.press("A")
        await showing(pilot, ChooseDialog)
        await pilot.press("2")
        await until(pilot, lambda: services.mailboxes.repaired == [("recalc", "INBOX")])


async def test_read_only_mends_nothing() -> None:
    services = FakeServices(settings=FakeSettings(read_only=True))
    async with console(services) as pilot:
        await of_anna(pilot)
        await pilot.press("down", "R")
        await until(pilot, lambda: "read-only" in text_of(pilot))
        assert services.mailboxes.repaired == []


async def test_an_incident_leads_to_its_mailbox(monkeypatch: pytest.MonkeyPatch) -> None:
    services = FakeServices()
    who, what = "imap(anna@shop.example)<1><S>", "Mailbox Sent: /a/dovecot.index: modseq_hdr.log_offset too large"
    line = f"Nov 20 09:58:42 mx dovecot: {who}: Error: {what}"
    event = Parser("mail.log").parse(line.encode(), 0)
    monkeypatch.setattr(services.live, "incident_events", lambda _incident: (event,))
    async with console(services, (160, 40)) as pilot:
        await pilot.press("2")
        await showing(pilot, IncidentsScreen)
        await pilot.press("enter")
        await showing(pilot, IncidentScreen)
        await until(pilot, lambda: "modseq_hdr" in text_of(pilot))
        await pilot.press("M")
        await showing(pilot, UserScreen)
        table = pilot.app.screen.query_one(LineTable)
        await until(pilot, lambda: table.cursor_key == "Sent")


async def test_a_repair_shows_before_and_after(monkeypatch: pytest.MonkeyPatch) -> None:
    services = FakeServices()

    async def carry_out(_app: object, make: Callable[[], Plan]) -> Receipt:
        plan = make()
        return Receipt("20261120-0001", plan, "applied")

    monkeypatch.setattr("mailtui.app.MailtuiApp.carry_out", carry_out, raising=False)
    monkeypatch.setattr(services.changes, "change", lambda name: SimpleNamespace(id=name))
    monkeypatch.setattr("mailtui.screens.mailboxes.view.proof_lines", lambda change: (f"{change.id}: 145 145",))
    async with console(services, (160, 40)) as pilot:
        await of_anna(pilot)
        await pilot.press("down", "R")
        await showing(pilot, NoteDialog)
        assert "145 145" in text_of(pilot)


async def test_a_stopped_dovecot_is_told() -> None:
    services = FakeServices()
    services.mailboxes.error = HostError("Dovecot is stopped", unlock="start it")
    async with console(services) as pilot:
        await pilot.press("7")
        await until(pilot, lambda: "Dovecot is stopped; start it" in text_of(pilot))
        assert isinstance(pilot.app.screen.query_one(LineTable), LineTable)
