"""A picture is taken when it stands still, however slow the machine."""

from __future__ import annotations

from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from mailtui.app import MailtuiApp


async def stand_still(pilot: Pilot[None]) -> None:
    """Wait until three looks in a row show the same; no cursor blinks between them.

    And until the log has been read again, where the machine was too busy for seconds, which the title says.
    """
    for field in (*pilot.app.screen.query(Input), *pilot.app.screen.query(TextArea)):
        field.cursor_blink = False
    looks: list[str] = []
    while len(looks) < 3 or len(set(looks[-3:])) > 1 or _unread(pilot):
        await pilot.pause(0.05)
        looks.append(pilot.app.export_screenshot())


def _unread(pilot: Pilot[None]) -> bool:
    return isinstance(pilot.app, MailtuiApp) and pilot.app.live_age > 0
