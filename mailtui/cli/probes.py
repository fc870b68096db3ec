"""A probe's answer for reading and as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mailtui.cli.stories import line_json

if TYPE_CHECKING:
    from mailtui.cli.output import Output
    from mailtui.services.probes.model import Attempt, Probe
    from mailtui.services.told import Kind, Line

_BULLET = "· "
_STYLES: dict[Kind, tuple[str, ...]] = {
    "title": ("bold",),
    "good": ("green",),
    "fair": ("yellow",),
    "bad": ("red",),
    "text": (),
    "dim": ("dim",),
}


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
        "client": one.client,
        "facts": list(one.facts),
        "dialogue": [{"client": said.ours, "text": said.text} for said in one.dialogue],
        "lines": [line_json(line) for line in one.lines],
        "seconds": round(one.seconds, 3),
    }


def print_told(lines: Iterable[Line], output: Output) -> None:
    """Lines for reading, each in the colour of what it is; log lines and dialogues stay on one line."""
    for line in lines:
        if line.text.startswith(_BULLET):
            first = " " * line.indent + _BULLET
            for part in output.wrapped(line.text.removeprefix(_BULLET), len(first), first):
                output.line(output.styled(part, *_STYLES[line.kind]))
        else:
            output.line(" " * line.indent, output.styled(line.text, *_STYLES[line.kind]))


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
