"""``mailtui config``: main.cf, master.cf and Dovecot's settings, under the names their own programs have for them."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from mailtui.cli.changing import add_change_arguments

if TYPE_CHECKING:
    from mailtui.cli.context import Context

EXAMPLES = """\
  mailtui config diff                      all that is not as the programs come
  mailtui config list postfix tls          by words of name, value or manual
  mailtui config get postfix myhostname
  mailtui config check                     what is wrong, then exit 1
  mailtui config set postfix smtpd_tls_security_level=may --dry-run
  mailtui config set postfix submission/inet/smtpd_tls_security_level=encrypt
  mailtui config set dovecot mail_max_userip_connections=20
  mailtui config set dovecot 'service imap-login { process_min_avail=2'
  mailtui config unset postfix smtpd_banner
  mailtui config replace postfix smtpd_use_tls     by what has replaced it
  mailtui config translate howto.txt       a how-to, for what is installed
  mailtui config apply howto.txt           what is good of it, as a plan"""

_MODULES = {
    **dict.fromkeys(("list", "diff"), "config_list"),
    "check": "config_check",
    **dict.fromkeys(("get", "set", "unset", "replace"), "config_set"),
    **dict.fromkeys(("translate", "apply"), "config_translate"),
}


class _Verb(Protocol):
    def run(self, args: argparse.Namespace, context: Context) -> int: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb, whose configuration, and what of it."""
    parser.add_argument("verb", nargs="?", default="diff", choices=_MODULES, metavar="VERB", help=", ".join(_MODULES))
    parser.add_argument(
        "words", nargs="*", metavar="[postfix|dovecot] WORD", help="get, unset, replace: NAME; set: NAME=VALUE"
    )
    add_change_arguments(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Hand over to the verb."""
    return cast(_Verb, import_module(f"mailtui.cli.{_MODULES[args.verb]}")).run(args, context)
