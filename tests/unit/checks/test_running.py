"""Checks run side by side: one that is slow, refused or mistaken hides nothing of the others."""

from __future__ import annotations

import threading

from mailtui.findings import Finding
from mailtui.host.errors import HostError, PermissionDenied
from mailtui.services.checks.model import Check
from mailtui.services.checks.running import run_checks


def _finding(name: str, severity: str = "warning") -> Finding:
    return Finding(name, severity, "maps", name, "is wrong")  # type: ignore[arg-type]


def _raising(error: Exception) -> Check:
    def run() -> tuple[Finding, ...]:
        raise error

    return Check("queue", "the queue", run)


def test_the_gravest_comes_first_and_each_once() -> None:
    checks = [
        Check("maps", "one", lambda: (_finding("a", "notice"), _finding("b", "error"))),
        Check("maps", "two", lambda: (_finding("b", "error"),)),
    ]
    report = run_checks(checks)
    assert [one.id for one in report.findings] == ["b", "a"]
    assert report.checked == ("one", "two")
    assert report.unchecked == ()


def test_a_check_that_hangs_is_told_and_the_others_are_heard() -> None:
    never = threading.Event()

    def hang() -> tuple[Finding, ...]:
        never.wait()
        return ()

    report = run_checks([Check("dns", "the resolver", hang, 0.05), Check("maps", "tables", lambda: (_finding("a"),))])
    never.set()
    assert {one.id for one in report.findings} == {"a", "checks.unchecked:no answer within 0.05 s"}
    assert report.checked == ("tables",)
    assert report.seconds < 3


def test_a_slow_check_is_waited_for_while_others_end() -> None:
    ended = [threading.Event() for _ in range(5)]

    def check(number: int) -> Check:
        def run() -> tuple[Finding, ...]:
            if number:
                ended[number - 1].wait()
                threading.Event().wait(0.3)
            ended[number].set()
            return ()

        return Check("maps", str(number), run, 1.0)

    report = run_checks([check(number) for number in range(len(ended))])
    assert report.unchecked == ()
    assert report.seconds > 1.0


def test_a_mistake_in_one_check_is_told_and_stops_none() -> None:
    report = run_checks([_raising(ZeroDivisionError("by nought")), Check("maps", "tables", lambda: (_finding("a"),))])
    assert [one.title for one in report.findings if one.area == "checks"] == [
        "not checked: a mistake in mailtui: ZeroDivisionError: by nought"
    ]
    assert report.checked == ("tables",)


def test_what_is_refused_is_a_notice_and_what_is_broken_a_warning() -> None:
    refused = run_checks([_raising(PermissionDenied("root's", unlock="run it with sudo"))])
    broken = run_checks([_raising(HostError("it is gone"))])
    assert [(one.severity, one.advice) for one in refused.findings] == [("notice", "run it with sudo")]
    assert [one.severity for one in broken.findings] == ["warning"]


def test_one_reason_is_told_once_for_all_it_hinders() -> None:
    report = run_checks([_raising(HostError("no postconf")), _raising(HostError("no postconf"))])
    assert [(one.subject, one.title) for one in report.findings] == [
        ("the queue, the queue", "not checked: no postconf")
    ]
    assert len(report.unchecked) == 2


def test_hostile_words_of_an_error_reach_nobody_raw() -> None:
    report = run_checks([_raising(HostError("bad \x1b[2J name"))])
    assert "\x1b" not in report.findings[0].title
