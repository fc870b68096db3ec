"""The console on invented services: ``python -m tests.screens.fake_console [broken|denied|empty]``."""

from __future__ import annotations

import sys

from mailtui.app import MailtuiApp
from mailtui.services.live.model import LiveSnapshot
from tests.screens.fake_stories import NOW
from tests.screens.fakes import IDENTITY, FakeLive, FakePulse, FakeServices, broken_pulse, denied_live

SCENES = {
    "fine": FakeServices(),
    "broken": FakeServices(pulse=FakePulse(broken_pulse())),
    "denied": FakeServices(live=FakeLive(denied_live()), pulse=FakePulse(broken_pulse())),
    "empty": FakeServices(live=FakeLive(LiveSnapshot(version=1, now=NOW, loading=False))),
}


def console(scene: str) -> MailtuiApp:
    """The console in one of the scenes."""
    return MailtuiApp(SCENES[scene], IDENTITY)


if __name__ == "__main__":
    console(sys.argv[1] if len(sys.argv) > 1 else "fine").run()
