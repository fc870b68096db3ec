"""A probe's answer for reading and as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mailtui.cli.stories import line_json

if TYPE_CHECKING:
    from mailtui.cli.output import Output
    from mailtui.services.probes.model import Attempt, Probe

_STYLES = {"accepted": "green", "exists": "green", "delivered": "green", "refused": "red", "untrusted": "red"}
_INDENT = 4


def probe_json(probe: Probe) -> dict[str, object]:
    """A probe by the names of the command line's JSON."""
    return {
        "probe": probe.kind,
        "subject": probe.subject,
        "verdict": probe.verdict,
        "told": probe.told,
        "attempts": [_attempt_json(one) for one in probe.attempts],
        "notes": list(probe.notes),
        "seconds": round(probe.seconds, 3),
    }


def _attempt_json(one: Attempt) -> dict[str, object]:
    return {
        "target": one.target,
        "verdict": one.verdict,
        "told": one.told,
        "reply": one.reply,
        "mechanism": one.mechanism,
        "offered": list(one.offered),
        "tls": one.tls,
        "facts": list(one.facts),
        "dialogue": [{"client": said.ours, "text": said.text} for said in one.dialogue],
        "lines": [line_json(line) for line in one.lines],
        "seconds": round(one.seconds, 3),
    }


def print_probe(probe: Probe, output: Output, *, dialogue: bool) -> None:
    """The answer first, then each attempt with what it rests on."""
    output.line(output.styled(probe.subject, "bold"), "  ", _coloured(probe.verdict, probe.told, output))
    for one in probe.attempts:
        output.line()
        for line in _attempt(one, output, dialogue=dialogue):
            output.line(line)
    if probe.notes:
        output.line()
    for note in probe.notes:
        for line in output.wrapped(note, 2, "· "):
            output.line(output.styled(line, "dim"))


def _attempt(one: Attempt, output: Output, *, dialogue: bool) -> Iterator[str]:
    how = ", ".join(filter(None, (one.mechanism, one.tls, f"{one.seconds:.2f} s" if one.seconds else "")))
    yield output.styled(one.target, "bold") + output.styled(f"  {how}", "dim")
    yield "  " + _coloured(one.verdict, one.told, output)
    if one.reply:
        yield f"{'':{_INDENT}}{output.styled(one.reply, 'dim')}"
    for fact in one.facts:
        yield from output.wrapped(fact, _INDENT + 2, f"{'':{_INDENT}}· ")
    if one.offered and one.verdict == "not-offered":
        yield f"{'':{_INDENT}}offered: {' '.join(one.offered)}"
    for said in one.dialogue if dialogue else ():
        yield f"{'':{_INDENT}}{'C' if said.ours else 'S'}: {said.text}"
    for line in one.lines:
        yield f"{'':{_INDENT}}{output.styled(line.text, 'dim')}"


def agreed(warning: str, output: Output) -> bool:
    """Whether the operator at the terminal wants it done nevertheless; nobody there means no."""
    for line in output.wrapped(warning, 0):
        output.aside(output.styled(line, "yellow"))
    if not sys.stdin.isatty():
        output.note("not done: --yes does it without a terminal to ask at")
        return False
    output.stderr.write("Do it? [y/N] ")
    output.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _coloured(verdict: str, text: str, output: Output) -> str:
    return output.styled(text, _STYLES.get(verdict, "yellow"))
