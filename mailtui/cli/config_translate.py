"""``mailtui config translate`` and ``apply``: a piece of a how-to, judged, and led to what is installed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.cli.changing import carry_out
from mailtui.host.errors import UsageError
from mailtui.host.files import read_file
from mailtui.services.configuration.translate.service import Translator

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.cli.output import Output
    from mailtui.services.configuration.translate.model import Judged, Translation

_STYLES = {"dangerous": "red", "unknown": "red", "by hand": "yellow", "gone": "yellow", "changed": "cyan"}
_LARGEST = 2**20
_INDENT = 11


def run(args: argparse.Namespace, context: Context) -> int:
    """Judge each line, exit 1 where one is dangerous, unknown or for a person; or carry out what is good."""
    if len(args.words) != 1:
        raise UsageError(f"config {args.verb} takes one file", unlock="- is standard input")
    translation = Translator(context.tools, context.postfix, context.dovecot).translate(_text(args.words[0]))
    if args.verb == "apply":
        if not translation.settings:
            raise UsageError("nothing in it can be set here", unlock="config translate says why, line by line")
        return carry_out(context.services.config_plans.of_several(translation.settings), args, context)
    if args.json:
        context.output.json([_json(one) for one in translation.lines])
    else:
        _print(translation, context.output)
    refused = [one for one in translation.lines if one.judgement in ("dangerous", "unknown", "by hand")]
    return 1 if refused or not translation.lines else 0


def _text(name: str) -> str:
    if name == "-":
        return sys.stdin.buffer.read(_LARGEST).decode("utf-8", "replace")
    return read_file(Path(name), limit=_LARGEST).data.decode("utf-8", "replace")


def _json(one: Judged) -> dict[str, object]:
    return {
        "line": one.number,
        "text": one.text,
        "program": one.program,
        "judgement": one.judgement,
        "becomes": one.becomes,
        "why": one.why,
    }


def _print(translation: Translation, output: Output) -> None:
    for one in translation.lines:
        style = _STYLES.get(one.judgement)
        judgement = f"{one.judgement:<{_INDENT}}"
        output.line(output.styled(judgement, style) if style else judgement, f"{one.number}: {one.text}")
        for line in one.becomes if one.judgement != "same" else ():
            output.line(output.styled(f"{'':{_INDENT}}→ {line}", "green"))
        for line in output.wrapped(one.why, _INDENT) if one.why else ():
            output.line(output.styled(line, "dim"))
    if not translation.lines:
        output.note("nothing in it sets anything")
