"""The shapes monitoring wants."""

from __future__ import annotations

import io

from mailtui.cli.check_formats import nagios, prometheus
from mailtui.cli.output import Output
from mailtui.findings import Finding
from mailtui.services.checks.model import Report

DOWN = Finding("service.down:Dovecot", "error", "services", "Dovecot", "does | not run")
STALE = Finding('map.stale:"a\\b"', "warning", "maps", "virtual", "older")


def _output() -> tuple[Output, io.StringIO]:
    written = io.StringIO()
    return Output(written, io.StringIO()), written


def test_nagios_gets_one_line_with_numbers_and_its_own_exit_codes() -> None:
    output, written = _output()
    assert nagios(Report((DOWN, STALE), ("a",), (), 0.5), (DOWN, STALE), output) == 2
    first, *rest = written.getvalue().splitlines()
    assert first == (
        "MAIL CRITICAL - Dovecot: does ¦ not run; virtual: older | errors=1 warnings=1 notices=0 seconds=0.50s"
    )
    assert len(rest) == 2


def test_nagios_knows_fine_warning_and_unknown() -> None:
    assert nagios(Report((), ("a",)), (), _output()[0]) == 0
    assert nagios(Report((STALE,), ("a",)), (STALE,), _output()[0]) == 1
    assert nagios(Report(()), (), _output()[0]) == 3


def test_prometheus_labels_are_escaped() -> None:
    output, written = _output()
    assert prometheus(Report((STALE,), ("a",), areas=("maps",)), (STALE,), output) == 0
    text = written.getvalue()
    assert 'mailtui_findings{severity="warning",area="maps"} 1\n' in text
    assert r'mailtui_finding{id="map.stale:\"a\\b\"",severity="warning"' in text
    assert "mailtui_unchecked 0\n" in text
