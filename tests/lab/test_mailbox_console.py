"""From a line in Dovecot's log to the proven repair, by keys alone, on the real Dovecot."""

from __future__ import annotations

import contextlib
import imaplib
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from mailtui.app import MailtuiApp
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from mailtui.screens.dialogs import NoteDialog
from mailtui.screens.dialogs.plan import PlanDialog
from mailtui.screens.incident import IncidentScreen
from mailtui.screens.incidents import IncidentsScreen
from mailtui.screens.mailboxes import UserScreen
from mailtui.services.dovecot.repair.proof import asked_of_dovecot
from tests.lab.golden import Golden
from tests.lab.test_console import console, text_of, until

USER = "alice@lab.example"


@pytest.fixture
def own_lab(tmp_path: Path) -> Iterator[tuple[Lab, Golden]]:
    """A lab with a Maildir whose log is a folder: what Dovecot complains of and never mends."""
    with Lab() as lab:
        golden = Golden(lab, "maildir", tmp_path)
        mailbox = golden.restore()
        (mailbox.index / "dovecot.index.log").unlink()
        (mailbox.index / "dovecot.index.log").mkdir()
        with contextlib.suppress(imaplib.IMAP4.error), clients.imap(lab, USER) as session:
            session.select("INBOX")
        yield lab, golden


async def repaired(app: MailtuiApp, pilot: Pilot[None]) -> None:
    """The plan, a yes, the proof."""
    await pilot.press("R")
    await until(pilot, lambda: isinstance(app.screen, PlanDialog) and "quarantine" in text_of(app))
    await pilot.press("y")
    await until(pilot, lambda: "Done" in text_of(app))
    await pilot.press("escape")
    await until(pilot, lambda: isinstance(app.screen, NoteDialog))
    text = text_of(app)
    assert "before" in text and "UIDVALIDITY" in text and "LOST" not in text
    await pilot.press("escape")


async def test_from_the_log_to_the_proven_repair_and_back(own_lab: tuple[Lab, Golden]) -> None:
    lab, golden = own_lab
    async with console(lab) as (app, pilot):
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, IncidentsScreen) and f"INBOX of {USER}" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, IncidentScreen) and USER in text_of(app))
        await pilot.press("M")
        await until(pilot, lambda: isinstance(app.screen, UserScreen) and "stands in place of" in text_of(app))
        await repaired(app, pilot)
        await until(pilot, lambda: "nothing wrong" in text_of(app) and "in the log" in text_of(app))
        now = asked_of_dovecot(golden.doveadm, USER, "INBOX")
        assert now.uidvalidity == golden.certificate.uidvalidity
        assert now.flags == golden.certificate.flags
        await pilot.press("u")
        await until(pilot, lambda: isinstance(app.screen, PlanDialog))
        await pilot.press("y")
        await until(pilot, lambda: "Done" in text_of(app))
        assert (golden.mailbox.index / "dovecot.index.log").is_dir()
