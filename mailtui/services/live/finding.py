"""Looking again for logs that cannot be read yet: permission granted, a syslog daemon installed, a setting mended."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from mailtui.host.errors import MailtuiError
from mailtui.services.logs import LogSource

AGAIN = 30.0
"""Seconds between two looks; each may ask Postfix, Dovecot and the journal."""


def wait_for_others(
    discover: Callable[[], Sequence[LogSource]], sources: Iterable[LogSource], stop: threading.Event
) -> bool:
    """Wait until other logs than these are to be read; False when stopped."""
    names = _wanted(sources)
    while not stop.wait(AGAIN):
        with suppress(MailtuiError, OSError):  # those found before are read all the same
            if _wanted(discover()) != names:
                return True
    return False


def _wanted(sources: Iterable[LogSource]) -> set[str]:
    return {source.name for source in sources if source.wanted}
