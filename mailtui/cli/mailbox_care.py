"""``mailtui mailbox kick``, ``recalc``, ``purge``, …: one plan for one user or one mailbox."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mailtui.changes.plan import Plan
from mailtui.cli.changing import carry_out
from mailtui.host.errors import UsageError
from mailtui.services.dovecot.care import CarePlans, operations
from mailtui.services.postfix.queue.sessions import kick_step
from mailtui.text import clean

if TYPE_CHECKING:
    from mailtui.cli.context import Context


def run(args: argparse.Namespace, context: Context) -> int:
    """Make the plan and carry it out; exit 1 where it was not done."""
    return carry_out(_plan(args, context), args, context)


def _plan(args: argparse.Namespace, context: Context) -> Plan:
    of_mailbox = args.verb != "kick" and operations()[args.verb].of_mailbox
    if args.path or args.all or len(args.words) != (2 if of_mailbox else 1):
        what = "a user and a mailbox" if of_mailbox else "one user"
        raise UsageError(f"mailbox {args.verb} takes {what}", unlock="mailtui mailbox --help")
    if (args.verb == "backup") != bool(args.to):
        raise UsageError("mailbox backup, and it alone, takes --to FORMAT:DIR")
    user, mailbox = args.words[0], args.words[1] if of_mailbox else ""
    if args.verb == "kick":
        return Plan(f"End the sessions of {clean(user)}", (kick_step(context.dovecot, user),))
    return CarePlans(context.tools, context.dovecot).plan(args.verb, user, mailbox=mailbox, place=args.to or "")
