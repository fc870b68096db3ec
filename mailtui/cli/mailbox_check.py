"""``mailtui mailbox check``: what is wrong with index files, found without Dovecot; fit for cron."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.cli.findings import print_findings
from mailtui.host.errors import HostError, UsageError
from mailtui.services.dovecot import health
from mailtui.services.dovecot.findings import findings
from mailtui.services.dovecot.index.many import check_many
from mailtui.services.dovecot.index.remembered import Remembered
from mailtui.services.dovecot.stores.location import DBOX
from mailtui.services.dovecot.stores.model import Mailbox, Store
from mailtui.services.dovecot.stores.service import Stores
from mailtui.text import clean

_HEADERS = "dbox: whether its files are there and long enough; each message's header only with: mailbox check USER"

if TYPE_CHECKING:
    from mailtui.cli.context import Context


def run(args: argparse.Namespace, context: Context) -> int:
    """Look at the mailboxes of one user, of everybody, or below a folder; exit 1 for damage."""
    stores = Stores(context.tools, context.dovecot)
    chosen = _stores(args, stores, context)
    mailboxes = [*_mailboxes(stores, chosen, context)]
    # Of one user every message is looked at; of everybody, only what may have changed.
    remembered = Remembered(context.settings.state, fresh=args.fresh) if args.all else None
    looks = check_many(mailboxes, thorough=not args.all, remembered=remembered)
    found = [finding for look in looks for finding in findings(look)]
    found += [finding for store in chosen for finding in health.of_store(store)]
    if args.all:
        found += [finding for look in looks for finding in look.folders]
    else:
        found += [finding for mailbox in mailboxes for finding in health.of_mailbox(mailbox)]
    if not args.json:
        context.output.note(f"{len(looks)} mailbox{'es' * (len(looks) != 1)} looked at" + _unchanged(remembered))
        if args.all and any(one.store.format in DBOX for one in mailboxes):
            context.output.note(_HEADERS)
    return print_findings(found, args, context)


def _unchanged(remembered: Remembered | None) -> str:
    count = remembered.recalled if remembered else 0
    return f", {count} of them unchanged since they were found whole" if count else ""


def _stores(args: argparse.Namespace, stores: Stores, context: Context) -> list[Store]:
    match args.words, args.path, args.all:
        case [], None, True:
            found = [*stores.stores(stores.users())]
            for error in found:
                if isinstance(error, HostError):
                    context.output.note(clean(error.message))
            return [store for store in found if isinstance(store, Store)]
        case [], str(path), False:
            return [stores.by_path(Path(path))]
        case [user], None, False:
            return [stores.store(user)]
    raise UsageError("mailbox check takes one of USER, --all and --path DIR", unlock="mailtui mailbox --help")


def _mailboxes(stores: Stores, chosen: Sequence[Store], context: Context) -> Iterator[Mailbox]:
    for store, found in zip(chosen, stores.mailboxes_of(chosen), strict=True):
        if isinstance(found, HostError):
            context.output.note(f"{clean(store.user)}: {found.message}")
        else:
            yield from found
