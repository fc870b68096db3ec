"""What is kept before ``doveadm force-resync``, which writes more than was damaged, so that all can be put back.

Of sdbox that is the mailbox's index and the damaged messages; of mdbox, where it works on the whole user, the index of
every mailbox, the map, and a second name of each file of messages (Dovecot's src/lib-storage/index/dbox-*).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from mailtui.services.dovecot.index.damage import INDEX, MAIL, STORAGE
from mailtui.services.dovecot.repair.place import LOG
from mailtui.services.dovecot.repair.quarantine import LINKED
from mailtui.services.dovecot.stores import discovery
from mailtui.services.dovecot.stores.model import Mailbox

_MAP_LOG = "dovecot.map.index.log"


class Keep(NamedTuple):
    """One folder, and what of it is kept."""

    place: str
    folder: Path
    log: str = LOG
    """Of the index that is copied; ``""`` for none."""
    names: tuple[str, ...] = ()
    """Files of messages that get a second name."""


def kept_before_resync(mailbox: Mailbox, damaged: Sequence[str]) -> Iterator[Keep]:
    """What a resync of this mailbox may change; ``damaged`` are the files it is done for. Raises HostError."""
    store = mailbox.store
    if store.format in ("sdbox", "mbox"):
        yield Keep(INDEX, mailbox.index)
    if store.format == "sdbox":
        messages = tuple(name for name in damaged if LINKED.fullmatch(name))
        if messages:
            yield Keep(MAIL, mailbox.mail, "", messages)
    if store.format == "mdbox":
        yield from _of_user(mailbox)


def _of_user(mailbox: Mailbox) -> Iterator[Keep]:
    store = mailbox.store
    others = (one.index for one in discovery.mailboxes(store) if os.path.lexists(one.index / LOG))
    for folder in dict.fromkeys((mailbox.index, *others)):
        yield Keep(INDEX, folder)
    if store.map_folder.is_dir():
        yield Keep(STORAGE, store.map_folder, _MAP_LOG)
    for folder in store.both(store.storage):
        with suppress(FileNotFoundError):
            names = sorted(path.name for path in folder.iterdir())
            yield Keep(MAIL, folder, "", tuple(filter(LINKED.fullmatch, names)))
