"""``mailtui mailbox repair``: the ladder with the rungs to be taken, the plan, and what was there before and after."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.changes.plan import Plan, Receipt
from mailtui.changes.running import Progress, Stop
from mailtui.cli.changing import confirm
from mailtui.host.errors import UsageError
from mailtui.services.dovecot.doveadm import Doveadm
from mailtui.services.dovecot.index.many import check_many
from mailtui.services.dovecot.repair.ladder import ladder
from mailtui.services.dovecot.repair.order import Order
from mailtui.services.dovecot.repair.plans import RepairPlans
from mailtui.services.dovecot.repair.telling import proof_lines
from mailtui.services.dovecot.stores.model import Mailbox
from mailtui.services.dovecot.stores.service import Stores

if TYPE_CHECKING:
    from mailtui.cli.context import Context


def run(args: argparse.Namespace, context: Context) -> int:
    """Mend the mailboxes named, or all of a user's that are damaged; exit 1 where something could not be mended."""
    plans = RepairPlans(Doveadm(context.tools, context.dovecot), context.dovecot)
    plan = plans.plan(*check_many(_mailboxes(args, Stores(context.tools, context.dovecot))))
    if not args.json:
        _print_ladder(plan, context)

    def deed(progress: Progress, stop: Stop) -> Receipt:
        receipt = context.changes.apply(plan, progress=progress, stop=stop)
        if not args.json:
            for line in proof_lines(context.changes.change(receipt.change)):
                context.output.line(line)
        return receipt

    return confirm(plan, args, context, deed)


def _mailboxes(args: argparse.Namespace, stores: Stores) -> Sequence[Mailbox]:
    if args.path:
        store, names = stores.by_path(Path(args.path)), args.words
    elif args.words:
        store, names = stores.store(args.words[0]), args.words[1:]
    else:
        raise UsageError("mailbox repair takes USER or --path DIR, and names of mailboxes")
    return [stores.mailbox(store, name) for name in names] if names else stores.mailboxes(store)


def _print_ladder(plan: Plan, context: Context) -> None:
    """Every rung there is for the format, the gentlest first; those of the plan are marked."""
    output = context.output
    for step in plan.steps:
        order = Order.read(step.arguments)
        chosen = {mend.rung for mend in order.mends}
        output.aside(output.styled(f"{order.label}: {order.damage}", "bold"))
        for rung in ladder():
            if rung.suits(order.mailbox.store.format):
                taken = rung.name in chosen
                style = ("bold", "green") if taken else ("dim",)
                output.aside(output.styled(f"  {'→' if taken else ' '} {rung.title}", *style))
