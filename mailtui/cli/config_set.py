"""``mailtui config get``, ``set``, ``unset`` and ``replace``: single parameters, changed by a plan."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mailtui.cli.changing import carry_out
from mailtui.host.errors import UsageError
from mailtui.services.configuration.dovecot_read import value_of
from mailtui.services.configuration.model import PROGRAMS, Program, Setting
from mailtui.services.configuration.postfix_text import written
from mailtui.services.configuration.secrecy import shown
from mailtui.text import clean

if TYPE_CHECKING:
    from mailtui.cli.context import Context


def run(args: argparse.Namespace, context: Context) -> int:
    """Do it."""
    program, words = _program(args.words)
    match args.verb:
        case "get":
            return _get(program, words, args, context)
        case "set":
            settings = tuple(_assignment(word) for word in words)
        case "replace":
            return carry_out(context.services.config_plans.replace(program, words), args, context)
        case _:
            settings = tuple(Setting(word, None) for word in words)
    return carry_out(context.services.config_plans.set(program, settings), args, context)


def _program(words: list[str]) -> tuple[Program, list[str]]:
    for program in PROGRAMS:
        if words[1:] and words[0] == program:
            return program, words[1:]
    raise UsageError("whose parameter, and which?", unlock=f"begin with {' or '.join(PROGRAMS)}, then name them")


def _get(program: Program, names: list[str], args: argparse.Namespace, context: Context) -> int:
    values = {name: _value(program, name, context) for name in names}
    if args.json:
        context.output.json(values)
    for name, value in values.items() if not args.json else ():
        context.output.line(f"{clean(name)} = {clean(value)}")
    return 0


def _value(program: Program, name: str, context: Context) -> str:
    """What holds; ``""`` for what the program does not know. A secret is not told."""
    if program == "dovecot":
        value = value_of(context.dovecot, name)
    elif "/" in name:
        value = written(context.tools, context.postfix.where, name)
    else:
        value = context.postfix.get(name)
    return shown(name, value or "")


def _assignment(word: str) -> Setting:
    name, sign, value = word.partition("=")
    if not sign:
        raise UsageError(f"{clean(word)} sets nothing", unlock="write NAME=VALUE")
    return Setting(name.strip(), value.strip())
