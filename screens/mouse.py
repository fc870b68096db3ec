"""The mouse, on or off while the console runs: off, the terminal's own selection works.

Textual decides once, at the start; only a driver may ask the terminal for anything else, so this is one.
"""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver


class SwitchingDriver(LinuxDriver):
    """Linux's driver; the one that runs can be told to leave the mouse to the terminal."""

    running: ClassVar[SwitchingDriver | None] = None

    def __init__(self, app: App[Any], **more: Any) -> None:
        super().__init__(app, **more)
        SwitchingDriver.running = self

    @property
    def mouse(self) -> bool:
        """Whether the terminal tells of the mouse."""
        return self._mouse

    def switch_mouse(self) -> bool:
        """The other way round; whether it is on now."""
        if self._mouse:
            self._disable_mouse_support()
            self._mouse = False
        else:
            self._mouse = True
            self._enable_mouse_support()
        return self._mouse


def driver_class(platform: type[Driver]) -> type[Driver]:
    """The driver to use where Textual would take ``platform``: only Linux's knows how to switch."""
    return SwitchingDriver if platform is LinuxDriver else platform
