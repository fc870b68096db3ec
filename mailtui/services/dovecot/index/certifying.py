"""What a mailbox holds, read from the disk without Dovecot: the one side of a proof that nothing was lost."""

from __future__ import annotations

from contextlib import ExitStack

from mailtui.services.dovecot.index import messages, uidlist
from mailtui.services.dovecot.index.dbox_messages import of_sdbox
from mailtui.services.dovecot.index.index_layout import FLAGS
from mailtui.services.dovecot.index.mdbox_map import PREFIX, unreadable
from mailtui.services.dovecot.index.reading import open_folder, read
from mailtui.services.dovecot.index.replay import State
from mailtui.services.dovecot.index.set_reading import read_set
from mailtui.services.dovecot.index.standing import best_state
from mailtui.services.dovecot.index.uidlist_mended import mended
from mailtui.services.dovecot.repair.proof import Certificate
from mailtui.services.dovecot.stores.model import Mailbox


def certificate(mailbox: Mailbox) -> Certificate:
    """All that is still readable. Raises OSError where the messages themselves cannot be read."""
    with ExitStack() as stack:
        try:
            folder = open_folder(stack, mailbox.store, mailbox.index)
            state = best_state(folder, read_set(folder))
        except FileNotFoundError:
            state = State()
        if mailbox.store.format == "maildir":
            return _of_maildir(mailbox, stack, state)
        files = None
        if mailbox.store.format == "sdbox":
            files, gone = _of_sdbox(mailbox, stack, state)
        else:
            gone = _of_mdbox(mailbox, stack) if mailbox.store.format == "mdbox" else set()
        flags = {uid: state.names(uid) for uid in state.flags if uid and uid not in gone}
        return Certificate(
            state.uidvalidity or None, state.next_uid, dict.fromkeys(flags, ""), flags, files, destroyed=len(gone)
        )


def _of_sdbox(mailbox: Mailbox, stack: ExitStack, state: State) -> tuple[int, set[int]]:
    """How many files of messages can be read, and the UIDs of messages whose file cannot."""
    folder = open_folder(stack, mailbox.store, mailbox.mail)
    there = messages.sdbox(folder)
    broken = {uid for uid in there if of_sdbox((folder,), uid, thorough=True) is not None}
    missing = set(state.flags) - there if mailbox.store.alt is None else set()
    return len(there - broken), (broken | missing) & set(state.flags)


def _of_mdbox(mailbox: Mailbox, stack: ExitStack) -> set[int]:
    """UIDs of messages that the map places where nothing of them can be read; none where there is no such map."""
    store = mailbox.store
    try:
        found = read_set(open_folder(stack, store, mailbox.index))
        storage = read_set(open_folder(stack, store, store.map_folder), PREFIX)
        return unreadable(found, storage, [open_folder(stack, store, place) for place in store.both(store.storage)])
    except FileNotFoundError:
        return set()


def _of_maildir(mailbox: Mailbox, stack: ExitStack, state: State) -> Certificate:
    """UIDs by the uidlist, flags by the file names, keywords by their letters."""
    files = messages.maildir(open_folder(stack, mailbox.store, mailbox.mail))
    control = open_folder(stack, mailbox.store, mailbox.control)
    raw, words = read(control, "dovecot-uidlist"), read(control, "dovecot-keywords")
    data = raw.data if raw else b""
    uids = uidlist.parse(data)
    if uids.flaws and uids.uidvalidity:
        data = mended(data, files)
        uids = uidlist.parse(data)
    names, _ = messages.keyword_names(words.data if words else b"")
    listed = {uid: name for uid, name in uids.files.items() if name in files}
    flags = {uid: _flags(files[name], names) for uid, name in listed.items()}
    own = uidlist.guids(data)
    by_name = {uid: own.get(uid) or name.decode("utf-8", "surrogateescape") for uid, name in listed.items()}
    return Certificate(uids.uidvalidity or state.uidvalidity, uids.next_uid, by_name, flags, len(files))


def _flags(info: bytes, names: dict[int, str]) -> frozenset[str]:
    bits = messages.maildir_flags(info)
    system = {name for bit, name in FLAGS.items() if bits & bit}
    return frozenset(system | {names[number] for number in messages.keyword_letters(info) if number in names})
