"""``mailtui mailbox``: Dovecot's mailboxes, what is wrong with their files, and mending that."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from mailtui.cli.changing import add_change_arguments

if TYPE_CHECKING:
    from mailtui.cli.context import Context

EXAMPLES = """\
  mailtui mailbox                                every user, and where their mail is
  mailtui mailbox list anna@shop.example         her mailboxes in figures, without disturbing them
  mailtui mailbox list --path /var/vmail/x/anna/Maildir
  mailtui mailbox show anna@shop.example INBOX   paths, index files, sessions, quota, disk
  mailtui mailbox show anna@shop.example INBOX --live    ask Dovecot too
  mailtui mailbox check --all                    damage of anybody's index files; fit for cron"""

_MODULES = {"list": "mailbox_list", "show": "mailbox_show", "check": "mailbox_check"}


class _Verb(Protocol):
    def run(self, args: argparse.Namespace, context: Context) -> int: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb, whose mail, and what the verbs take."""
    parser.add_argument("verb", nargs="?", default="list", choices=_MODULES, metavar="VERB", help=", ".join(_MODULES))
    parser.add_argument("words", nargs="*", metavar="USER", help="a user, and for most verbs the name of a mailbox")
    parser.add_argument("--path", metavar="DIR", help="mail by its folder, where Dovecot is stopped or knows no user")
    parser.add_argument("--all", action="store_true", help="check: the mailboxes of every user")
    parser.add_argument("--live", action="store_true", help="list, show: ask Dovecot, which opens the mailboxes")
    parser.add_argument("--files", action="store_true", help="show: all that stands in the index files")
    add_change_arguments(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Hand over to the verb."""
    return cast(_Verb, import_module(f"mailtui.cli.{_MODULES[args.verb]}")).run(args, context)
