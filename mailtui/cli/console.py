"""The console, opened from the command line: the only place where the command line knows Textual."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from mailtui.host.errors import UsageError

if TYPE_CHECKING:
    from mailtui.cli.context import Context

_PAINTS = "200"
"""At most so many a second: with Textual's 60 the second paint that a key brings waits 17 ms for its turn."""


def require_terminal() -> None:
    """Refuse to start where there is nobody to look at it."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the console needs a terminal", unlock="mailtui --help lists the commands that need none")


def open_console(context: Context) -> int:
    """Run the console until it is left."""
    require_terminal()
    os.environ.setdefault("TEXTUAL_FPS", _PAINTS)  # Textual reads it when it is imported
    from mailtui.app import MailtuiApp
    from mailtui.host.memory import one_heap
    from mailtui.host.priority import keys_first
    from mailtui.host.turns import short_turns
    from mailtui.screens.painted import forget_painted

    one_heap()
    short_turns()
    forget_painted()
    app = MailtuiApp(context.services)
    app.collector.begin()
    with keys_first():
        app.run()
    return app.return_code or 0
