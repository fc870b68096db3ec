"""``mailtui mailbox``: Dovecot's mailboxes, what is wrong with their files, and mending that."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from mailtui.cli.changing import add_change_arguments

if TYPE_CHECKING:
    from mailtui.cli.context import Context

EXAMPLES = """\
  mailtui mailbox                                users, and where their mail is
  mailtui mailbox list anna@shop.example         her mailboxes in figures
  mailtui mailbox list --path /var/vmail/shop.example/anna/Maildir
  mailtui mailbox show anna@shop.example INBOX   places, sessions, quota, disk
  mailtui mailbox show anna@shop.example INBOX --live --files
  mailtui mailbox check --all                    damaged files; fit for cron
  mailtui mailbox repair anna@shop.example INBOX --dry-run
  mailtui mailbox kick anna@shop.example         end her sessions
  mailtui mailbox create anna@shop.example Archive
  mailtui mailbox recalc anna@shop.example       count her quota anew
  mailtui mailbox purge anna@shop.example        room of deleted mail (mdbox)
  mailtui mailbox backup anna@shop.example --to maildir:/var/backups/anna"""

_CARE = ("kick", "create", "recalc", "cache-purge", "index", "rescan", "purge", "backup")
_MODULES = {
    "list": "mailbox_list",
    "show": "mailbox_show",
    "check": "mailbox_check",
    "repair": "mailbox_repair",
    **dict.fromkeys(_CARE, "mailbox_care"),
}


class _Verb(Protocol):
    def run(self, args: argparse.Namespace, context: Context) -> int: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb, whose mail, and what the verbs take."""
    parser.add_argument("verb", nargs="?", default="list", choices=_MODULES, metavar="VERB", help=", ".join(_MODULES))
    parser.add_argument("words", nargs="*", metavar="USER", help="a user, and for most verbs the name of a mailbox")
    parser.add_argument("--path", metavar="DIR", help="mail by its folder, where Dovecot is stopped or knows no user")
    parser.add_argument("--all", action="store_true", help="check: the mailboxes of every user")
    parser.add_argument("--fresh", action="store_true", help="check: also those unchanged since they were found whole")
    parser.add_argument("--live", action="store_true", help="list, show: ask Dovecot, which opens the mailboxes")
    parser.add_argument("--files", action="store_true", help="show: all that stands in the index files")
    parser.add_argument("--to", metavar="FORMAT:DIR", help="backup: a new folder that the mail user may make")
    add_change_arguments(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Hand over to the verb."""
    return cast(_Verb, import_module(f"mailtui.cli.{_MODULES[args.verb]}")).run(args, context)
