"""Arguments that several commands share."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.cli.parser import Parser
from mailtui.text import clean_lines

if TYPE_CHECKING:
    from mailtui.filters import Filter
    from mailtui.filters.values import Moment


def add_files(parser: argparse.ArgumentParser) -> None:
    """``FILE…``: logs to read instead of those found."""
    help_text = "log files, also compressed (.gz .bz2 .xz .zst); - is standard input; default: the logs found"
    parser.add_argument("files", nargs="*", metavar="FILE", type=Path, help=help_text)


def add_window(parser: argparse.ArgumentParser) -> None:
    """``--since`` and ``--until``."""
    parser.add_argument("--since", type=a_moment, metavar="T", help="from then on: 2h, 14:30, yesterday, 2026-11-20")
    parser.add_argument("--until", type=a_moment, metavar="T", help="up to then, which is included")


def a_moment(text: str) -> Moment:
    """Argument type: a stretch of time as long as its text is precise."""
    from mailtui.filters.values import moment

    found = moment(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write 2h, 14:30, yesterday or 2026-11-20")
    return found


def a_span(text: str) -> float:
    """Argument type: a length of time, in seconds."""
    from mailtui.filters.values import duration

    found = duration(text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no length of time; write 90m, 12h or 2d")
    return found


def add_where(parser: argparse.ArgumentParser, example: str = "status:deferred -reason:quota") -> None:
    """``--where``: the filter language."""
    help_text = f"only what the filter lets through, such as '{example}'"
    if isinstance(parser, Parser):
        parser.takes_filter = True
    parser.add_argument("--where", type=a_filter, metavar="FILTER", help=help_text)


def a_filter(text: str) -> Filter:
    """Argument type: a filter; what is wrong with it is shown under the place."""
    from mailtui.filters import FilterError, parse

    try:
        return parse(text)
    except FilterError as error:
        raise argparse.ArgumentTypeError("\n" + clean_lines(error.caret())) from error


def is_stdin(path: Path) -> bool:
    """Whether ``FILE`` was ``-``."""
    return os.fspath(path) == "-"


def is_file(text: str) -> bool:
    """Whether an argument that may be something else is a file after all."""
    return text == "-" or Path(text).is_file()


def a_count(text: str) -> int:
    """Argument type: a number of things, of at most nine digits."""
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return int(text)
