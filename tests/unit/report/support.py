"""Logs made up for these tests, and reports of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from benchmarks.generate import Plan, generate
from benchmarks.traffic.truth import Truth
from mailtui.maillog.report import Report
from mailtui.maillog.report.run import add_up
from mailtui.maillog.report.workers import read_share
from mailtui.maillog.scan import Part

STAMP = "2026-03-01T10:00:00.000000+00:00 mx1"


def written(plan: Plan, path: Path) -> Truth:
    """Write the planned log and return what happened in it."""
    with path.open("w", encoding="utf-8") as log:
        return generate(plan, log.write)


def report_of(folder: Path, lines: Iterable[str]) -> Report:
    """The report of these lines, read by one process."""
    path = folder / "mail.log"
    path.write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))
    return report_of_parts([Part(path)])


def report_of_parts(parts: Sequence[Part]) -> Report:
    """The report of parts of logs, each read as by a process of its own."""
    results = [read_share([part], first_part=number == 0) for number, part in enumerate(parts)]
    return add_up(results, date(2026, 11, 20))


def message(qid: str, *, second: int = 0, sender: str = "a@far.example", to: str = "b@example.org") -> list[str]:
    """The lines of a message from outside, delivered over LMTP."""

    def line(offset: int, program: str, text: str) -> str:
        at = second + offset
        return f"2026-03-01T10:{at // 60:02}:{at % 60:02}.000000+00:00 mx1 postfix/{program}: {qid}: {text}"

    relay = "mx1.example.org[private/dovecot-lmtp]"
    status = (
        f"to=<{to}>, relay={relay}, delay=0.3, delays=0.1/0/0.1/0.1, dsn=2.0.0, status=sent (250 2.0.0 <{to}> s Saved)"
    )
    return [
        line(0, "smtpd[7]", "client=mail.far.example[203.0.113.5]"),
        line(0, "cleanup[8]", f"message-id=<{qid}@far.example>"),
        line(1, "qmgr[9]", f"from=<{sender}>, size=1000, nrcpt=1 (queue active)"),
        line(1, "lmtp[10]", status),
        line(1, "qmgr[9]", "removed"),
    ]
