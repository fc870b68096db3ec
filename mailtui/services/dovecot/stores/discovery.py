"""Which mailboxes a store has, from the disk alone: to ask Dovecot would be an access, which may destroy flags of dbox.

Where each layout keeps what is Dovecot's src/lib-storage/list/mailbox-list-{fs,maildir}.c, as ``doveadm mailbox path``
tells it. Every folder is opened below the one before; no symbolic link is followed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from itertools import islice
from pathlib import Path

from mailtui.host.files import errors_named
from mailtui.host.folders import opened_below
from mailtui.services.dovecot.index.reading import open_folder
from mailtui.services.dovecot.stores import walking
from mailtui.services.dovecot.stores.list_index import Listed, listed
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
        found = [*_by_guid(store)] if store.layout == "index" else [mailbox(store, name) for name in _names(store)]
    return tuple(sorted(found, key=lambda one: (one.name != "INBOX", one.name)))


def mailbox(store: Store, on_disk: str) -> Mailbox:
    """The mailbox of that name on disk (``INBOX``, ``A.B`` of Maildir++, ``A/B`` of the others, ``""`` the root)."""
    if store.format == "mbox":
        return _mbox(store, on_disk)
    inside, dirname = _inside(store, on_disk), _dirname(store)
    if _is_inbox(store, on_disk) and (store.inbox or _root_holds_mail(store)):
        mail = store.inbox or store.root
    else:
        mail = store.root / (f"{inside}/{dirname}" if dirname else inside)
    return _placed(store, _shown(store, on_disk), inside, mail)


def _placed(store: Store, name: str, inside: str, mail: Path) -> Mailbox:
    """A mailbox that has ``inside`` below each of the roots there are."""
    index, control = store.index_root, store.control_root
    return Mailbox(store, name, mail, index / inside if index else mail, control / inside if control else mail)


def _mbox(store: Store, on_disk: str) -> Mailbox:
    index, control, path = store.index_root or store.root, store.control_root or store.root, Path(on_disk)
    mail = store.inbox or store.root / "inbox" if _is_inbox(store, on_disk) else store.root / path
    hidden = path.parent / ".imap" / path.name
    return Mailbox(store, _shown(store, on_disk), mail, index / hidden, control / hidden)


def _inside(store: Store, on_disk: str) -> str:
    """Where below the roots a mailbox has its folder."""
    if store.layout == "maildir++":
        # Not the mail root: Dovecot keeps INBOX's own files in a folder of its name where they are elsewhere.
        return "." + on_disk if on_disk else ""
    return "/".join(filter(None, (_mailbox_dir(store), on_disk)))


def _is_inbox(store: Store, on_disk: str) -> bool:
    return store.has_inbox and on_disk == "INBOX"


def _root_holds_mail(store: Store) -> bool:
    """Whether the mail root is a mailbox itself, as of Maildir: the INBOX, where the namespace has it."""
    return store.format == "maildir" and not _dirname(store)


def _shown(store: Store, on_disk: str) -> str:
    """A mailbox's name as Dovecot tells it."""
    if _is_inbox(store, on_disk):
        return on_disk
    if not on_disk:
        return store.prefix.removesuffix(store.separator)
    own = "." if store.layout == "maildir++" else "/"
    name = on_disk if store.utf8_names else decode(on_disk)
    return store.prefix + (name.replace(own, store.separator) if store.separator != own else name)


def _by_guid(store: Store) -> Iterator[Mailbox]:
    """``LAYOUT=index``: each folder by the name the list index has for it, or by its own where it has none."""
    with suppress(FileNotFoundError), opened_root(store) as root, walking.inside(root, _mailbox_dir(store)) as folder:
        names = {one.guid: _joined(store, one.parts) for one in _listed(store)}
        for guid in islice(walking.by_guid(folder), MOST):
            inside = _inside(store, guid)
            yield _placed(store, names.get(guid, store.prefix + guid), inside, store.root / inside)


def _listed(store: Store) -> tuple[Listed, ...]:
    with ExitStack() as stack:
        try:
            return tuple(listed(open_folder(stack, store, store.index_root or store.root)))
        except (OSError, ValueError):
            return ()


def _joined(store: Store, parts: Sequence[str]) -> str:
    if store.has_inbox and [part.upper() for part in parts] == ["INBOX"]:
        return "INBOX"
    return store.prefix + store.separator.join(part if store.utf8_names else decode(part) for part in parts)


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
        elif store.format == "mbox":
            yield from walking.mbox(folder, inbox="INBOX" if store.has_inbox else "inbox")
        else:
            yield from walking.tree(folder, _dirname(store))


def opened_root(store: Store) -> AbstractContextManager[int]:
    """The mail root, opened from the user's home on without following a link, since below it all is the user's."""
    root = str(store.root)
    below = root if store.home is None else root.removeprefix(str(store.home).rstrip("/") + "/")
    if store.home is None or below == root:
        return opened_below(root)
    return opened_below(store.home, *below.split("/"), follow=True)


def _dirname(store: Store) -> str:
    """``DIRNAME=``, or what stands for it."""
    return store.dirname or ("dbox-Mails" if store.format in DBOX else "")


def _mailbox_dir(store: Store) -> str:
    return store.mailbox_dir or ("mailboxes" if store.format in DBOX else "")
