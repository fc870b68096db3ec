"""The parser of one command line.

Global options stand before or after the command: the command's word is taken out of the line, and one parser
reads the rest.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple, NoReturn

from mailtui import __version__
from mailtui.cli import commands
from mailtui.text import clean_lines

DESCRIPTION = """\
Operator console for Postfix and Dovecot: from a failing delivery to its cause.
Without a command it opens the console; the commands are its headless twin."""

EXAMPLES = """\
  mailtui                            the console, on this machine's mail system
  mailtui --log /var/log/mail.log.1  the console on another log
  mailtui incidents --since 2h       what failed in the last two hours, and why
  mailtui trace 3Pt2mN2VXxznjll      one message, from hop to hop
  mailtui report --day yesterday     the daily summary
  mailtui explain 'User unknown in virtual mailbox table'"""

EXIT_STATUS = """\
exit status:
  0 fine; 1 findings, or an action that failed; 2 usage or settings; 3 a tool, a
  service or a permission is missing; 130 interrupted"""


class GlobalOption(NamedTuple):
    """An option of every command; without ``metavar`` it is a switch."""

    flag: str
    metavar: str
    help: str


GLOBAL_OPTIONS = (
    GlobalOption("--postfix-config", "DIR", "Postfix configuration directory"),
    GlobalOption("--dovecot-config", "FILE", "Dovecot main configuration file"),
    GlobalOption("--log", "FILE", "log file to use instead of those found (repeatable)"),
    GlobalOption("--settings", "FILE", "mailtui's own settings file"),
    GlobalOption("--state", "DIR", "where the journal and backups are kept"),
    GlobalOption("--read-only", "", "change nothing, whatever is pressed or asked"),
)
_WITH_VALUE = frozenset(option.flag for option in GLOBAL_OPTIONS if option.metavar)


class Parser(argparse.ArgumentParser):
    """argparse's parser with this project's manners: no abbreviations, examples kept as written."""

    takes_filter = False
    """Whether the help ends with the filter language."""

    def __init__(self, prog: str, description: str, epilog: str) -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=epilog,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        group = self.add_argument_group("global options")
        for option in GLOBAL_OPTIONS:
            _add_global(group, option)

    def format_help(self) -> str:
        """The help, with the filter language where it can be used."""
        text = super().format_help()
        if not self.takes_filter:
            return text
        from mailtui.filters import SYNTAX

        return f"{text}\nfilters:\n{SYNTAX}\n"

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the line; what was typed may have come from anywhere."""
        super().error(clean_lines(message))

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """Options and values may be mixed; after ``--`` everything is a value, whatever it begins with."""
        takes_value = {flag: action.nargs != 0 for action in self._actions for flag in action.option_strings}
        options: list[str] = []
        values: list[str] = []
        rest = iter(words)
        for word in rest:
            if word == "--":
                values.extend(rest)
            elif word == "-" or not word.startswith("-"):
                values.append(word)
            elif takes_value.get(word) and word.startswith("--"):
                # Joined, since a value may begin with "-" too: --sort -age, --where '-reason:quota'.
                options.append("=".join([word, *islice(rest, 1)]))
            else:
                options.append(word)
                if takes_value.get(word):
                    options.extend(islice(rest, 1))
        return self.parse_args([*options, *(["--"] if values else []), *values])


def _add_global(group: argparse._ArgumentGroup, option: GlobalOption) -> None:
    if not option.metavar:
        group.add_argument(option.flag, action="store_true", help=option.help)
    elif option.flag == "--log":
        group.add_argument("--log", type=Path, metavar="FILE", action="append", default=[], help=option.help)
    else:
        group.add_argument(option.flag, type=Path, metavar=option.metavar, help=option.help)


def split_command(argv: Sequence[str]) -> tuple[str, list[str]]:
    """The command's word and the line without it; ``""`` when there is none."""
    takes_value = False
    for index, word in enumerate(argv):
        if takes_value:
            takes_value = False
        elif word == "--":
            rest = argv[index + 1 :]
            return (rest[0] if rest else ""), [*argv[:index], *rest[1:]]
        elif not word.startswith("-"):
            return word, [*argv[:index], *argv[index + 1 :]]
        else:
            takes_value = word in _WITH_VALUE
    return "", list(argv)


def console_parser() -> Parser:
    """The parser of a line without a command."""
    width = max(map(len, commands.SUMMARIES))
    listing = "\n".join(f"  {name:{width}}  {summary}" for name, summary in commands.SUMMARIES.items())
    epilog = f"commands (mailtui COMMAND --help tells more):\n{listing}\n\nexamples:\n{EXAMPLES}\n\n{EXIT_STATUS}"
    parser = Parser("mailtui", DESCRIPTION, epilog)
    parser.usage = "%(prog)s [global options] [COMMAND …]"
    parser.add_argument("--version", action="version", version=f"mailtui {__version__}")
    return parser


def command_parser(name: str) -> Parser:
    """The parser of command ``name``."""
    command = commands.load(name)
    summary = commands.SUMMARIES[name]
    parser = Parser(f"mailtui {name}", summary[0].upper() + summary[1:] + ".", f"examples:\n{command.EXAMPLES}")
    parser.add_argument("--json", action="store_true", help="JSON on standard output")
    command.add_arguments(parser)
    return parser
