"""Failures as findings: read from the log, or taken from what the console has read of it already."""

from __future__ import annotations

import time

from mailtui.maillog.model import Incident
from mailtui.services.checks.logs import Logs
from mailtui.services.live.model import LiveSnapshot
from mailtui.services.logs import LogSource, LogSources
from tests.support.tools import RecordedTools


def incident(name: str, *, who: str = "us", first: float, last: float) -> Incident:
    return Incident(name, "cause", name, who, "Mend it.", "error", 3, 3, 3, first, last, (), ())


class Unread(LogSources):
    """Logs that nobody may look for."""

    def __init__(self) -> None: ...

    def discover(self) -> tuple[LogSource, ...]:
        raise AssertionError("the log was read")


def found(live: LiveSnapshot) -> dict[str, str]:
    findings = Logs(RecordedTools({}), Unread(), lambda: live).incidents()
    return {finding.subject: finding.title for finding in findings}


def test_what_the_console_has_read_is_not_read_again() -> None:
    now = time.time()
    live = LiveSnapshot(
        1,
        now,
        incidents=(
            incident("new", first=now - 60, last=now - 1),
            incident("old and new", first=now - 7200, last=now - 1),
            incident("over", first=now - 7200, last=now - 4000),
            incident("of others", who="remote", first=now - 60, last=now - 1),
        ),
        loading=False,
    )
    assert found(live) == {
        "new": "3 times in the last hour",
        "old and new": "3 times in the last day, the last of them within an hour",
    }
