"""The views of the queue as they look, small and large."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mailtui.app import MailtuiApp
from mailtui.host.errors import HostError
from tests.screens.fake_stories import bounce_story
from tests.screens.fakes import IDENTITY, FakeServices
from tests.screens.queue.machine import MESSAGE, services
from tests.screens.test_pictures import SIZES, SMALL, pressing

Compare = Callable[..., bool]


def console(machine: FakeServices) -> MailtuiApp:
    machine.live.stories[MESSAGE.queue_id] = replace(bounce_story(), queue_ids=(MESSAGE.queue_id,))
    return MailtuiApp(machine, IDENTITY)


@SIZES
@pytest.mark.parametrize(
    "keys",
    [(), ("down", "down", "enter"), ("z", "down", "right"), ("slash", *"sender:*spam*", "enter", "asterisk")],
    ids=["list", "message", "shape", "marked"],
)
def test_view(snap_compare: Compare, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    assert snap_compare(console(services()), run_before=pressing("4", *keys), terminal_size=size)


def test_stopped(snap_compare: Compare) -> None:
    machine = services()
    machine.queue.problem = HostError("Postfix is stopped: nobody but root can list its queue", unlock="postfix start")
    assert snap_compare(console(machine), run_before=pressing("4"), terminal_size=SMALL)
