"""A picture is taken when it stands still, however slow the machine."""

from __future__ import annotations

from textual.pilot import Pilot


async def stand_still(pilot: Pilot[None]) -> None:
    """Wait until three looks in a row show the same."""
    looks: list[str] = []
    while len(looks) < 3 or len(set(looks[-3:])) > 1:
        await pilot.pause(0.05)
        looks.append(pilot.app.export_screenshot())
