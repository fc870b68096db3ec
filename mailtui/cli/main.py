"""From a command line to an exit status: which command, and a sentence for whatever goes wrong."""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from mailtui.cli import commands
from mailtui.cli.context import Context
from mailtui.cli.output import Output
from mailtui.cli.parser import command_parser, console_parser, split_command
from mailtui.host.errors import Defect, MailtuiError, PermissionDenied, UsageError, look_beside

INTERRUPTED = 130
_RARELY = 50_000
"""New objects after which garbage is looked for: at Python's 700, a short command would spend a twentieth on it."""
_TELL_THEMSELVES = frozenset({"changes", "undo", "demo"})
"""Commands after which nobody is told of interrupted changes."""


def main(argv: Sequence[str]) -> int:
    """Run ``argv`` (without the program's name)."""
    _open_closed_streams()
    output = Output()
    try:
        status = _run(argv, output)
        output.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output(output)
        return 0
    except MailtuiError as error:
        failure = error
    except Exception as error:
        if _came_of_interrupt(error):
            return INTERRUPTED
        failure = _from_os(error) if isinstance(error, OSError) else Defect(error)
    else:
        return status
    return _complain(output, failure, json="--json" in argv)


def _run(argv: Sequence[str], output: Output) -> int:
    _survive_any_text(output)
    name, rest = split_command(argv)
    if name and name not in commands.SUMMARIES:
        raise _unknown(name)
    if name:
        gc.set_threshold(_RARELY)
    try:
        parser = command_parser(name) if name else console_parser()
        args = parser.read(rest)
    except SystemExit as stop:  # argparse has said it: --help, --version or a usage error
        return stop.code if isinstance(stop.code, int) else 2
    with Context(args, output) as context:
        return _command(name, args, context)


def _command(name: str, args: argparse.Namespace, context: Context) -> int:
    if not name:
        from mailtui.cli.console import open_console

        return open_console(context)
    status = commands.load(name).run(args, context)
    if name not in _TELL_THEMSELVES and context.knows_machine:
        from mailtui.cli.changing import tell_of_interrupted

        tell_of_interrupted(context)
    return status


def _unknown(name: str) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(name, commands.SUMMARIES, n=1)
    hint = f"did you mean {near[0]}?" if near else "mailtui --help lists the commands"
    return UsageError(f"there is no command {name!r}", unlock=hint)


def _open_closed_streams() -> None:
    """A stream that whoever started this has closed leads nowhere; no file opened later may take its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - open until the end


def _survive_any_text(output: Output) -> None:
    """A locale without the symbols must not end the program."""
    for stream in (output.stdout, output.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")


def _complain(output: Output, error: MailtuiError, *, json: bool) -> int:
    """Tell people what failed and what to do, and a program that waits for JSON as well."""
    try:
        if json and not output.begun:
            output.json({"error": error.message, "advice": error.unlock, "status": error.exit_code})
        output.flush()
    except (OSError, MailtuiError):
        _drop_output(output)
    output.problem(error.message, error.unlock)
    return error.exit_code


def _came_of_interrupt(error: BaseException) -> bool:
    """Whether it was raised while an interrupt was on its way up: a wait for a child that was interrupted, say."""
    before = error.__context__
    return before is not None and (isinstance(before, KeyboardInterrupt) or _came_of_interrupt(before))


def _from_os(error: OSError) -> MailtuiError:
    place = f"{error.filename}: " if error.filename else ""
    message = f"{place}{error.strerror or error}"
    if isinstance(error, PermissionError):
        return PermissionDenied(message, unlock="run it as a user who may read it: group adm, or sudo")
    if isinstance(error, FileNotFoundError | IsADirectoryError | NotADirectoryError):
        named = isinstance(error.filename, str)
        return UsageError(message, unlock=look_beside(Path(error.filename)) if named else "")
    return MailtuiError(message)


def _drop_output(output: Output) -> None:
    """The reader has gone: nothing more may be written, not even when Python closes the stream at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), output.stdout.fileno())
