"""The rules of smtpd by keyboard only: shown, tried on a client, turned through, an entry tried on the last day."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from mailtui.host.errors import HostError
from mailtui.screens.addresses import RulesScreen
from mailtui.screens.addresses.rules_asked import read_entry, read_session, session_objection, written
from mailtui.screens.dialogs import NoteDialog, PromptDialog
from mailtui.screens.maps import EntriesScreen
from mailtui.screens.widgets import LineTable
from mailtui.services.postfix.restrictions.judging.session import Session
from mailtui.services.postfix.restrictions.replaying.model import Entry
from tests.screens.fakes import FakeServices
from tests.screens.test_console import console, showing, text_of, until


async def opened(pilot: Pilot[None]) -> None:
    await pilot.press("f8")
    await showing(pilot, PromptDialog)
    await pilot.press("escape", "c")
    await showing(pilot, RulesScreen)
    await until(pilot, lambda: "permit_mynetworks" in text_of(pilot))


async def tried(pilot: Pilot[None], question: str) -> None:
    await pilot.press("K")
    await showing(pilot, PromptDialog)
    await pilot.press(*question, "enter")
    await showing(pilot, RulesScreen)
    await until(pilot, lambda: "Relay access denied" in text_of(pilot))


async def test_the_rules_of_each_service_are_shown_in_their_order() -> None:
    async with console(FakeServices(), (140, 30)) as pilot:
        await opened(pilot)
        text = text_of(pilot)
        assert text.index("check_sender_access") < text.index("permit_mynetworks") < text.index("reject_unauth_dest")
        assert "main.cf" in text
        assert "default" in text
        assert "  reject_non_fqdn_sender" in text
        assert "1 of 2" in text
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "submission/inet" in text_of(pilot))
        assert "check_sender_access" not in text_of(pilot)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "check_sender_access" in text_of(pilot))


async def test_a_client_is_tried_and_the_cursor_stands_on_the_rule_that_refuses() -> None:
    services = FakeServices()
    async with console(services, (140, 30)) as pilot:
        await opened(pilot)
        await tried(pilot, "192.0.2.7 from a@b.example to b@c.example user anna")
        text = text_of(pilot)
        assert "192.0.2.7 from <a@b.example> to <b@c.example>" in text
        assert "and then: HOLD" in text
        assert "unless check_policy_service unix:private/policy says otherwise" in text
        assert pilot.app.screen.query_one(LineTable).cursor_key == "4"
        session = Session("192.0.2.7", None, None, "[192.0.2.7]", "a@b.example", "b@c.example", "anna")
        assert services.restrictions.judged == [(session, "smtp/inet")]
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: len(services.restrictions.judged) == 2)
        assert services.restrictions.judged[1] == (session, "submission/inet")
        await pilot.press("full_stop")
        await until(pilot, lambda: "Relay access denied" not in text_of(pilot))


async def test_the_client_of_an_address_is_tried_at_once() -> None:
    services = FakeServices()
    async with console(services, (140, 30)) as pilot:
        await pilot.press("f8")
        await showing(pilot, PromptDialog)
        await pilot.press(*"anna@shop.example from a@b.example client 192.0.2.7", "enter")
        await until(pilot, lambda: "250 2.1.5 Ok" in text_of(pilot))
        await pilot.press("c")
        await showing(pilot, RulesScreen)
        await until(pilot, lambda: "Relay access denied" in text_of(pilot))
        session = Session("192.0.2.7", helo="[192.0.2.7]", sender="a@b.example", recipient="anna@shop.example")
        assert services.restrictions.judged == [(session, "smtp/inet")]


async def test_a_rule_opens_its_table_and_coming_back_tries_again() -> None:
    services = FakeServices()
    async with console(services, (140, 30)) as pilot:
        await opened(pilot)
        await tried(pilot, "192.0.2.7 to b@c.example")
        await pilot.press("home", "enter")
        await showing(pilot, EntriesScreen)
        await pilot.press("escape")
        await showing(pilot, RulesScreen)
        await until(pilot, lambda: len(services.restrictions.judged) == 2)


async def test_a_rule_without_a_table_says_what_it_does() -> None:
    async with console(FakeServices(), (140, 30)) as pilot:
        await opened(pilot)
        await pilot.press("down", "enter")
        await showing(pilot, NoteDialog)
        assert "lets clients of mynetworks pass" in text_of(pilot)


async def test_an_entry_is_tried_on_the_last_day() -> None:
    services = FakeServices()
    async with console(services, (140, 30)) as pilot:
        await opened(pilot)
        await pilot.press("f3")
        await showing(pilot, PromptDialog)
        await pilot.press(*"sender b.example REJECT go away", "enter")
        await showing(pilot, NoteDialog)
        text = text_of(pilot)
        assert "would have refused 1 of 9 recipients: 1 of them delivered" in text
        assert "<a@b.example> → <anna@shop.example>" in text
        assert services.restrictions.tried == [Entry("sender", "b.example", "REJECT go away")]


async def test_what_cannot_be_read_is_said() -> None:
    services = FakeServices()
    services.restrictions.fails = HostError("postconf is not there", unlock="apt install postfix")
    async with console(services) as pilot:
        await pilot.press("f8")
        await showing(pilot, PromptDialog)
        await pilot.press("escape", "c")
        await showing(pilot, RulesScreen)
        await until(pilot, lambda: "postconf is not there; apt install postfix" in text_of(pilot))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "A client's IP"),
        ("mail.b.example to a@b.example", "no IP address"),
        ("192.0.2.7", "To whom?"),
        ("192.0.2.7 to", "A client's IP"),
        ("192.0.2.7 by x to y", "A client's IP"),
        ("2001:db8::1 to a@b.example", ""),
    ],
)
def test_a_question_has_a_client_and_a_recipient(text: str, said: str) -> None:
    assert said in session_objection(text)
    assert bool(said) == bool(session_objection(text))


def test_a_question_is_written_as_it_is_read() -> None:
    text = "192.0.2.7 name mx.b.example helo mx from a@b.example to c@d.example user anna"
    assert written(read_session(text)) == text


def test_an_entry_has_a_kind_a_key_and_an_action() -> None:
    assert read_entry("client 192.0.2.0/24 REJECT no, thanks") == Entry("client", "192.0.2.0/24", "REJECT no, thanks")
    with pytest.raises(ValueError, match="a key; an action"):
        read_entry("client 192.0.2.0/24")
