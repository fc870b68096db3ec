"""Which mailboxes a store has, from the disk alone: to ask Dovecot would be an access, which may destroy flags of dbox.

Where each layout keeps what is Dovecot's src/lib-storage/list/mailbox-list-{fs,maildir}.c, as ``doveadm mailbox path``
tells it. Every folder is opened below the one before; no symbolic link is followed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from itertools import islice
from pathlib import Path

from mailtui.host.files import errors_named
from mailtui.host.folders import opened_below
from mailtui.services.dovecot.stores import walking
from mailtui.services.dovecot.stores.location import DBOX
from mailtui.services.dovecot.stores.model import Mailbox, Store
from mailtui.services.dovecot.stores.names import decode

MOST = 100_000
"""Mailboxes of one user that are listed; nobody has more, unless to do harm."""


def mailboxes(store: Store) -> tuple[Mailbox, ...]:
    """The mailboxes of a store, INBOX first, then by name; none where the user has had no mail yet.

    Raises PermissionDenied or HostError.
    """
    with errors_named(store.root):
        found = [mailbox(store, name) for name in _names(store)]
    return tuple(sorted(found, key=lambda one: (one.name != "INBOX", one.name)))


def mailbox(store: Store, on_disk: str) -> Mailbox:
    """The mailbox of that name on disk (``INBOX``, ``A.B`` of Maildir++, ``A/B`` of the others, ``""`` the root)."""
    index, control = store.index_root or store.root, store.control_root or store.root
    if store.format == "mbox":
        return _mbox(store, on_disk, index, control)
    inside = _inside(store, on_disk)
    mail = store.root / inside / _dirname(store)
    if _is_inbox(store, on_disk):
        mail = store.inbox or (store.root if _root_holds_mail(store) else mail)
    return Mailbox(
        store,
        _shown(store, on_disk),
        mail,
        index / inside if store.index_root else mail,
        control / inside if store.control_root else mail,
    )


def _mbox(store: Store, on_disk: str, index: Path, control: Path) -> Mailbox:
    path = Path(on_disk)
    mail = store.inbox or store.root / "inbox" if _is_inbox(store, on_disk) else store.root / path
    hidden = path.parent / ".imap" / path.name
    return Mailbox(store, _shown(store, on_disk), mail, index / hidden, control / hidden)


def _inside(store: Store, on_disk: str) -> Path:
    """Where below the roots a mailbox has its folder."""
    if store.layout == "maildir++":
        # Not the mail root: Dovecot keeps INBOX's own files in a folder of its name where they are elsewhere.
        return Path("." + on_disk if on_disk else "")
    return Path(_mailbox_dir(store)) / on_disk


def _is_inbox(store: Store, on_disk: str) -> bool:
    return store.has_inbox and on_disk == "INBOX"


def _root_holds_mail(store: Store) -> bool:
    """Whether the mail root is a mailbox itself, as of Maildir: the INBOX, where the namespace has it."""
    return store.format == "maildir" and store.layout != "index" and not _dirname(store)


def _shown(store: Store, on_disk: str) -> str:
    """A mailbox's name as Dovecot tells it."""
    if _is_inbox(store, on_disk):
        return on_disk
    if not on_disk:
        return store.prefix.removesuffix(store.separator)
    own = "." if store.layout == "maildir++" else "/"
    name = on_disk if store.utf8_names else decode(on_disk)
    return store.prefix + (name.replace(own, store.separator) if store.separator != own else name)


def _names(store: Store) -> tuple[str, ...]:
    """Names on disk, each once. A root that is not there is no error: it is made with the first mail."""
    names = ["INBOX"] if store.inbox is not None and os.path.lexists(store.inbox) else []
    with suppress(FileNotFoundError), opened_root(store) as root:
        names += islice(_below(store, root), MOST)
    return tuple(dict.fromkeys(names))


def _below(store: Store, root: int) -> Iterator[str]:
    if _root_holds_mail(store) and walking.holds_mail(root):
        yield "INBOX" if store.has_inbox else ""
    with walking.inside(root, _mailbox_dir(store)) as folder:
        if store.layout == "maildir++":
            yield from walking.maildir(folder, inbox=not store.has_inbox)
        elif store.layout == "index":
            yield from walking.by_guid(folder)
        elif store.format == "mbox":
            yield from walking.mbox(folder, inbox="INBOX" if store.has_inbox else "inbox")
        else:
            yield from walking.tree(folder, _dirname(store))


def opened_root(store: Store) -> AbstractContextManager[int]:
    """The mail root, opened from the user's home on without following a link, since below it all is the user's."""
    home = store.home
    if home is not None and home in store.root.parents:
        return opened_below(home.resolve(), *store.root.relative_to(home).parts)
    return opened_below(store.root)


def _dirname(store: Store) -> str:
    """``DIRNAME=``, or what stands for it."""
    if store.layout == "index":
        return ""
    return store.dirname or ("dbox-Mails" if store.format in DBOX else "")


def _mailbox_dir(store: Store) -> str:
    return store.mailbox_dir or ("mailboxes" if store.format in DBOX else "")
