"""``mailtui cert hook``: the ACME client that renews a certificate tells the servers of it from now on."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mailtui.cli.changing import carry_out
from mailtui.host.errors import UsageError

if TYPE_CHECKING:
    from mailtui.cli.context import Context


def run(args: argparse.Namespace, context: Context) -> int:
    """Show the plan and carry it out; exit 1 where it failed."""
    from mailtui.services.tls.renewal.service import Renewal

    if len(args.files) != 1:
        raise UsageError("cert hook takes the name of one certificate, as its client calls it")
    renewal = Renewal(context.tools, context.postfix, context.dovecot)
    return carry_out(renewal.hook_plan(str(args.files[0])), args, context)
