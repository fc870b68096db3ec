"""``mailtui cert protect``: nobody but its owner reads a private key."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mailtui.cli.changing import carry_out
from mailtui.host.errors import UsageError

if TYPE_CHECKING:
    from mailtui.cli.context import Context


def run(args: argparse.Namespace, context: Context) -> int:
    """Show the plan, carry it out."""
    from mailtui.services.tls.protecting import protect_plan

    if not args.files:
        raise UsageError("cert protect needs a file with a private key")
    return carry_out(protect_plan(args.files), args, context)
