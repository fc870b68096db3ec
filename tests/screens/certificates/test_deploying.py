"""A certificate is deployed by keyboard, and a renewal on disk is looked at without being asked to."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from mailtui.screens.certificates import CertificatesScreen
from mailtui.screens.dialogs import PromptDialog
from tests.screens.fake_certificates import FakeDeploy
from tests.screens.fakes import FakeServices, FakeSettings
from tests.screens.test_console import console, showing, text_of, until


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Two files that are there, as they are typed."""
    monkeypatch.chdir(tmp_path)
    Path("c.pem").touch()
    Path("my key").touch()
    return "c.pem 'my key'"


async def asked(pilot: Pilot[None], text: str) -> None:
    """Answer the question for files."""
    await pilot.press("8")
    await showing(pilot, CertificatesScreen)
    await until(pilot, lambda: "2 ports asked" in text_of(pilot))
    await pilot.press("D")
    await showing(pilot, PromptDialog)
    await pilot.press(*["space" if letter == " " else letter for letter in _keys(text)], "enter")


def _keys(text: str) -> list[str]:
    names = {".": "full_stop", "'": "apostrophe"}
    return [names.get(letter, letter) for letter in text]


async def test_the_files_are_asked_for_and_the_plan_is_shown(files: str) -> None:
    services = FakeServices()
    async with console(services, (120, 30)) as pilot:
        await asked(pilot, files)
        await until(pilot, lambda: "Deploy the certificate of mail.example.org" in text_of(pilot))
    assert services.deploy.made == [(("c.pem", "my key"), None)]


async def test_a_passphrase_is_asked_for_and_not_shown(files: str) -> None:
    services = FakeServices(deploy=FakeDeploy(needs_passphrase=True))
    async with console(services, (120, 30)) as pilot:
        await asked(pilot, files)
        await until(pilot, lambda: "Passphrase of the key" in text_of(pilot))
        await pilot.press(*"sesam")
        assert "sesam" not in text_of(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: bool(services.deploy.made))
    assert services.deploy.made == [(("c.pem", "my key"), b"sesam")]


@pytest.mark.parametrize(("text", "words"), [("none.pem", "is not there"), ("'c", "cannot be read")])
async def test_a_file_that_is_not_there_is_said_at_once(files: str, text: str, words: str) -> None:
    services = FakeServices()
    async with console(services, (120, 30)) as pilot:
        await asked(pilot, text)
        await until(pilot, lambda: words in text_of(pilot))
        await pilot.press("escape")
        await showing(pilot, CertificatesScreen)
    assert services.deploy.made == []


async def test_read_only_deploys_nothing() -> None:
    services = FakeServices(settings=FakeSettings(read_only=True))
    async with console(services, (120, 30)) as pilot:
        await pilot.press("8")
        await showing(pilot, CertificatesScreen)
        await pilot.press("D")
        await pilot.pause()
        await showing(pilot, CertificatesScreen)


async def test_a_renewal_is_looked_at_at_once_or_when_the_view_is_open_again() -> None:
    services = FakeServices()
    services.serving.live = True
    async with console(services, (120, 30)) as pilot:
        await pilot.press("8")
        await showing(pilot, CertificatesScreen)
        await until(pilot, lambda: bool(services.renewal.watches))
        assert "/etc/ssl/mail.pem" in services.renewal.files()
        services.renewal.renew()
        await until(pilot, lambda: services.serving.looks == 2)
        await pilot.press("2")
        await until(pilot, lambda: not isinstance(pilot.app.screen, CertificatesScreen))
        services.renewal.renew()
        await pilot.pause()
        assert services.serving.looks == 2
        await pilot.press("8")
        await until(pilot, lambda: services.serving.looks == 3)
    assert [watch.stopped for watch in services.renewal.watches] == [True]
