"""What ports show that they should not, or do not show at all, and the step that mends it.

Both programs read their files when a process starts: a renewed certificate is served after a reload. A compiled SNI
table holds copies of the files: it must be built again first. Where the files themselves are broken no reload helps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from mailtui.findings import Finding
from mailtui.services.postfix.tables import file_of
from mailtui.services.tls.facts import CertificateFacts
from mailtui.services.tls.inventory import Held
from mailtui.services.tls.serving.model import Shown, Survey
from mailtui.services.tls.words import finding

_TITLES = {"postfix": "Postfix", "dovecot": "Dovecot"}


def drift_findings(survey: Survey) -> tuple[Finding, ...]:
    """One for each thing to do, with the ports that it is seen at."""
    return (*_tables(survey.shown), *_stale(survey), *_broken(survey), *_unknown(survey.shown))


def about(survey: Survey, held: Held) -> tuple[Finding, ...]:
    """What is wrong with one certificate, on disk and on the ports that show it or should."""
    mine = replace(survey, shown=survey.of(held))
    return (*drift_findings(mine), *held.findings)


def _tables(shown: Sequence[Shown]) -> Iterator[Finding]:
    for table in dict.fromkeys(one.expected.table for one in shown if one.verdict == "table"):
        seen = [one for one in shown if one.verdict == "table" and one.expected.table == table]
        fix = ("mailtui", "map", "build", file_of(table)) if file_of(table) else ()
        yield finding("drift.table", table, _evidence(seen), fix=fix, table=table)


def _stale(survey: Survey) -> Iterator[Finding]:
    """By program and by what is shown: one reload mends all its ports."""
    stale = [one for one in survey.shown if one.verdict == "stale"]
    for program, sha256 in dict.fromkeys((one.listener.program, _sha256(one)) for one in stale):
        seen = [one for one in stale if (one.listener.program, _sha256(one)) == (program, sha256)]
        leaf = seen[0].leaf
        over = leaf is not None and leaf.ends <= survey.time
        sound = not any(_broken_files(held) for held in _behind(survey, seen))
        yield finding(
            "drift.over" if over else "drift.stale",
            f"{_TITLES[program]} {', '.join(dict.fromkeys(one.where for one in seen))}",
            _evidence(seen),
            fix=("mailtui", "service", "reload", program) if sound else (),
            program=_TITLES[program],
        )


def _broken(survey: Survey) -> Iterator[Finding]:
    """By program, and whether TLS is announced: one cause takes it from all ports."""
    broken = [one for one in survey.shown if one.verdict == "broken"]
    for program, offered in dict.fromkeys((one.listener.program, one.answer.offers_starttls) for one in broken):
        seen = [one for one in broken if (one.listener.program, one.answer.offers_starttls) == (program, offered)]
        causes = [told for held in _behind(survey, seen) for told in _broken_files(held)]
        unknown = [one.expected.problem for one in seen if one.expected.problem]
        told = [f"{one.where}: {one.answer.problem}: {one.answer.detail}" for one in seen]
        told += [f"{cause.subject}: {cause.title}" for cause in causes]
        yield finding(
            "no-tls.offered" if offered else "no-tls",
            f"{_TITLES[program]} {', '.join(dict.fromkeys(one.where for one in seen))}",
            list(dict.fromkeys([*told, *unknown])),
            fix=() if causes or unknown else ("mailtui", "service", "reload", program),
        )


def _unknown(shown: Sequence[Shown]) -> Iterator[Finding]:
    """Two blocks of Dovecot's that contradict each other: ``doveconf -n`` says nothing, the login process dies."""
    for one in shown:
        if one.verdict == "unknown" and "Conflict" in one.expected.problem:
            yield finding("conflict", f"Dovecot {one.where}", (one.expected.problem,))


def _behind(survey: Survey, seen: Sequence[Shown]) -> list[Held]:
    """The certificates on disk that these ports should show."""
    files = {file for one in seen for file in one.expected.files}
    return [held for held in survey.held if files & set(held.files)]


def _broken_files(held: Held) -> list[Finding]:
    """What keeps a server from loading it."""
    return [one for one in held.findings if one.severity == "error"] if held.problem else []


def _sha256(one: Shown) -> str:
    return one.leaf.sha256 if one.leaf else ""


def _evidence(seen: Sequence[Shown]) -> list[str]:
    lines = []
    for one in seen:
        lines.append(f"{one.where} shows {_told(one.leaf)}")
        lines.append(f"its files hold another: {', '.join(one.expected.files)}")
    return list(dict.fromkeys(lines))


def _told(leaf: CertificateFacts | None) -> str:
    if leaf is None:
        return "nothing"
    ends = datetime.fromtimestamp(leaf.ends, UTC).strftime("%Y-%m-%d")
    return f"{', '.join(leaf.names[:3]) or leaf.subject}, until {ends}, SHA-256 {leaf.sha256[:23]}…"
