"""``mailtui mailbox list``: users and where their mail is, or one user's mailboxes in figures."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.host.errors import HostError, UsageError
from mailtui.services.dovecot import figures
from mailtui.services.dovecot.figures import Figures
from mailtui.services.dovecot.stores.model import Mailbox, Store
from mailtui.services.dovecot.stores.service import Stores
from mailtui.text import clean, human_size

if TYPE_CHECKING:
    from mailtui.cli.context import Context


def run(args: argparse.Namespace, context: Context) -> int:
    """Print them; exit 1 where the mail of a user could not be found or looked at."""
    stores = Stores(context.tools, context.dovecot)
    if not args.words and args.path is None:
        return _users(stores, args, context)
    return _mailboxes(stores, the_store(args, stores), args, context)


def the_store(args: argparse.Namespace, stores: Stores, most: int = 1) -> Store:
    """The store that ``USER`` or ``--path`` names. Raises UsageError, and what ``Stores`` raises."""
    if len(args.words) > most or (most == 1 and args.words and args.path):
        raise UsageError(f"mailbox {args.verb} takes one user, or --path DIR", unlock="mailtui mailbox --help")
    return stores.by_path(Path(args.path)) if args.path is not None else stores.store(args.words[0])


def the_figures(mailbox: Mailbox, args: argparse.Namespace, context: Context) -> Figures:
    """Of one mailbox; what Dovecot does not tell is told by the disk."""
    if args.live:
        try:
            return figures.live(mailbox, context.tools, context.dovecot, running=args.path is None)
        except HostError as error:
            context.output.problem(f"{clean(mailbox.name)}: {error.message}", error.unlock)
    return figures.offline(mailbox)


def _users(stores: Stores, args: argparse.Namespace, context: Context) -> int:
    users = stores.users()
    found = [*zip(users, stores.stores(users), strict=True)]
    if args.json:
        context.output.json_list(_user_json(user, store) for user, store in found)
    else:
        width = max((len(clean(user)) for user in users), default=0)
        for user, store in found:
            told = f"{store.format:<8} {store.root}" if isinstance(store, Store) else store.message
            context.output.line(clean(user).ljust(width), "  ", clean(told))
        context.output.note(f"{len(users)} users")
    return int(any(isinstance(store, HostError) for _, store in found))


def _user_json(user: str, store: Store | HostError) -> dict[str, object]:
    if isinstance(store, HostError):
        return {"user": clean(user), "problem": store.message}
    return {"user": clean(user), **store_json(store), "problem": None}


def store_json(store: Store) -> dict[str, object]:
    """Where a user's mail is."""
    places = {
        "home": store.home,
        "path": store.root,
        "index_path": store.index_root,
        "control_path": store.control_root,
        "inbox_path": store.inbox,
        "alt_path": store.alt,
    }
    told = {name: None if path is None else clean(str(path)) for name, path in places.items()}
    return {
        "uid": store.uid,
        "gid": store.gid,
        "format": store.format,
        "layout": store.layout,
        "separator": clean(store.separator),
        **told,
    }


def _mailboxes(stores: Stores, store: Store, args: argparse.Namespace, context: Context) -> int:
    found = [the_figures(one, args, context) for one in stores.mailboxes(store)]
    if args.json:
        context.output.json_list(mailbox_json(one) for one in found)
    elif found:
        for line in _table(found):
            context.output.line(line)
    else:
        context.output.note("no mail has come yet: there is no mailbox on the disk")
    return int(any(one.look.problem for one in found))


def _table(found: list[Figures]) -> Iterator[str]:
    width = max(len(clean(one.look.mailbox.name)) for one in found)
    yield f"{'mailbox':<{width}}  messages  unseen    size  UIDVALIDITY     UIDNEXT"
    for one in found:
        size = "-" if one.size is None else human_size(one.size)
        name = clean(one.look.mailbox.name)
        numbers = f"{_or(one.messages):>8}  {_or(one.unseen):>6}  {size:>6}"
        yield f"{name:<{width}}  {numbers}  {_or(one.uidvalidity):>11}  {_or(one.uidnext):>10}  {trouble(one)}".rstrip()


def trouble(one: Figures) -> str:
    """What is wrong with a mailbox, in a few words."""
    count = len(one.look.damages)
    if one.look.endangered:
        return "damaged: opening it destroys something"
    return clean(one.look.problem) or (f"{count} finding{'s' * (count != 1)}: mailtui mailbox check" if count else "")


def _or(number: int | None) -> str:
    return "-" if number is None else str(number)


def mailbox_json(one: Figures) -> dict[str, object]:
    """One mailbox in figures; null for what is not known."""
    mailbox = one.look.mailbox
    return {
        "user": clean(mailbox.store.user),
        "mailbox": clean(mailbox.name),
        "format": mailbox.store.format,
        "messages": one.messages,
        "unseen": one.unseen,
        "uidvalidity": one.uidvalidity,
        "uidnext": one.uidnext,
        "highestmodseq": one.highestmodseq,
        "size": one.size,
        "live": one.live,
        "path": clean(str(mailbox.mail)),
        "index_path": None if mailbox.store.index_in_memory else clean(str(mailbox.index)),
        "control_path": clean(str(mailbox.control)),
        "damages": [damage.kind for damage in one.look.damages],
        "endangered": one.look.endangered,
        "problem": clean(one.look.problem) or None,
    }
