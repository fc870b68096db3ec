"""Times, counts and verdicts in the words and colours every view shares.

A colour never stands alone: each severity and outcome has its mark.
"""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from mailtui.host.errors import MailtuiError
from mailtui.text import clean, human_duration

MUTED = "$text-muted"

SEVERITY_MARK = {"error": "✖", "warning": "▲", "notice": "·", "ok": "✔", "unknown": "?"}
SEVERITY_STYLE = {
    "error": "bold $text-error",
    "warning": "$text-warning",
    "notice": MUTED,
    "ok": "$text-success",
    "unknown": "$text-warning",
}
SEVERITY_ORDER = {"error": 0, "warning": 1, "notice": 2}

READ_ONLY = "This console is read-only: nothing is changed."
"""Why an action that changes something is not there."""

OUTCOME_SEVERITY = {
    "sent": "ok",
    "delivered": "ok",
    "forwarded": "ok",
    "filtered": "ok",
    "deferred": "warning",
    "held": "warning",
    "mixed": "warning",
    "queued": "notice",
    "discarded": "notice",
    "deleted": "notice",
    "bounced": "error",
    "expired": "error",
    "rejected": "error",
}

_WHO = {
    "us": "you",
    "remote": "the other side",
    "recipient": "the recipient",
    "sender": "the sender",
    "wait": "nobody",
}


def who_acts(who: str) -> str:
    """``us / remote`` → ``you or the other side``."""
    return " or ".join(_WHO.get(part.strip(), part.strip()) for part in who.split("/") if part.strip())


def trouble(error: MailtuiError) -> Content:
    """What failed and what can be done, where something would be shown."""
    return Content.styled(f"✖ {clean(error.told)}", "$text-error")


def count(number: int) -> str:
    """``18201`` → ``18,201``."""
    return f"{number:,}"


def counted(number: int, one: str, many: str = "") -> str:
    """``2`` and ``message`` → ``2 messages``."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def clock(time: float | None, now: float) -> str:
    """When, as short as it is clear: ``14:03:22`` today, ``Tue 14:03`` this week, ``2026-03-04`` before."""
    if time is None:
        return "–"
    then = datetime.fromtimestamp(time)
    if then.date() == datetime.fromtimestamp(now).date():
        return then.strftime("%H:%M:%S")
    if 0 <= now - time < 6 * 86400:
        return then.strftime("%a %H:%M")
    return then.strftime("%Y-%m-%d")


def ago(time: float | None, now: float) -> str:
    """``3m ago``; clocks of other hosts may run ahead."""
    if time is None:
        return "never"
    seconds = max(0.0, now - time)
    return "just now" if seconds < 2 else f"{human_duration(seconds).split(' ')[0]} ago"


def zone(time: float) -> str:
    """The local zone: ``CET``, or ``+0100`` where it has no letters."""
    return datetime.fromtimestamp(time).astimezone().strftime("%Z")
