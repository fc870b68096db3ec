"""One delivery status line as a value: what was tried when, with which server, and how long each part took."""

from __future__ import annotations

from mailtui.maillog.model import Attempt, Event
from mailtui.maillog.story_lines import event_ref

_MOST = 1e12


def attempt_of(event: Event) -> Attempt:
    """One delivery status line, or one refusal."""
    fields = event.fields
    status = fields.get("status", "rejected").lower()
    return Attempt(
        time=event.time or 0.0,
        status="deferred" if status == "softbounce" else status,
        dsn=fields.get("dsn", ""),
        relay=fields.get("relay", ""),
        delay=_number(fields.get("delay", "")),
        delays=_delays(fields.get("delays", "")),
        tls=fields.get("tls", ""),
        reason=fields.get("reason", ""),
        conn_use=int(_number(fields.get("conn_use", "1"))),
        line=event_ref(event),
    )


def _delays(text: str) -> tuple[float, float, float, float] | None:
    parts = text.split("/")
    if len(parts) != 4:
        return None
    before, queued, connecting, sending = map(_number, parts)
    return before, queued, connecting, sending


def _number(text: str) -> float:
    """What is logged; 0 for what no server logs: neither seconds nor sessions come in trillions."""
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if 0 <= number < _MOST else 0.0
