"""Certificates and ports, by keyboard only."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from mailtui.host.errors import HostError
from mailtui.screens.certificates import CertificateScreen, CertificatesScreen
from mailtui.screens.dialogs import NoteDialog
from mailtui.screens.listeners import ListenersScreen
from mailtui.services.tls.serving import Survey
from tests.screens.fake_certificates import FakeListeners, FakeServing
from tests.screens.fake_stories import NOW
from tests.screens.fakes import FakeServices, FakeSettings
from tests.screens.test_console import console, showing, text_of, until


async def opened(pilot: Pilot[None], done: str = "2 ports asked") -> None:
    await pilot.press("8")
    await showing(pilot, CertificatesScreen)
    await until(pilot, lambda: done in text_of(pilot))


async def test_the_inventory_with_what_ports_show_and_when_it_ends() -> None:
    async with console(FakeServices(), (120, 30)) as pilot:
        await opened(pilot)
        text = text_of(pilot)
        assert "3 certificates" in text and "1 does not show what it should" in text
        assert "mail.example.org" in text and "62 days" in text and "2 ports" in text
        assert "not on 1 of 1 port" in text
        assert "What ends next" in text and "├─" in text
        assert "\x1b" not in text


async def test_one_certificate_with_its_chain_as_a_tree_its_files_uses_and_ports() -> None:
    async with console(FakeServices(), (130, 40)) as pilot:
        await opened(pilot)
        await pilot.press("enter")
        await showing(pilot, CertificateScreen)
        text = text_of(pilot)
        assert "CN=ISRG Root X1  not sent" in text
        assert "└─ CN=R11" in text and "   └─ mail.example.org" in text
        assert "/etc/ssl/mail.key" in text and "0600 root:root, private key" in text
        assert "main.cf: smtpd_tls_cert_file" in text and "*:25  smtp/inet  TLSv1.3" in text
        assert "Nothing is wrong with it" in text


async def test_what_is_stale_is_told_and_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    services = FakeServices(serving=FakeServing(live=True))

    async def carry_out(_app: object, make: object) -> object:
        return make()  # type: ignore[operator]

    monkeypatch.setattr("mailtui.app.MailtuiApp.carry_out", carry_out, raising=False)
    async with console(services, (120, 30)) as pilot:
        await opened(pilot)
        await pilot.press("j", "exclamation_mark")
        await showing(pilot, NoteDialog)
        assert "it shows another" in text_of(pilot) and "mailtui service reload dovecot" in text_of(pilot)
        await pilot.press("escape", "R")
        await until(pilot, lambda: services.serving.looks == 2)
    assert services.mending.made == [("mailtui", "service", "reload", "dovecot")]


async def test_ports_are_asked_when_that_is_wanted_and_not_for_every_dialog_closed() -> None:
    services = FakeServices(serving=FakeServing(live=True))
    async with console(services, (120, 30)) as pilot:
        await opened(pilot)
        await pilot.press("j", "exclamation_mark")
        await showing(pilot, NoteDialog)
        await pilot.press("escape")
        await showing(pilot, CertificatesScreen)
        assert services.serving.looks == 1
        await pilot.press("r")
        await until(pilot, lambda: services.serving.looks == 2)


async def test_nothing_to_mend_says_so() -> None:
    async with console(FakeServices(), (120, 30)) as pilot:
        await opened(pilot)
        await pilot.press("R")
        await until(pilot, lambda: "Nothing is wrong with it." in text_of(pilot))


async def test_no_plan_in_a_read_only_console() -> None:
    services = FakeServices(settings=FakeSettings(read_only=True))
    async with console(services, (120, 30)) as pilot:
        await opened(pilot)
        await pilot.press("j", "R")
        await until(pilot, lambda: "read-only" in text_of(pilot))
    assert services.mending.made == []


@pytest.mark.parametrize(
    ("serving", "told"),
    [
        (FakeServing(Survey(NOW, (), ())), "is set to use a certificate"),
        (FakeServing(problem=HostError("postconf is missing", unlock="apt install postfix")), "apt install postfix"),
    ],
)
async def test_nothing_there_and_no_way_to_see(serving: FakeServing, told: str) -> None:
    async with console(FakeServices(serving=serving)) as pilot:
        await opened(pilot, told)


async def test_whose_half_is_missing_is_told_in_both_views() -> None:
    half = FakeServing(Survey(NOW, (), (), left_out=("without Dovecot's: doveconf: Garbage",)))
    async with console(FakeServices(serving=half)) as pilot:
        await opened(pilot, "without Dovecot's: doveconf: Garbage")
        await ports(pilot, "without Dovecot's: doveconf: Garbage")


async def test_a_certificate_that_cannot_be_read_harms_no_terminal() -> None:
    async with console(FakeServices(), (120, 30)) as pilot:
        await opened(pilot)
        await pilot.press("j", "j", "enter")
        await showing(pilot, CertificateScreen)
        text = text_of(pilot)
        assert "start line" in text and "[bold]" in text and "\x1b" not in text


async def ports(pilot: Pilot[None], done: str = "finding about TLS") -> None:
    await pilot.press("9")
    await showing(pilot, ListenersScreen)
    await until(pilot, lambda: done in text_of(pilot) and "asking each" not in text_of(pilot))


async def test_ports_as_they_are_set_and_as_they_are() -> None:
    async with console(FakeServices(), (140, 30)) as pilot:
        await ports(pilot)
        text = text_of(pilot)
        assert "4 ports" in text and "2 not as set" in text
        assert "nobody listens" in text and "set nowhere: evil" in text
        assert "STARTTLS" in text and "at once" in text and "other servers" in text
        assert "not its files" in text
        assert "\x1b" not in text


async def test_a_port_tells_all_and_what_is_wrong_with_its_settings() -> None:
    async with console(FakeServices(), (140, 40)) as pilot:
        await ports(pilot)
        await pilot.press("enter")
        await showing(pilot, NoteDialog)
        text = text_of(pilot)
        assert "smtp/inet of postfix" in text and "TLS_AES_256_GCM_SHA384" in text and "no login" in text
        await pilot.press("escape", "exclamation_mark")
        await showing(pilot, NoteDialog)
        assert "it takes TLSv1" in text_of(pilot)


async def test_no_port_at_all() -> None:
    async with console(FakeServices(listeners=FakeListeners(()))) as pilot:
        await ports(pilot, "is set to listen anywhere")


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (200, 50)])
@pytest.mark.parametrize("key", ["8", "9"])
async def test_every_size(key: str, size: tuple[int, int]) -> None:
    async with console(FakeServices(), size) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: "mail.example.org" in text_of(pilot))
