"""Living well in somebody's terminal: quiet on slow links, in its colours, and gone when it is gone.

Textual reads end-of-file on a terminal that hung up as "no input" and would spin for ever on a mail server,
so a lost terminal is looked for.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import termios
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress

CHECK_SECONDS = 2.0
GRACE_SECONDS = 3.0
HANGUP = 128 + signal.SIGHUP


def is_quiet(environ: Mapping[str, str]) -> bool:
    """Whether animations would go over a network, and nobody asked for them."""
    remote = "SSH_CONNECTION" in environ or "SSH_TTY" in environ
    return remote and "TEXTUAL_ANIMATIONS" not in environ


def default_theme(environ: Mapping[str, str], colors: int | None) -> str:
    """A theme by what the terminal says of itself: few colours, light background."""
    shade = "light" if _is_light(environ) else "dark"
    few = colors is not None and colors <= 16
    return f"ansi-{shade}" if few else f"mailtui-{shade}"


def _is_light(environ: Mapping[str, str]) -> bool:
    """``COLORFGBG`` is ``foreground;background`` in the numbers of the 16 colours; 7 and 9–15 are light."""
    background = environ.get("COLORFGBG", "").rpartition(";")[2]
    return background.isdigit() and int(background) in (7, 9, 10, 11, 12, 13, 14, 15)


def exit_on_signals(leave: Callable[[int], None]) -> None:
    """Call ``leave`` with an exit code on SIGHUP or SIGTERM, also where a wrapper made them ignored.

    Textual may wait for ever to write its farewell to a terminal that is gone, so the end comes either way.
    """

    def heed(code: int) -> None:
        end_soon(code)
        leave(code)

    loop = asyncio.get_running_loop()
    for number in (signal.SIGHUP, signal.SIGTERM):
        loop.add_signal_handler(number, heed, 128 + number)


async def exit_with_terminal(leave: Callable[[int], None]) -> None:
    """Call ``leave`` when the terminal is gone; end the process if that can't be done decently."""
    if not sys.__stdin__ or not sys.__stdin__.isatty():
        return
    terminal = sys.__stdin__.fileno()
    while _is_alive(terminal):
        await asyncio.sleep(CHECK_SECONDS)
    end_soon(HANGUP)
    leave(HANGUP)


def end_soon(code: int) -> None:
    """End the process in a moment, whatever still waits for the terminal."""
    timer = threading.Timer(GRACE_SECONDS, os._exit, (code,))
    timer.daemon = True
    timer.start()


def _is_alive(terminal: int) -> bool:
    with suppress(termios.error, OSError):
        termios.tcgetattr(terminal)
        return True
    return False
