"""The way of an address by keyboard only: asked, followed, opened at the line of a table."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from mailtui.host.errors import HostError
from mailtui.screens.addresses import AddressesScreen
from mailtui.screens.addresses.asked import objection, read, written
from mailtui.screens.dialogs import NoteDialog, PlanDialog, PromptDialog
from mailtui.screens.incident import IncidentScreen
from mailtui.screens.maps import EntriesScreen
from mailtui.screens.message import MessageScreen
from mailtui.screens.targets import OpenAddress
from mailtui.screens.widgets import LineTable
from mailtui.services.postfix.addresses.model import Resolution
from tests.screens.fake_addresses import CIRCLE, FINE, FakeResolver
from tests.screens.fakes import FakeServices
from tests.screens.test_console import console, showing, text_of, until


async def asked(pilot: Pilot[None], question: str = "boss@shop.example") -> None:
    await pilot.press("f8")
    await showing(pilot, PromptDialog)
    await pilot.press(*question, "enter")
    await showing(pilot, AddressesScreen)


async def followed(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: "250 2.1.5 Ok" in text_of(pilot))


async def test_every_step_and_the_end_are_shown_and_the_cursor_stands_on_the_entry_that_decides() -> None:
    async with console(FakeServices(), (140, 30)) as pilot:
        await asked(pilot)
        await followed(pilot)
        text = text_of(pilot)
        assert "virtual alias domain" in text
        assert "→ anna@shop.example by error" in text
        assert "5.1.1 User unknown in virtual alias table" in text
        assert "/etc/postfix/virtual:7" in text
        assert text.count("no entry") == 2
        assert pilot.app.screen.query_one(LineTable).cursor_key == "3"
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "no entry" not in text_of(pilot))


async def test_a_step_opens_its_table_at_the_line_and_coming_back_follows_again() -> None:
    services = FakeServices()
    async with console(services) as pilot:
        await asked(pilot)
        await followed(pilot)
        await pilot.press("enter")
        await showing(pilot, EntriesScreen)
        await until(pilot, lambda: "line=2" in text_of(pilot))
        await until(pilot, lambda: "1 of 4 entries" in text_of(pilot))
        await pilot.press("escape")
        await showing(pilot, AddressesScreen)
        await until(pilot, lambda: len(services.resolver.asked) == 2)


async def test_the_entry_of_a_step_gets_another_value_and_of_several_recipients_none_is_lost_by_typing() -> None:
    services = FakeServices()
    async with console(services) as pilot:
        await asked(pilot)
        await followed(pilot)
        await pilot.press("e")
        await showing(pilot, PromptDialog)
        await pilot.press(*"x", "enter")
        await showing(pilot, PlanDialog)
    assert services.map_plans.made == [
        ("set", "/etc/postfix/virtual", "info@shop.example", "anna@shop.example, bob@shop.examplex")
    ]


async def test_a_step_without_an_entry_says_why_it_is_not_edited() -> None:
    async with console(FakeServices()) as pilot:
        await asked(pilot)
        await followed(pilot)
        await pilot.press("end", "e")
        await until(pilot, lambda: "No entry of a table answered here." in text_of(pilot))


async def test_a_step_without_a_file_says_what_it_is() -> None:
    async with console(FakeServices()) as pilot:
        await asked(pilot)
        await followed(pilot)
        await pilot.press("home", "enter")
        await showing(pilot, NoteDialog)
        assert "virtual_alias_domains: shop.example" in text_of(pilot)


async def test_sender_and_client_are_asked_along_and_nonsense_is_refused() -> None:
    services = FakeServices()
    async with console(services) as pilot:
        await asked(pilot, "boss@shop.example from a@b.example client 192.0.2.7")
        await followed(pilot)
        await pilot.press("K")
        await showing(pilot, PromptDialog)
        await pilot.press(*"8", "enter")
        await until(pilot, lambda: "192.0.2.78" in text_of(pilot))
        await until(pilot, lambda: len(services.resolver.asked) == 2)
        await pilot.press("K")
        await showing(pilot, PromptDialog)
        await pilot.press(*"99", "enter")
        await until(pilot, lambda: "is no IP address" in text_of(pilot))
    assert services.resolver.asked[0] == ("boss@shop.example", "a@b.example", "192.0.2.7")


async def test_what_cannot_be_asked_is_said_with_what_to_do() -> None:
    services = FakeServices(resolver=FakeResolver(fails=HostError("postconf is missing", unlock="apt install postfix")))
    async with console(services) as pilot:
        await asked(pilot)
        await until(pilot, lambda: "postconf is missing; apt install postfix" in text_of(pilot))


async def test_without_an_address_it_says_which_key_asks() -> None:
    async with console(FakeServices()) as pilot:
        await pilot.press("f8")
        await showing(pilot, PromptDialog)
        await pilot.press("escape")
        await showing(pilot, AddressesScreen)
        assert "K asks where mail for an address goes." in text_of(pilot)


async def test_from_an_incident_and_from_a_message_one_key_leads_here() -> None:
    services = FakeServices()
    async with console(services) as pilot:
        await pilot.press("enter")
        await showing(pilot, IncidentScreen)
        await until(pilot, lambda: "4dXz1k2PqRz" in text_of(pilot))
        await pilot.press("K")
        await showing(pilot, AddressesScreen)
        await followed(pilot)
        await pilot.press("escape", "enter")
        await showing(pilot, MessageScreen)
        await until(pilot, lambda: "hash:/etc/postfix/virtual" in text_of(pilot))
        await pilot.press("K")
        await showing(pilot, AddressesScreen)
        await followed(pilot)
    of_incident, of_message = services.resolver.asked
    assert of_incident[0] == "boss@shop.example"
    assert of_message[0] == "sales@example.org", "as it was before any table was asked"
    assert of_message[1], "the sender matters for tables by sender"


async def test_from_a_list_of_failures_one_key_leads_here_and_one_to_the_entry_that_closes_a_circle() -> None:
    services = FakeServices(resolver=FakeResolver(CIRCLE))
    async with console(services) as pilot:
        await pilot.press("K")
        await showing(pilot, AddressesScreen)
        await pilot.press("escape", "a")
        await showing(pilot, PromptDialog)
        assert "boss@shop.example → info@shop.example → boss@shop.example" in text_of(pilot)
        await pilot.press(*"bob", "enter")
        await showing(pilot, PlanDialog)
    assert {address for address, *_ in services.resolver.asked} == {"boss@shop.example"}
    assert services.map_plans.made == [("set", "/etc/postfix/virtual", "sales@shop.example", "bob")]


async def test_a_failure_that_no_entry_caused_offers_none() -> None:
    async with console(FakeServices(resolver=FakeResolver(FINE))) as pilot:
        await pilot.press("a")
        await until(pilot, lambda: "No entry of a table" in text_of(pilot))


async def test_nothing_evil_reaches_the_screen() -> None:
    services = FakeServices(resolver=FakeResolver(Resolution("[/x]@a.example", "", False, "501 [red]no[/red]")))
    async with console(services) as pilot:
        await asked(pilot, "[/x]@a.example")
        await until(pilot, lambda: "501 [red]no[/red]" in text_of(pilot))
        assert "No table is asked for it." in text_of(pilot)


@pytest.mark.parametrize("question", ["", "from a@b", "a@b from", "a@b sender c@d", "a@b client nowhere", "a@b c@d"])
def test_a_question_that_is_none(question: str) -> None:
    assert objection(question)


@pytest.mark.parametrize("question", ["a@b.example", '"a b"@c.example from x@y', "-a@b client 2001:db8::1"])
def test_a_question_is_read_and_written(question: str) -> None:
    assert written(read(question)) == question
    assert not objection(question)


def test_an_empty_sender_may_be_written_with_its_brackets() -> None:
    assert read("a@b from <>") == OpenAddress("a@b")
