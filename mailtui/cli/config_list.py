"""``mailtui config list`` and ``diff``: every parameter, its default, what is written where, and what it is for."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mailtui.host.errors import HostError, MailtuiError, ToolMissing
from mailtui.services.configuration.model import PROGRAMS, Program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtui.cli.context import Context
    from mailtui.services.configuration.listing import Parameter


def run(args: argparse.Namespace, context: Context) -> int:
    """Print those that contain every word; exit 1 where there is none, 3 where one program's cannot be read."""
    named = [program for program in PROGRAMS if program in args.words[:1]]
    words = args.words[len(named) :]
    read, left_out = _all(named or PROGRAMS, context)
    found = [one for one in read if one.contains(words) and (args.verb == "list" or one.changed)]
    if args.json:
        context.output.json_list(_json(one) for one in found)
    for one in found if not args.json else ():
        _print(one, context)
    return left_out or (0 if found else 1)


def _all(programs: Sequence[Program], context: Context) -> tuple[list[Parameter], int]:
    """What can be read, and 3 where a program that is installed is left out; raises HostError where nothing can."""
    listing = context.services.listing
    found: list[Parameter] = []
    problems: list[MailtuiError] = []
    for program in programs:
        try:
            found += listing.of(program)
        except MailtuiError as error:
            problems.append(error)
            context.output.problem(error.message, error.unlock)
    if len(problems) == len(programs):
        raise HostError("no configuration could be read", unlock=problems[0].unlock)
    missed = any(not isinstance(problem, ToolMissing) for problem in problems)
    return found, HostError.exit_code if missed else 0


def _json(one: Parameter) -> dict[str, object]:
    return {
        "program": one.program,
        "name": one.name,
        "default": one.default,
        "written": one.written,
        "value": one.value,
        "changed": one.changed,
        "place": one.place or None,
        "about": one.about,
    }


def _print(one: Parameter, context: Context) -> None:
    output = context.output
    output.line(f"{output.styled(one.name, 'bold')} = {one.value}")
    if one.written is not None and one.written != one.value:
        output.line(f"    written {one.written}")
    if one.changed:
        output.line(output.styled(f"    default {one.default or '(empty)'}", "dim"))
    if one.place:
        output.line(output.styled(f"    {one.place}", "dim"))
    for line in output.wrapped(one.about, 4) if one.about else ():
        output.line(output.styled(line, "cyan"))
