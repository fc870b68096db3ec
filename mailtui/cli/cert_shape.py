"""``mailtui cert chain`` and ``convert``: a chain out of any pile; another form, with or without a passphrase."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, cast

from mailtui.cli.cert_files import new_passphrase, out, read_all, refuse_taken, write_new
from mailtui.host.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography import x509

    from mailtui.cli.context import Context
    from mailtui.services.tls.pile import Item
    from mailtui.services.tls.toolbox.forms import Form


def run(args: argparse.Namespace, context: Context) -> int:
    """Do it; exit 1 for a chain whose issuer is missing."""
    return _chain(args, context) if args.verb == "chain" else _convert(args, context)


def _chain(args: argparse.Namespace, context: Context) -> int:
    from mailtui.services.tls.facts import facts
    from mailtui.services.tls.gate import leaf_of, trusted_roots
    from mailtui.services.tls.pile import certificates
    from mailtui.services.tls.toolbox.chain import build
    from mailtui.services.tls.toolbox.forms import Made

    heap = certificates(read_all(args.files, args))
    first = certificates(read_all(args.files[:1], args))
    if not first:
        raise UsageError(f"{args.files[0]} holds no certificate", unlock="name the leaf's file first")
    chain = build(leaf_of(first), heap, trusted_roots(), time.time())
    for number, one in enumerate(chain.certificates, 1):
        context.output.note(f"{number}  {facts(one).subject}")
    _tell_left_over(chain.left_over, context)
    if chain.missing:
        context.output.note(f"its issuer {chain.missing} is not in the files: some clients will fail")
    if args.out is None:
        context.output.stdout.write(chain.pem.decode("ascii"))
    else:
        write_new(args.out, Made(chain.pem, secret=False), context)
    return 1 if chain.missing else 0


def _tell_left_over(left_over: Sequence[x509.Certificate], context: Context) -> None:
    from mailtui.services.tls.facts import facts

    for one in left_over:
        told = facts(one)
        why = "a root, which clients have" if told.self_signed else "not of this chain"
        context.output.note(f"left out ({why}): {told.subject}")


def _convert(args: argparse.Namespace, context: Context) -> int:
    from mailtui.services.tls.toolbox.forms import converted

    if args.to is None:
        raise UsageError("cert convert needs --to FORM")
    file = out(args)
    refuse_taken(file)
    items = _chosen(read_all(args.files, args), args.only)
    write_new(file, converted(items, cast("Form", args.to), new_passphrase(file, args), old=args.old), context)
    return 0


def _chosen(items: Sequence[Item], only: str | None) -> Sequence[Item]:
    if only is None:
        return items
    kind = "key" if only == "key" else "certificate"
    found = [item for item in items if item.kind == kind]
    if not found:
        raise UsageError(f"there is no {kind} in the files", unlock="mailtui cert show FILE tells what is in one")
    return found
