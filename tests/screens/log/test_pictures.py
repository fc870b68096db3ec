"""The log as it looks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.screens.log.machine import LogOnly, settled, until, write_log, write_story
from tests.screens.standing import stand_still

SMALL, LARGE = (80, 24), (160, 50)


def pressing(*keys: str) -> Callable[[Pilot[None]], object]:
    async def prepare(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: pilot.app.live is not None)  # type: ignore[attr-defined]
        await settled(pilot)
        for key in keys:
            await settled(pilot, key)
        await stand_still(pilot)

    return prepare


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize(
    "keys",
    [(), ("E", "P"), ("E", "m", "w"), ("ampersand", *"deferred", "enter", "E")],
    ids=["story", "fields", "wrapped", "filtered"],
)
def test_log(snap_compare: Callable[..., bool], tmp_path: Path, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    path = tmp_path / "mail.log"
    source = write_log(path, 600)
    tail = path.read_text()
    write_story(path)
    path.write_text(tail + path.read_text())
    assert snap_compare(LogOnly([source]), run_before=pressing(*keys), terminal_size=size)
