"""``mailtui cert deploy``: a certificate for Postfix, Dovecot or both, proven on every port, put back if it fails."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mailtui.cli.cert_files import read_all
from mailtui.cli.changing import carry_out

if TYPE_CHECKING:
    from mailtui.cli.context import Context


def run(args: argparse.Namespace, context: Context) -> int:
    """Judge the files, show the plan, carry it out; exit 1 where it was refused or put back."""
    from mailtui.services.tls.deploy.service import Deploy

    deploy = Deploy(context.tools, context.postfix, context.dovecot)
    items = read_all(args.files, args)
    one = deploy.judged(items, args.name)
    for note in one.notes:
        context.output.note(note)
    plan = deploy.plan(items, one, tuple(dict.fromkeys(args.server)), folder=args.into, in_place=args.in_place)
    return carry_out(plan, args, context)
