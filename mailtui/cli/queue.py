"""``mailtui queue``: the queue, one message of it, its shape, and acting on exactly what was selected."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from mailtui.cli import arguments
from mailtui.cli.changing import add_change_arguments

if TYPE_CHECKING:
    from mailtui.cli.context import Context

EXAMPLES = """\
  mailtui queue                                  what waits, and why
  mailtui queue --where 'age>2h reason:full' --sort -message_size --limit 20
  mailtui queue --where 'each_recipient:*@old.example' --explain
  mailtui queue show 3Pt2mN2VXxznjll --part headers
  mailtui queue shape --by sender
  mailtui queue hold --where 'sasl_username:anna' --dry-run
  mailtui queue delete 3Pt2mN2VXxznjll --yes     mailtui undo brings it back
  mailtui queue hold-rule sender spam@shop.example --for 2d
  mailtui queue compromised anna@shop.example    hold her mail, end her sessions
  mailtui queue check                            do its files lie in order
  mailtui queue --json | jq -r '.[] | select(.attempts > 9).queue_id'"""

FIELDS = """\
queue_name queue_id arrival_time age message_size sender recipient
orig_address nrcpt reason bounce_reason dsn cause forced_expire bounce
client sasl_username message_id attempts last_attempt next_attempt
retry_in expires expires_in transport relay, and …_domain of addresses"""
"""What ``--where`` and ``--sort`` know; written out, since every start would pay for looking it up."""

_CHANGING = ("hold", "release", "requeue", "deliver", "expire", "delete", "flush")
_MODULES = {
    "list": "queue_list",
    "show": "queue_show",
    "shape": "queue_shape",
    **dict.fromkeys(_CHANGING, "queue_change"),
    **dict.fromkeys(("check", "mend"), "queue_order"),
    **dict.fromkeys(("hold-rule", "hold-rules", "lift", "compromised"), "queue_rules"),
}


_WORDS = """queue IDs; for flush a destination; for hold-rule a kind (sender, recipient-domain, sasl-username) and a
value, for lift the values of rules, without any those whose time is over; for compromised a user name"""


class _Verb(Protocol):
    def run(self, args: argparse.Namespace, context: Context) -> int: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb, the messages, and what the verbs take."""
    parser.add_argument("verb", nargs="?", default="list", choices=_MODULES, metavar="VERB", help=", ".join(_MODULES))
    parser.add_argument("words", nargs="*", metavar="ID", help=_WORDS)
    arguments.add_where(parser, "age>2h -reason:quota")
    group = parser.add_argument_group("choosing and listing", f"Fields of --where and --sort:\n{FIELDS}")
    group.add_argument("--sort", metavar="FIELD", help="by a field of the filter language; -FIELD: the other way round")
    group.add_argument("--limit", type=arguments.a_count, metavar="N", help="only so many")
    group.add_argument("--explain", action="store_true", help="under each message, why the filter lets it through")
    group.add_argument("--no-log", action="store_true", help="do not search the log for what only the log knows")
    group.add_argument("--by", default="domain", metavar="COLUMN", help="rows of the shape; default: domain")
    group = parser.add_argument_group("show")
    group.add_argument("--part", choices=("envelope", "headers", "body", "all"), default="all", help="default: all")
    group = parser.add_argument_group("hold-rule")
    group.add_argument("--for", dest="term", default="7d", metavar="TIME", help="how long the rule holds; default: 7d")
    add_change_arguments(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Hand over to the verb."""
    return cast(_Verb, import_module(f"mailtui.cli.{_MODULES[args.verb]}")).run(args, context)
