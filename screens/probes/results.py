"""What the probes' views show of each kind of result."""

from __future__ import annotations

from collections.abc import Iterator

from mailtui.screens.finding_lines import finding_lines
from mailtui.services.authresults.model import Reading
from mailtui.services.authresults.telling import reading_lines
from mailtui.services.people.model import Report
from mailtui.services.probes.model import Probe
from mailtui.services.probes.telling import kind_of, probe_lines, report_lines
from mailtui.services.told import Kind, Line

Result = Probe | Report | Reading


def about(result: Result) -> str:
    """Whom or what it is about."""
    if isinstance(result, Probe):
        return result.subject
    return result.address if isinstance(result, Report) else result.sender or "?"


def answer(result: Result) -> tuple[Kind, str]:
    """The answer in a line, and how it is to be taken."""
    if isinstance(result, Probe):
        return kind_of(result.verdict), result.told
    if isinstance(result, Report):
        return "good" if result.whole else "bad", result.told
    vouched = any(one.aligned for one in result.alignments)
    return ("good", "From is vouched for") if vouched else ("fair", "nothing vouches for From")


def lines_of(result: Result, *, dialogue: bool) -> Iterator[Line]:
    """All of it; ``dialogue``: what was said to servers, too."""
    if isinstance(result, Probe):
        yield from probe_lines(result, dialogue=dialogue)
    elif isinstance(result, Reading):
        yield from reading_lines(result)
    else:
        yield from report_lines(result)
        if result.findings:
            yield Line("text", "")
            yield from (Line("text", text) for text in finding_lines(result.findings))
