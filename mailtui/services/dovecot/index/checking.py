"""The offline checker: what is wrong with a mailbox's files, found without Dovecot and without a lock.

Opening a damaged dbox is what destroys its flags, so that the look must come before any access. What a busy writer
leaves for a moment is no damage: a finding counts when it is seen twice, seconds apart.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace

from mailtui.services.dovecot.index import looking_dbox, looking_maildir, looking_mbox
from mailtui.services.dovecot.index.damage import INDEX, LIST, Look
from mailtui.services.dovecot.index.index_layout import SEEN, having
from mailtui.services.dovecot.index.looking import Looking, Storages, tells_of_list
from mailtui.services.dovecot.index.replay import State
from mailtui.services.dovecot.index.set_reading import read_set
from mailtui.services.dovecot.stores.model import Mailbox
from mailtui.text import clean

AGAIN_AFTER = 2.0
"""Seconds between two looks."""


def check(mailbox: Mailbox, *, again_after: float = AGAIN_AFTER) -> Look:
    """A look whose findings were seen twice. Raises nothing."""
    first = look(mailbox)
    if not first.damages:
        return first
    time.sleep(again_after)
    return confirmed(first)


def confirmed(first: Look, *, thorough: bool = True) -> Look:
    """Another look; of its findings those that the first one had too."""
    second = look(first.mailbox, thorough=thorough)
    seen = {(one.kind, one.file) for one in first.damages}
    return replace(second, damages=tuple(one for one in second.damages if (one.kind, one.file) in seen))


def look(mailbox: Mailbox, *, thorough: bool = True, storages: Storages | None = None) -> Look:
    """One look; ``thorough`` reads the headers of dbox's messages too.

    ``storages`` has what was read of the storages of mdbox, which many mailboxes share, in the same round of looks.
    Raises nothing: what cannot be read is said in the look.
    """
    try:
        with ExitStack() as stack:
            return _look(Looking(mailbox, stack, thorough, {} if storages is None else storages))
    except Exception as error:  # whatever is in one mailbox, the others must be looked at all the same
        return Look(mailbox, problem=_problem(error))


def _problem(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{clean(str(error.filename))}: {error.strerror}" if error.filename else error.strerror
    return clean(str(error)) or type(error).__name__


def _look(looking: Looking) -> Look:
    """Everything about one mailbox."""
    store, mailbox = looking.mailbox.store, looking.mailbox
    if store.index_in_memory:
        return Look(mailbox, problem="INDEX=MEMORY: there are no index files")
    folder = looking.open(mailbox.index)
    found = read_set(folder) if folder is not None else None
    state = found.state if found else State()
    if folder is not None and found is not None:
        looking.add(folder, found, INDEX)
    uidvalidity, uidnext, count = state.uidvalidity, state.next_uid, len(state.flags) if state.complete else None
    if looking.format == "maildir":
        uids, count = looking_maildir.look_at(looking, state)
        uidvalidity, uidnext = uids.uidvalidity or uidvalidity, uids.next_uid or uidnext
    elif looking.format == "sdbox" and found is not None:
        looking_dbox.look_at_sdbox(looking, found)
    elif looking.format == "mdbox" and found is not None:
        looking_dbox.look_at_mdbox(looking, found)
    elif looking.format == "mbox" and found is not None:
        looking_mbox.look_at(looking, found)
    if tells_of_list(mailbox):
        _list(looking)
    unseen = len(bytes(state.flags.values()).translate(None, having(SEEN))) if state.complete else None
    return Look(
        mailbox,
        tuple(dict.fromkeys(looking.damages)),
        uidvalidity,
        uidnext,
        count,
        unseen,
        looking.standing,
    )


def _list(looking: Looking) -> None:
    """The index of the store's mailboxes."""
    folder = looking.open(looking.mailbox.store.index_root or looking.mailbox.store.root)
    if folder is not None:
        looking.add(folder, read_set(folder, "dovecot.list.index"), LIST)
