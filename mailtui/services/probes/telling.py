"""Probes and reports of users as lines to read."""

from __future__ import annotations

from collections.abc import Iterator

from mailtui.services.people.model import Place, Report
from mailtui.services.probes.model import Attempt, Probe
from mailtui.services.told import Kind, Line

_GOOD = frozenset({"accepted", "exists", "delivered", "no-relay"})
_BAD = frozenset({"refused", "untrusted", "open-relay"})
_TURNED: dict[str, Kind] = {"accepted": "bad", "refused": "good"}
"""Of a relay test's attempts: there the server's no is good."""
_PLACES: dict[str, tuple[str, Kind]] = {
    "there": ("✔", "good"),
    "missing": ("✖", "bad"),
    "wrong": ("✖", "bad"),
    "unused": ("·", "dim"),
    "unknown": ("?", "fair"),
}


def kind_of(verdict: str) -> Kind:
    """How a verdict is to be taken."""
    return "good" if verdict in _GOOD else "bad" if verdict in _BAD else "fair"


def probe_lines(probe: Probe, *, dialogue: bool) -> Iterator[Line]:
    """The answer first, then each attempt with what it rests on; ``dialogue``: all that was said, too."""
    yield Line("title", probe.subject)
    yield Line(kind_of(probe.verdict), probe.told)
    for one in probe.attempts:
        yield Line("text", "")
        kind = kind_of(one.verdict) if probe.kind != "relay" else _TURNED.get(one.verdict, "fair")
        yield from _attempt(one, kind, dialogue=dialogue)
    if probe.notes:
        yield Line("text", "")
    for note in probe.notes:
        yield Line("dim", f"· {note}", 2)


def _attempt(one: Attempt, kind: Kind, *, dialogue: bool) -> Iterator[Line]:
    how = ", ".join(filter(None, (one.mechanism, one.tls, f"{one.seconds:.2f} s" if one.seconds else "")))
    yield Line("title", f"{one.target}  {how}".rstrip())
    yield Line(kind, one.told, 2)
    if one.reply:
        yield Line("dim", one.reply, 4)
    for fact in one.facts:
        yield Line("text", f"· {fact}", 4)
    if one.offered:
        yield Line("dim", f"offered: {' '.join(one.offered)}", 4)
    for said in one.dialogue if dialogue else ():
        yield Line("text", f"{'C' if said.ours else 'S'}: {said.text}", 4)
    for line in one.lines:
        yield Line("dim", line.text, 4)


def report_lines(report: Report) -> Iterator[Line]:
    """Each place where a user should be; what is wrong is told by the findings."""
    yield Line("title", report.address)
    yield Line("bad" if not report.whole else "good" if report.asked else "text", report.told)
    user = report.address
    for place in report.places:
        if place.user != user:
            user = place.user
            yield Line("text", "")
            yield Line("title", user)
        yield from _place(place)


def _place(place: Place) -> Iterator[Line]:
    mark, kind = _PLACES[place.state]
    yield Line(kind, f"{mark} {place.name:<12} {place.told}", 2)
    for fact in place.facts:
        yield Line("dim", fact, 17)
