"""Pictures of the console as it looks on the lab; run by script/screenshots."""

from __future__ import annotations

import asyncio
from pathlib import Path

from textual.pilot import Pilot

from mailtui.app import MailtuiApp
from mailtui.lab.lab import Lab
from mailtui.lab.traffic import Traffic, clients, submit
from mailtui.services.container import Services
from mailtui.settings import Settings

SIZE = (110, 32)
_SECONDS = 30.0
VIEWS = (
    ("overview", ()),
    ("incident", ("enter",)),
    ("message", ("enter",)),
    ("log", ("3",)),
    ("queue", ("4", "slash", *"sender:alice@lab.example", "enter", "asterisk")),
    ("plan", ("H",)),
    ("mailboxes", ("escape", "7", "C")),
    ("mailbox", ("slash", *"dave", "enter", "enter")),
    ("repair", ("R",)),
    ("findings", ("escape", "0")),
    ("certificate", ("8", "enter")),
    ("address", ("f8", *"info@alias.example", "enter")),
)


async def take(lab: Lab, traffic: Traffic, folder: Path) -> None:
    """Walk from the Overview to the log, then to a plan for queued mail; a picture at every step."""
    settings = Settings(lab.postfix_config, lab.dovecot_config, state=lab.state)
    app = MailtuiApp(Services(settings))
    async with app.run_test(size=SIZE) as pilot:
        await _until_busy(app, pilot)
        for name, keys in VIEWS:
            if name == "mailboxes":
                traffic.stop()  # a delivery would have Dovecot mend it its own way
                _damage(lab)
            if name == "findings":
                _neglect(lab)
            await pilot.press(*keys)
            await _settled(pilot)
            app.save_screenshot(f"{name}.svg", str(folder))


def _damage(lab: Lab) -> None:
    """A log as a full disk leaves it."""
    with clients.imap(lab, "dave@lab.example") as session:
        for number in range(60):
            session.append("INBOX", "(\\Seen)" if number % 3 else "", "", b"Subject: mail\r\n\r\ntext\r\n")
    log = lab.mail_home("dave") / "sdbox/mailboxes/INBOX/dbox-Mails/dovecot.index.log"
    with log.open("ab") as file:
        file.write(b"\xfe\xed" * 40)


def _neglect(lab: Lab) -> None:
    """A table that was edited and not compiled, and a socket that Postfix may not use."""
    with (lab.postfix_config / "virtual").open("a") as table:
        table.write("new@alias.example bob@lab.example\n")
    (lab.queue / "private/auth").chmod(0o000)


async def _until_busy(app: MailtuiApp, pilot: Pilot[None]) -> None:
    """Wait until the log has something to tell."""
    for _ in range(int(_SECONDS / 0.25)):
        await pilot.pause(0.25)
        if app.live is not None and len(app.live.incidents) > 10 and app.pulse is not None:
            return


async def _settled(pilot: Pilot[None]) -> None:
    await pilot.pause(5.0)


def main(folder: Path) -> None:
    """Take all pictures."""
    folder.mkdir(exist_ok=True)
    with Lab() as lab:
        traffic = Traffic(lab, per_minute=600)
        traffic.start()
        try:
            for number in range(3):
                submit(lab, "alice@lab.example", f"reader{number}@full.example")
            asyncio.run(take(lab, traffic, folder))
        finally:
            traffic.stop()


if __name__ == "__main__":
    main(Path(__file__).parent)
