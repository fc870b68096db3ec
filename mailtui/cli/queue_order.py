"""``mailtui queue check`` and ``mend``: are the queue's files where Postfix looks for them, and putting them there."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mailtui.cli.changing import carry_out
from mailtui.cli.findings import print_findings
from mailtui.cli.queue_chosen import plans_of
from mailtui.host.errors import UsageError
from mailtui.services.postfix.queue.looking import require_root
from mailtui.services.postfix.queue.structure import structure

if TYPE_CHECKING:
    from mailtui.cli.context import Context


def run(args: argparse.Namespace, context: Context) -> int:
    """Exit 1 where something is out of order, or was not put in order."""
    if args.words or args.where:
        raise UsageError(f"queue {args.verb} takes no messages: it looks at all of them")
    require_root(context.postfix, "look at the queue's files")
    if args.verb == "check":
        return print_findings(structure(context.postfix), args, context)
    plans = plans_of(context)
    return carry_out(plans.mend(), args, context)
