"""Standard output is data, standard error is narration."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TextIO

from mailtui.host.errors import MailtuiError
from mailtui.text import clean, clean_lines

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
DEFAULT_WIDTH = 80


class Output:
    """Where a command writes. Everything a stranger may have written passes ``clean`` or the JSON encoder."""

    def __init__(self, stdout: TextIO | None = None, stderr: TextIO | None = None) -> None:
        self.stdout = stdout or sys.stdout
        self.stderr = stderr or sys.stderr
        self.begun = False
        """Whether any data was written."""
        terminal = self.stdout.isatty()
        self.colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self.width = _terminal_width() if terminal else DEFAULT_WIDTH

    def line(self, *parts: str) -> None:
        """One line of data, made of ``parts`` already clean."""
        self._write("".join(parts) + "\n")

    def json(self, value: object) -> None:
        """One JSON document: indented for a reader, in one line (made ten times as fast) for a program."""
        from mailtui.cli import jsonout

        write = jsonout.pretty if self.stdout.isatty() else jsonout.compact
        self._write(write(value) + "\n")

    def json_list(self, values: Iterable[object]) -> None:
        """One JSON array of very many documents, a line each, of which only a few are in memory at a time."""
        from mailtui.cli import jsonout

        mark = "["
        for value in values:
            self._write(f"{mark}{jsonout.compact(value)}")
            mark = ",\n"
        self._write("]\n" if mark != "[" else "[]\n")

    def json_line(self, value: object) -> None:
        """One JSON document on one line, one of many."""
        from mailtui.cli import jsonout

        self._write(jsonout.compact(value) + "\n")

    def note(self, text: str) -> None:
        """One sentence beside the data."""
        self.stderr.write(clean(text) + "\n")

    def aside(self, *parts: str) -> None:
        """One line beside the data, made of ``parts`` already clean."""
        self.stderr.write("".join(parts) + "\n")

    def problem(self, message: str, unlock: str = "") -> None:
        """What went wrong, and under it what can be done about it."""
        self.stderr.write(f"mailtui: {clean_lines(message)}\n")
        if unlock:
            self.stderr.write(f"  {clean_lines(unlock)}\n")

    def _write(self, text: str) -> None:
        self.begun = True
        try:
            self.stdout.write(text)
        except OSError as error:
            raise _not_written(error) from error

    def flush(self) -> None:
        """All data on its way. Raises BrokenPipeError where the reader left, MailtuiError where there is no room."""
        try:
            self.stdout.flush()
        except OSError as error:
            raise _not_written(error) from error

    def styled(self, text: str, *styles: str) -> str:
        """``text``, cleaned, in ``styles`` where the terminal wants colour."""
        shown = clean(text)
        if not self.colour or not shown:
            return shown
        codes = ";".join(_STYLES[style] for style in styles)
        return f"\x1b[{codes}m{shown}\x1b[0m"

    def wrapped(self, text: str, indent: int, first: str = "") -> Iterable[str]:
        """``text``, cleaned, in lines of the screen's width; ``first`` stands in the indent of the first."""
        from textwrap import wrap

        width = max(40, min(self.width, 120))
        lead = first.ljust(indent)
        return wrap(
            clean(text),
            width,
            initial_indent=lead,
            subsequent_indent=" " * indent,
            break_on_hyphens=False,
        ) or [lead.rstrip()]


def _not_written(error: OSError) -> Exception:
    if isinstance(error, BrokenPipeError):
        return error
    return MailtuiError(f"standard output: {error.strerror}", unlock="what was written is not all")


def _terminal_width() -> int:
    from shutil import get_terminal_size

    return get_terminal_size((DEFAULT_WIDTH, 24)).columns
