"""The console on a real mail system: from an incident to the table that missed, with keys alone."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from mailtui.app import MailtuiApp
from mailtui.lab import Lab, traffic
from mailtui.maillog.model import Incident
from mailtui.services.container import Services
from mailtui.settings import Settings

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@asynccontextmanager
async def console(lab: Lab) -> AsyncIterator[tuple[MailtuiApp, Pilot[None]]]:
    settings = Settings(lab.postfix_config, lab.dovecot_config, state=lab.state)
    app = MailtuiApp(Services(settings))
    async with app.run_test(size=(160, 50)) as pilot:
        await until(pilot, lambda: app.live is not None and any(s.state == "following" for s in app.live.sources))
        yield app, pilot
        app.workers.cancel_all()  # as leaving it does


async def until(pilot: Pilot[None], condition: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        await pilot.pause(0.05)
    raise AssertionError(f"did not come true: {condition}\n{text_of(pilot.app)}")


def words_of(app: object) -> str:
    """All words on the screen as one line, however they are wrapped and framed."""
    return " ".join(text_of(app).replace("│", " ").split())


def text_of(app: object) -> str:
    assert isinstance(app, MailtuiApp)
    screen = app.screen
    return "\n".join("".join(segment.text for segment in strip) for strip in screen._compositor.render_strips())


def incident_about(app: MailtuiApp, word: str) -> Incident | None:
    return next((i for i in (app.live.incidents if app.live else ()) if word in i.title), None)


async def test_an_unknown_user_bounce_leads_to_the_map_that_missed(lab: Lab) -> None:
    async with console(lab) as (app, pilot):
        traffic.local_to_unknown_alias(lab)
        await until(pilot, lambda: incident_about(app, "no alias for this address"))
        await pilot.press("2")
        await until(pilot, lambda: "no alias for this address" in text_of(app))
        await pilot.press("slash", *"title:*no?alias*", "enter", "enter")
        await until(pilot, lambda: "User unknown in virtual alias table" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "virtual_alias_maps" in text_of(app))
        assert f"{lab.postfix_config}/virtual" in text_of(app)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: "Incidents" in text_of(app))


async def test_hostile_mail_reaches_the_screen_only_as_text(lab: Lab) -> None:
    async with console(lab) as (app, pilot):
        before = app.live.lines if app.live else 0
        for _ in range(len(traffic.HOSTILE_SUBJECTS)):
            traffic.hostile(lab)
        await until(pilot, lambda: app.live is not None and app.live.lines > before + 20)
        for key in ("1", "2", "3"):
            await pilot.press(key)
            await pilot.pause()
            await until(pilot, lambda: len(text_of(app)) > 1000)
            assert not CONTROL.search(text_of(app))
        await pilot.press("slash", *"[red]", "enter")
        await until(pilot, lambda: "[red]" in text_of(app))


async def test_deferred_mail_that_is_delivered_later_no_longer_asks_for_attention(lab: Lab) -> None:
    async with console(lab) as (app, pilot):
        traffic.submit(lab, "alice@lab.example", "healing@grey.example")
        await until(pilot, lambda: incident_about(app, "greylisted"))
        await until(pilot, lambda: incident_about(app, "delivered since"), seconds=60)
