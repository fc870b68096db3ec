"""``mailtui cert deploy``: a certificate for Postfix, Dovecot or both, proven on every port, put back if it fails."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

from mailtui.cli.cert_files import read_all, roots
from mailtui.cli.changing import carry_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtui.cli.context import Context
    from mailtui.services.configuration.model import Program
    from mailtui.services.tls.deploy.plans import DeployPlans

_DNS_SECONDS = 6.0


def run(args: argparse.Namespace, context: Context) -> int:
    """Judge the files, show the plan, carry it out; exit 1 where it was refused or put back."""
    from mailtui.services.tls.deploy.candidate import candidate
    from mailtui.services.tls.deploy.lying import lying

    items = read_all(args.files, args)
    one = candidate(items, names=args.name, now=time.time(), roots=roots())
    in_place = lying(items, one) if args.in_place or _is_renewed(args.files) else None
    for note in one.notes if in_place is None else ():
        context.output.note(note)
    plan = _plans(context).deploy(one, _programs(args, context), folder=args.into, in_place=in_place)
    return carry_out(plan, args, context)


def _plans(context: Context) -> DeployPlans:
    from mailtui.services.dns.resolver import Resolver
    from mailtui.services.tls.deploy.plans import DeployPlans

    return DeployPlans(context.tools, context.postfix, context.dovecot, lambda: Resolver(total=_DNS_SECONDS))


def _is_renewed(files: Sequence[Path]) -> bool:
    """Whether an ACME client puts the renewed certificate where these files lie: then nothing is copied."""
    from mailtui.services.tls.renewal.clients import keeps

    return all(keeps(file) for file in files)


def _programs(args: argparse.Namespace, context: Context) -> tuple[Program, ...]:
    """Those named, or those installed here."""
    named = cast("list[Program]", args.server)
    if named:
        return tuple(dict.fromkeys(named))
    tools: dict[Program, str] = {"postfix": "postconf", "dovecot": "doveconf"}
    return tuple(program for program, tool in tools.items() if context.tools.find(tool) is not None)
