"""Failures of the last hour as findings, read from the log."""

from __future__ import annotations

import time
from pathlib import Path

from mailtui.findings import Finding
from mailtui.services.checks.logs import Logs
from mailtui.services.logs import LogSource, LogSources
from tests.support.tools import RecordedTools

HOUR = 3600.0
LONG_AGO = 3 * HOUR


class OneLog(LogSources):
    def __init__(self, path: Path) -> None:
        self.path = path

    def discover(self) -> tuple[LogSource, ...]:
        return (LogSource(self.path.name, "file", self.path, readable=True),)


def line(ago: float, text: str) -> str:
    return f"{time.strftime('%b %e %H:%M:%S', time.localtime(time.time() - ago))} mx {text}\n"


def local_trouble(ago: float) -> str:
    return line(ago, "postfix/smtpd[7]: fatal: open database /etc/postfix/virtual.db: No such file or directory")


def findings(path: Path, *lines: str) -> tuple[Finding, ...]:
    path.write_text("".join(lines))
    return Logs(RecordedTools({}), OneLog(path)).incidents()


def test_what_failed_in_the_last_hour_is_told_with_its_last_line(tmp_path: Path) -> None:
    (found,) = findings(tmp_path / "mail.log", local_trouble(LONG_AGO), local_trouble(60), local_trouble(1))
    assert found.title == "2 times in the last hour" and found.severity == "error"
    assert "virtual.db" in found.evidence[0]


def test_what_is_over_is_not_told(tmp_path: Path) -> None:
    assert findings(tmp_path / "mail.log", local_trouble(LONG_AGO)) == ()


def test_what_others_must_mend_is_not_told(tmp_path: Path) -> None:
    theirs = (
        "postfix/smtp[7]: 4B7C81Z: to=<a@far.example>, relay=mx.far.example[192.0.2.1]:25, delay=1, delays=0/0/0/1, "
    )
    reply = "dsn=5.1.1, status=bounced (host mx.far.example[192.0.2.1] said: 550 5.1.1 User unknown)"
    assert findings(tmp_path / "mail.log", line(1, theirs + reply)) == ()


def test_a_log_of_something_else_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_text(line(LONG_AGO, "app[1]: something else") * 30)
    (found,) = Logs(RecordedTools({}), OneLog(path)).sources()
    assert (found.severity, found.subject, found.title) == (
        "warning",
        "app.log",
        "none of its last lines tells of mail",
    )
    assert "--log FILE" in found.advice
    with path.open("a") as log:
        log.write(local_trouble(1))
    assert Logs(RecordedTools({}), OneLog(path)).sources() == ()
