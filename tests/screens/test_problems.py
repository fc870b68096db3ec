from dataclasses import replace

from mailtui.findings import Finding
from mailtui.screens.problems import problems
from mailtui.screens.targets import OpenFindings, OpenIncident, OpenNote
from mailtui.services.checks.model import Report
from tests.screens.fake_findings import DOWN, EVIL, STALE
from tests.screens.fake_stories import NOW
from tests.screens.fakes import broken_pulse, denied_live, live_snapshot, pulse_snapshot


def test_nothing_known_is_no_problem() -> None:
    assert problems(None, None) == ()


def test_the_one_fresh_failure_of_ours_opens_itself() -> None:
    (first, *_) = problems(live_snapshot(), pulse_snapshot())
    assert first.severity == "error"
    assert first.text == "User unknown in virtual alias table: shop.example: 12 times, last 1m ago"
    assert first.target == OpenIncident("unknown-user:shop.example")


def test_a_log_that_tells_nothing_of_mail_is_no_calm() -> None:
    strange = replace(live_snapshot(), incidents=(), lines=1300, strange=1300)
    (first, *_) = problems(strange, None)
    assert (first.severity, first.text) == (
        "error",
        "None of the 1,300 lines that were read tells of mail: is it the mail log?",
    )
    assert problems(replace(strange, strange=1299), None) == ()
    assert problems(replace(strange, lines=9, strange=9), None) == ()


def test_old_failures_leave_the_headline() -> None:
    later = replace(live_snapshot(), now=NOW + 7200)
    assert problems(later, None) == ()


def test_two_causes_are_one_line() -> None:
    live = live_snapshot()
    twin = replace(live.incidents[0], id="other")
    texts = [p.text for p in problems(replace(live, incidents=(*live.incidents, twin)), None)]
    assert texts[0] == (
        "2 causes of failure need you, last seen 1m ago: User unknown in virtual alias table: shop.example"
    )


def test_a_bad_night_is_told_worst_first() -> None:
    found = problems(live_snapshot(), broken_pulse())
    assert [p.severity for p in found] == sorted(p.severity for p in found)
    texts = " | ".join(p.text for p in found)
    for part in (
        "Dovecot is not running",
        "Disk of the spool is nearly full: 1.0 GB free",
        "Certificate of mail.example.org ended 2 days ago",
        "Name resolution fails: timeout",
        "Load 8.7 on 2 CPUs",
    ):
        assert part in texts


def test_an_unreadable_log_says_what_would_unlock_it() -> None:
    (problem,) = problems(denied_live(), None)
    assert problem.text == "No log can be read: this user may not read /var/log/mail.log"
    assert isinstance(problem.target, OpenNote)
    assert "sudo usermod -aG adm $USER" in problem.target.lines[0]


def test_certificates_count_days() -> None:
    pulse = replace(pulse_snapshot(), time=NOW + 6 * 86400)
    assert [p.text for p in problems(None, pulse)] == ["Certificate of mail.example.org ends in 6 days"]


def _report(*findings: Finding) -> Report:
    return Report(findings)


def test_what_no_log_tells_is_named_and_opens_its_place_in_the_list() -> None:
    (error, warning) = problems(None, None, (), _report(DOWN, replace(STALE, severity="error"), STALE, STALE, EVIL))
    assert error.text == "1 finding (key 0): hash:/etc/postfix/virtual: was not compiled since its last change"
    assert error.target == OpenFindings(STALE.id)
    assert (warning.severity, warning.text.partition(":")[0]) == ("warning", "2 findings (key 0)")


def test_what_the_overview_tells_by_itself_is_not_said_twice() -> None:
    assert problems(None, None, (), _report(DOWN, EVIL)) == ()
