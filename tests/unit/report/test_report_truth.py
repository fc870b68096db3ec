"""The totals are what really happened, in every form a log is written in."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.generate import Plan, write_log
from benchmarks.traffic.site import Habits
from mailtui.maillog.report import report
from mailtui.maillog.report.sections import total
from mailtui.maillog.scan import Part
from tests.unit.report.support import report_of_parts, written

PLANS = {
    "usual": Plan(12_000, seed=1, days=3),
    "traditional headers": Plan(8_000, seed=2, days=40, header="rfc3164"),
    "maillog_file": Plan(8_000, seed=3, days=2, header="postlogd", habits=Habits(postfix=(3, 10))),
    "long queue IDs, tls= in status lines": Plan(
        8_000, seed=4, days=1, habits=Habits(long_queue_ids=True, postfix=(3, 11), dovecot=(2, 4))
    ),
    "an instance, another zone": Plan(
        8_000, seed=5, days=2, zone_hours=-3.5, habits=Habits(instance="postfix-out", host="mx.example.org")
    ),
    "a relay without mailboxes": Plan(8_000, seed=6, days=0.2, habits=Habits(dovecot_share=0)),
}


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_totals_equal_what_happened(plan: Plan, tmp_path: Path) -> None:
    truth = written(plan, tmp_path / "mail.log")
    found = report([tmp_path / "mail.log"], workers=1)
    told = truth.as_json()
    assert {name: found.totals[name] for name in truth.totals} == dict(truth.totals)
    assert (found.lines, found.unparsed) == (told["lines"], 0)
    for rows, key, counted in ((found.per_day, "date", truth.per_day), (found.per_hour, "hour", truth.per_hour)):
        by_key = {row[key] if key == "date" else f"{row[key]:02}": row for row in rows}
        for when, counts in counted.items():
            assert {name: by_key[when][name] for name in counts} == dict(counts), when


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_people_and_daemons_equal_what_happened(plan: Plan, tmp_path: Path) -> None:
    truth = written(plan, tmp_path / "mail.log")
    found = report([tmp_path / "mail.log"], workers=1)
    assert {row["address"]: row["messages"] for row in found.senders} == dict(truth.senders)
    assert {row["address"]: row["messages"] for row in found.recipients} == dict(truth.recipients)
    assert found.smtpd["connections"] == truth.smtpd["connections"]
    assert found.postscreen["connections"] == truth.postscreen["connections"]
    assert total(found.warnings) == truth.severities["warning"]
    assert total(found.fatals) == truth.severities["fatal"]
    for mine, theirs in (("logins", "logins"), ("login_failures", "login_failures"), ("saved", "saved")):
        assert found.dovecot[mine] == truth.dovecot[theirs]
    assert total(found.dovecot["errors"]) == truth.dovecot["errors"]


def test_several_processes_find_what_one_finds(tmp_path: Path) -> None:
    """The file is larger than what one process would read alone."""
    log = tmp_path / "mail.log"
    truth = write_log(Plan(45_000, seed=8, days=2), log)
    assert log.stat().st_size > 5_000_000
    words = [sys.executable, "-m", "mailtui", "report", "--json", str(log)]
    told = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)
    alone = report([log], workers=1)
    assert told == json.loads(json.dumps(alone.as_json()))
    assert {name: told["totals"][name] for name in truth.totals} == dict(truth.totals)


def test_parts_cut_anywhere_add_up_to_the_whole(tmp_path: Path) -> None:
    """A message's lines may lie on both sides of a seam, wherever it is."""
    log = tmp_path / "mail.log"
    written(Plan(1_500, seed=9, days=0.05), log)
    whole = report_of_parts([Part(log)])
    at = 0
    ends = [at := at + len(line) for line in log.read_bytes().splitlines(keepends=True)]
    for end in ends[:-1:7]:
        parts = report_of_parts([Part(log, 0, end), Part(log, end, None)])
        assert parts.totals == whole.totals, end
        assert parts.per_hour == whole.per_hour
        assert parts.smtpd == whole.smtpd
        assert parts.senders == whole.senders
        assert parts.recipients == whole.recipients
        assert parts.recipient_domains == whole.recipient_domains


def test_three_parts_share_a_message(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    written(Plan(900, seed=10, days=0.02), log)
    whole = report_of_parts([Part(log)])
    at = 0
    ends = [0, *[at := at + len(line) for line in log.read_bytes().splitlines(keepends=True)]]
    for step in (23, 60, 200):
        cuts = [*ends[::step], ends[-1]]
        parts = [Part(log, start, end) for start, end in pairwise(cuts)]
        assert report_of_parts(parts).totals == whole.totals, step
