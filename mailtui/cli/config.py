"""``mailtui config``: main.cf, master.cf and Dovecot's settings, under the names their own programs have for them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, cast

from mailtui.cli.changing import add_change_arguments, carry_out
from mailtui.host.errors import UsageError
from mailtui.text import clean

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.services.configuration.model import Program, Setting

EXAMPLES = """\
  mailtui config get postfix myhostname
  mailtui config set postfix smtpd_tls_security_level=may --dry-run
  mailtui config set postfix submission/inet/smtpd_tls_security_level=encrypt
  mailtui config set dovecot mail_max_userip_connections=20
  mailtui config set dovecot 'service imap-login { process_min_avail=2'
  mailtui config unset postfix smtpd_use_tls"""

_VERBS = ("get", "set", "unset")
_PROGRAMS = ("postfix", "dovecot")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb, whose configuration, and what of it."""
    parser.add_argument("verb", choices=_VERBS)
    parser.add_argument("program", choices=_PROGRAMS)
    parser.add_argument("words", nargs="+", metavar="NAME[=VALUE]", help="as postconf and doveconf name it")
    add_change_arguments(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Do it."""
    program = cast("Program", args.program)
    match args.verb:
        case "get":
            return _get(program, args.words, args, context)
        case "set":
            settings = tuple(_assignment(word) for word in args.words)
        case _:
            settings = tuple(_setting(word, None) for word in args.words)
    return carry_out(context.services.config_plans.set(program, settings), args, context)


def _get(program: Program, names: list[str], args: argparse.Namespace, context: Context) -> int:
    source = context.postfix if program == "postfix" else context.dovecot
    values = {name: source.get(name) for name in names}
    if args.json:
        context.output.json(values)
    for name, value in values.items() if not args.json else ():
        context.output.line(f"{clean(name)} = {clean(value)}")
    return 0


def _assignment(word: str) -> Setting:
    name, sign, value = word.partition("=")
    if not sign:
        raise UsageError(f"{clean(word)} sets nothing", unlock="write NAME=VALUE")
    return _setting(name.strip(), value.strip())


def _setting(name: str, value: str | None) -> Setting:
    from mailtui.services.configuration.model import Setting

    return Setting(name, value)
