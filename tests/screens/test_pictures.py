"""Every view as it looks: small and large, dark and light, on a good and on a bad night."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from mailtui.app import MailtuiApp
from tests.screens.fake_console import console
from tests.screens.standing import stand_still

SMALL, LARGE = (80, 24), (160, 50)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
LOOKUPS = ("incident", "story", "explain", "arrange", "probe")
Compare = Callable[..., bool]


async def done(app: MailtuiApp) -> None:
    """Wait for the lookups under way; not for the pollers, which never end."""
    lookups = [worker for worker in app.workers if worker.group in LOOKUPS]
    if lookups:
        await app.workers.wait_for_complete(lookups)


def pressing(*keys: str) -> Callable[[Pilot[None]], object]:
    """Wait for the first snapshots, press, wait for what comes of it."""

    async def prepare(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, MailtuiApp)
        while app.live is None or app.pulse is None:
            await pilot.pause(0.01)
        for key in keys:
            await pilot.press(key)
            await done(app)
            await pilot.pause()
        await stand_still(pilot)

    return prepare


@SIZES
@pytest.mark.parametrize(
    "keys",
    [(), ("z",), ("2",), ("enter",), ("enter", "enter"), ("question_mark",)],
    ids=["overview", "plots", "incidents", "incident", "message", "help"],
)
def test_view(snap_compare: Compare, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    assert snap_compare(console("fine"), run_before=pressing(*keys), terminal_size=size)


@pytest.mark.parametrize("scene", ["broken", "denied", "empty"])
def test_bad_night(snap_compare: Compare, scene: str) -> None:
    assert snap_compare(console(scene), run_before=pressing(), terminal_size=SMALL)


def test_light(snap_compare: Compare) -> None:
    assert snap_compare(console("fine"), run_before=pressing("f9"), terminal_size=SMALL)


@pytest.mark.parametrize("keys", [("t",), ("y",), ("ctrl+c",)], ids=["prompt", "copy", "quit"])
def test_dialog(snap_compare: Compare, keys: tuple[str, ...]) -> None:
    assert snap_compare(console("fine"), run_before=pressing("2", *keys), terminal_size=SMALL)
