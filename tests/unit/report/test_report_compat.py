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
from mailtui.maillog.report.domains import Alike
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


def pflogsumm(log: Path, *options: str) -> str:
    words = ["pflogsumm", *options, str(log)]
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


VERP = (
    "list-return-17-ann=b.example@lists.example.org",
    "list-return-18-ann=b.example@lists.example.org",
    "List-Return-18-ann=b.example@Lists.Example.org",
    "bounces+99-abcd-carl=c.example@mail.example.net",
    "bounce-4711_12.3@mail.example.net",
    "noreply-1.2+3@shop.example",
    "sentto-1-22-333-ann=b.example@groups.example",
    "user2026@plain.example",
    "4-5@x.example",
    "",
)


@needs_pflogsumm
@pytest.mark.parametrize("options", [["-i"], ["--verp-mung"], ["--verp-mung=2"], ["-i", "--verp-mung=2"]], ids=" ".join)
def test_senders_that_are_one_to_pflogsumm_are_one_here(options: list[str], tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_text("".join(line for number, sender in enumerate(VERP) for line in _sent_by(sender, number)))
    verp = 2 if "--verp-mung=2" in options else int("--verp-mung" in options)
    found = report([log], compat=True, alike=Alike("-i" in options, verp))
    expected = _listed(pflogsumm(log, *options), "Senders by message count")
    assert {row["address"]: row["messages"] for row in found.senders} == expected
    assert len(expected) < len(VERP) or options == ["--verp-mung"]


def _sent_by(sender: str, number: int) -> list[str]:
    queue_id = f"0A1B2C3D4{number}"
    return [
        f"{STAMP} postfix/smtpd[1]: {queue_id}: client=pc.example[192.0.2.7]\n",
        f"{STAMP} postfix/qmgr[1]: {queue_id}: from=<{sender}>, size=100, nrcpt=1 (queue active)\n",
        f"{STAMP} postfix/qmgr[1]: {queue_id}: removed\n",
    ]


def test_an_endless_sender_costs_no_time() -> None:
    endless = "1" * 100_000 + "@x.example"
    assert Alike(verp_mung=2).sender(endless) == endless
    assert Alike(verp_mung=2).sender("1-" * 150 + "@x.example").endswith("@x.example")


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
