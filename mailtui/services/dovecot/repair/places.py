"""Where the files of a mailbox are, and where they go when they are moved aside."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from mailtui.host.errors import HostError
from mailtui.services.dovecot.index.damage import CONTROL, INDEX, LIST, MAIL, STORAGE
from mailtui.services.dovecot.stores.model import Mailbox, Store


def folder_of(mailbox: Mailbox, place: str) -> Path:
    """The folder that damage names by its place."""
    return {
        INDEX: mailbox.index,
        CONTROL: mailbox.control,
        LIST: mailbox.store.index_root or mailbox.store.root,
        STORAGE: mailbox.store.map_folder,
        MAIL: mailbox.store.storage if mailbox.store.format == "mdbox" else mailbox.mail,
    }[place]


def root_of(store: Store, place: str) -> Path:
    """The root in whose file system the folder is."""
    roots = dict.fromkeys((INDEX, LIST, STORAGE), store.index_root) | {CONTROL: store.control_root}
    return roots.get(place) or store.root


def quarantine_of(store: Store, root: Path) -> Path:
    """Where files from below one of a store's roots are kept: beside it, so that no client sees it.

    Otherwise inside; there it is no mailbox, but for ``LAYOUT=fs``. Raises HostError where there is no such place.
    """
    try:
        beside, inside = root.parent.stat(), root.stat()
    except OSError as error:
        raise HostError(f"{root}: {error.strerror}") from error
    if _may_write(beside, store) and beside.st_dev == inside.st_dev:
        return root.parent / f"{root.name}.mailtui-quarantine"
    if store.format == "maildir" and store.layout == "fs" and root == store.root:
        raise HostError(f"user {store.uid} may not write {root.parent}, where the quarantine would be")
    return root / "mailtui-quarantine"


def _may_write(facts: os.stat_result, store: Store) -> bool:
    if facts.st_uid == store.uid:
        return bool(facts.st_mode & stat.S_IWUSR)
    return bool(facts.st_mode & (stat.S_IWGRP if facts.st_gid == store.gid else stat.S_IWOTH))
