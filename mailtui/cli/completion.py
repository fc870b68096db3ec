"""``mailtui completion SHELL``: a completion script made from the parsers themselves."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mailtui.cli import commands, shells
from mailtui.cli.parser import command_parser, console_parser
from mailtui.cli.shells import CommandSpec, OptionSpec

if TYPE_CHECKING:
    from mailtui.cli.context import Context

EXAMPLES = """\
  mailtui completion bash > /etc/bash_completion.d/mailtui
  mailtui completion zsh  > /usr/local/share/zsh/site-functions/_mailtui
  mailtui completion fish > ~/.config/fish/completions/mailtui.fish"""

_PATHS = frozenset({"FILE", "DIR"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The shell's name."""
    parser.add_argument("shell", choices=sorted(shells.SCRIPTS), help="the shell to write for")


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the script, or with ``--json`` what it is made from."""
    specs = [describe("", console_parser())]
    specs += [describe(name, command_parser(name)) for name in commands.SUMMARIES]
    if args.json:
        context.output.json([{**spec._asdict(), "options": [o._asdict() for o in spec.options]} for spec in specs])
    else:
        context.output.line(shells.SCRIPTS[args.shell](specs))
    return 0


def describe(name: str, parser: argparse.ArgumentParser) -> CommandSpec:
    """What a shell needs to know of the command that ``parser`` reads."""
    options: list[OptionSpec] = []
    words: list[str] = []
    files = False
    for action in parser._actions:
        choices = tuple(map(str, action.choices or ()))
        is_path = action.metavar in _PATHS
        if action.option_strings:
            takes = action.nargs != 0
            options.append(OptionSpec(tuple(action.option_strings), action.help or "", takes, is_path, choices))
        else:
            words.extend(choices)
            files = files or is_path
    return CommandSpec(name, commands.SUMMARIES.get(name, ""), tuple(options), tuple(words), files)
