"""The view of the DNS, by keyboard only."""

from __future__ import annotations

from functools import partial

import pytest
from textual.pilot import Pilot

from mailtui.findings import Finding
from mailtui.host.errors import HostError
from mailtui.screens.deliverability import DeliverabilityScreen
from mailtui.screens.deliverability.asked import Asked, objection
from mailtui.screens.dialogs import NoteDialog, PromptDialog
from tests.screens.fake_deliverability import FOUND, FakeDeliverability
from tests.screens.fakes import FakeServices
from tests.screens.test_console import console, showing, text_of, until


async def opened(pilot: Pilot[None], words: str = "2 checks, 0.2 s") -> None:
    await pilot.press("f7")
    await showing(pilot, DeliverabilityScreen)
    await until(pilot, lambda: words in text_of(pilot))


async def test_the_first_domain_is_looked_at_and_nothing_evil_reaches_the_screen() -> None:
    services = FakeServices()
    async with console(services) as pilot:
        await opened(pilot)
        text = text_of(pilot)
        assert "the address has no name" in text and "evil [/x]" in text
        assert "\x1b" not in text and "\u202e" not in text
    assert services.deliverability.asked == [("check", "example.org", (), ())]


async def test_a_finding_opens_to_evidence_and_advice() -> None:
    async with console(FakeServices()) as pilot:
        await opened(pilot)
        await pilot.press("enter")
        await showing(pilot, NoteDialog)
        assert "NXDOMAIN" in text_of(pilot) and "can set it" in text_of(pilot)


async def test_only_problems() -> None:
    async with console(FakeServices()) as pilot:
        await opened(pilot)
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "SPF passes" not in text_of(pilot))
        assert "has no name" in text_of(pilot)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "1 of 3 records" in text_of(pilot))
        assert "10 mx1" not in text_of(pilot)


async def test_records_are_turned_to_and_opened_whole() -> None:
    services = FakeServices()
    async with console(services, (100, 30)) as pilot:
        await opened(pilot)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "1 of 3 records published" in text_of(pilot))
        await pilot.press("j", "enter")
        await showing(pilot, NoteDialog)
        assert "s1._domainkey.example.org. IN TXT" in text_of(pilot)
        await pilot.press("escape", "j", "enter")
        await showing(pilot, NoteDialog)
        assert "there is: v=DMARC1 [/x]" in text_of(pilot)
        await pilot.press("escape", "left_square_bracket")
        await until(pilot, lambda: "has no name" in text_of(pilot))
    assert [one[0] for one in services.deliverability.asked] == ["check", "records"]


async def test_the_next_domain_and_back() -> None:
    services = FakeServices()
    async with console(services) as pilot:
        await opened(pilot)
        for key, domain in (("n", "shop.example"), ("n", "example.org"), ("N", "shop.example")):
            await pilot.press(key)
            await until(pilot, partial(_was_asked, services, domain))


def _was_asked(services: FakeServices, domain: str) -> bool:
    return services.deliverability.asked[-1][1] == domain


async def test_another_domain_with_what_others_see() -> None:
    services = FakeServices()
    async with console(services) as pilot:
        await opened(pilot)
        await pilot.press("K")
        await showing(pilot, PromptDialog)
        await pilot.press(*" ip x", "enter")
        await until(pilot, lambda: "does not appear to be" in text_of(pilot))
        await pilot.press("backspace", *"192.0.2.7 resolver 127.0.0.1:5353", "enter")
        await until(pilot, lambda: len(services.deliverability.asked) == 2)
    assert services.deliverability.asked[-1] == ("check", "example.org", ("192.0.2.7",), (("127.0.0.1", 5353),))


async def test_a_finding_is_mended_by_its_plan_and_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def carry_out(_app: object, make: object) -> object:
        return make()  # type: ignore[operator]

    monkeypatch.setattr("mailtui.app.MailtuiApp.carry_out", carry_out, raising=False)
    dead = Finding(
        "dns.dnsbl.asked-dead:x", "error", "dns", "x", "gone", fix=("mailtui", "config", "set", "postfix", "a=")
    )
    services = FakeServices(deliverability=FakeDeliverability(found=(dead, *FOUND)))
    async with console(services) as pilot:
        await opened(pilot)
        await pilot.press("R")
        await until(pilot, lambda: len(services.deliverability.asked) == 2)
        assert services.mending.made == [dead.fix]
        await pilot.press("j", "R")
        await until(pilot, lambda: "No plan mends this" in text_of(pilot))


async def test_looking_again() -> None:
    services = FakeServices()
    async with console(services) as pilot:
        await opened(pilot)
        await pilot.press("r")
        await until(pilot, lambda: len(services.deliverability.asked) == 2)


async def test_a_machine_without_a_domain_says_so_and_still_answers() -> None:
    services = FakeServices(deliverability=FakeDeliverability(own=()))
    async with console(services) as pilot:
        await opened(pilot, "K asks about any")
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "Ask for a domain first" in text_of(pilot))
        await pilot.press("K")
        await showing(pilot, PromptDialog)
        await pilot.press(*"example.net", "enter")
        await until(pilot, lambda: services.deliverability.asked != [])


async def test_what_cannot_be_read_is_said() -> None:
    services = FakeServices(deliverability=FakeDeliverability(error=HostError("no Postfix here", unlock="install it")))
    async with console(services) as pilot:
        await opened(pilot, "✖ no Postfix here; install it")


async def test_all_is_well() -> None:
    async with console(FakeServices(deliverability=FakeDeliverability(found=()))) as pilot:
        await opened(pilot, "Nothing is wrong")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("example.org", Asked("example.org")),
        ("Ann@Example.org", Asked("example.org")),
        ("example.org ip 192.0.2.1 ip 2001:db8::1", Asked("example.org", ("192.0.2.1", "2001:db8::1"))),
        ("example.org resolver [::1]:54", Asked("example.org", (), ("[::1]:54",))),
    ],
)
def test_questions_in_an_operators_words(text: str, asked: Asked) -> None:
    assert Asked.read(text) == asked
    assert Asked.read(str(asked)) == asked


@pytest.mark.parametrize(
    "text", ["", "single", "example.org ip", "example.org from x", "example.org ip 1.2.3", "a.b resolver x"]
)
def test_what_is_no_question(text: str) -> None:
    assert objection(text)
