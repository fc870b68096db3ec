"""``--compat pflogsumm`` counts as pflogsumm itself does."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks.generate import Plan
from benchmarks.traffic.site import Habits
from mailtui.maillog.report import Report, report
from tests.unit.report.support import STAMP, message, written

PLANS = [
    Plan(10_000, seed=21, days=3),
    Plan(10_000, seed=22, days=3, header="rfc3164"),
    Plan(10_000, seed=23, days=2, header="postlogd", habits=Habits(postfix=(3, 10))),
    Plan(10_000, seed=24, days=1, habits=Habits(long_queue_ids=True, postfix=(3, 11))),
    Plan(6_000, seed=25, days=1, habits=Habits(instance="postfix-out")),
]
NAMES = {
    "received": "received",
    "delivered": "delivered",
    "forwarded": "forwarded",
    "deferred": "deferred",
    "bounced": "bounced",
    "rejected": "rejected",
    "reject warnings": "reject_warnings",
    "held": "held",
    "discarded": "discarded",
    "bytes received": "bytes_received",
    "bytes delivered": "bytes_delivered",
    "senders": "senders",
    "sending hosts/domains": "sender_domains",
    "recipients": "recipients",
    "recipient hosts/domains": "recipient_domains",
}
_TOTAL = re.compile(r"^ +(\d+[km]?) +([a-z/ ]+?)(?:  \((\d+)  deferrals\)| \(\d+%\))?$", re.MULTILINE)
_DAY = re.compile(r"^    [A-Z][a-z]{2} [ \d]\d \d{4}((?: +\d+)+)", re.MULTILINE)
needs_pflogsumm = pytest.mark.skipif(not shutil.which("pflogsumm"), reason="pflogsumm is not installed")


def as_printed(value: int) -> str:
    """pflogsumm's units."""
    if value > 512 * 1024 * 1024:
        return f"{value // 1024 // 1024}m"
    return f"{value // 1024}k" if value > 512 * 1024 else str(value)


def pflogsumm(log: Path) -> str:
    words = ["pflogsumm", str(log)]
    return subprocess.run(words, check=True, capture_output=True, text=True, errors="replace").stdout


@needs_pflogsumm
@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"seed {plan.seed}, {plan.header}")
def test_totals_equal_pflogsumms_own(plan: Plan, tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    written(plan, log)
    printed = pflogsumm(log)
    found = report([log], compat=True)
    seen = _TOTAL.findall(printed.partition("Per-")[0])
    assert {NAMES[name]: value for value, name, _ in seen} == {
        name: as_printed(found.totals[name]) for name in NAMES.values()
    }
    deferrals = next(count for _, name, count in seen if name == "deferred")
    assert int(deferrals or 0) == found.totals["deferrals"]


@needs_pflogsumm
@pytest.mark.parametrize("plan", PLANS[:4], ids=lambda plan: f"seed {plan.seed}, {plan.header}")
def test_days_and_lists_equal_pflogsumms_own(plan: Plan, tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    written(plan, log)
    printed = pflogsumm(log)
    found = report([log], compat=True)
    days = [[*map(int, row.split())] for row in _DAY.findall(printed)]  # noughts at the end are left out
    assert [day + [0] * (5 - len(day)) for day in days] == [_five(row) for row in found.per_day]
    for title, rows, name in (
        ("Senders by message count", found.senders, "address"),
        ("Recipients by message count", found.recipients, "address"),
    ):
        assert _listed(printed, title) == {row[name]: row["messages"] for row in rows}


def _five(row: dict[str, int]) -> list[int]:
    refused = row["rejected"] + row["reject_warnings"] + row["held"] + row["discarded"]
    return [row["received"], row["delivered"], row["deferrals"], row["bounced"], refused]


def _listed(printed: str, title: str) -> dict[str, int]:
    _, _, after = printed.partition(f"\n{title}\n")
    lines = after.split("\n\n")[0].splitlines()[1:]
    return {line.split()[1]: int(line.split()[0]) for line in lines}


def compat(tmp_path: Path, *lines: str) -> Report:
    log = tmp_path / "mail.log"
    log.write_text("".join(f"{line}\n" for line in lines))
    return report([log], compat=True)


def test_a_submission_over_tls_is_not_seen(tmp_path: Path) -> None:
    """pflogsumm knows smtps and submission, not submissions."""
    client = "0A1B2C3D4E5: client=pc.example[192.0.2.7]"
    found = compat(tmp_path, *(f"{STAMP} postfix/{name}/smtpd[1]: {client}" for name in ("submissions", "smtps")))
    assert found.totals["received"] == 1


def test_a_queue_id_used_again_keeps_its_first_size(tmp_path: Path) -> None:
    again = [line.replace("size=1000", "size=7") for line in message("0A1B2C3D4E5")]
    found = compat(tmp_path, *message("0A1B2C3D4E5"), *again)
    assert (found.totals["received"], found.totals["bytes_received"], found.totals["bytes_delivered"]) == (
        2,
        1000,
        2000,
    )


def test_a_proxied_message_and_a_hand_off_both_count(tmp_path: Path) -> None:
    found = compat(
        tmp_path,
        f"{STAMP} postfix/smtpd[1]: NOQUEUE: client=pc.example[192.0.2.7]",
        f"{STAMP} postfix/smtp[2]: 0A1B2C3D4E5: to=<b@example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=1,"
        " delays=1/0/0/0, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 1A1B2C3D4E5)",
    )
    assert (found.totals["received"], found.totals["delivered"]) == (1, 1)


def test_a_status_line_with_tls_is_not_seen(tmp_path: Path) -> None:
    status = (
        "to=<b@x.example>, relay=mx[192.0.2.9]:25, delay=1, delays=1/0/0/0, tls=may, dsn=2.0.0, status=sent (250 ok)"
    )
    assert compat(tmp_path, f"{STAMP} postfix/smtp[2]: 0A1B2C3D4E5: {status}").totals["delivered"] == 0
