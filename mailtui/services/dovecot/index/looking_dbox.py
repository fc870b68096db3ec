"""A dbox's files: messages against the index and, of mdbox, against the storage's map."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from mailtui.services.dovecot.index import dbox_messages, messages
from mailtui.services.dovecot.index.damage import INDEX, MAIL, STORAGE
from mailtui.services.dovecot.index.flaws import Flaw
from mailtui.services.dovecot.index.index_set import IndexSet
from mailtui.services.dovecot.index.looking import Looking, listed
from mailtui.services.dovecot.index.mdbox_map import PREFIX, Storage, read_storage, unmapped
from mailtui.services.dovecot.index.replay import State

_MOST_FLAWS = 100


def look_at_sdbox(looking: Looking, found: IndexSet) -> None:
    """What the index says against the ``u.`` files. Raises OSError."""
    state = found.state
    folder = looking.required(looking.mailbox.mail)
    second = looking.second(looking.mailbox.mail)
    folders = (folder,) if second is None else (folder, second)
    there = {uid for one in folders for uid in messages.sdbox(one)}
    # What the index has given up is but a leftover.
    wanted = sorted(there & state.flags.keys() if state.complete else there)
    each = ((uid, dbox_messages.of_sdbox(folders, uid, thorough=looking.thorough)) for uid in wanted)
    for uid, flaw in islice(((uid, flaw) for uid, flaw in each if flaw is not None), _MOST_FLAWS):
        looking.say(flaw, f"u.{uid}", MAIL)
    _unindexed(looking, found, len(there))
    lost = sorted(state.flags.keys() - there)
    readable = found.index is None or not found.index.flaws
    if lost and state.complete and readable:
        says = f"{len(lost)} messages: UID {listed(lost)}{looking.alone(second)}"
        looking.say(Flaw("dbox.lost", says), f"u.{lost[0]}", MAIL)


def _unindexed(looking: Looking, found: IndexSet, there: int) -> None:
    """An index that was thrown away, or deleted: what a guide's ``find -delete`` leaves."""
    if there and found.index is None and found.log is None and not found.found:
        where = " in this folder: where mail_index_path (INDEX=) keeps it elsewhere, name the user"
        says = f"{there} messages on disk, no index{where if looking.mailbox.store.by_path else ''}"
        looking.say(Flaw("dbox.unindexed", says), "dovecot.index", INDEX)


def look_at_mdbox(looking: Looking, found: IndexSet) -> None:
    """What the index says against the map, and the map against the ``m.`` files. Raises OSError."""
    path = looking.mailbox.store.storage
    folder, maps = looking.open(path), looking.open(looking.mailbox.store.map_folder)
    if folder is None:
        return
    if maps is None:
        _mapless(looking, folder, found.state)
        return
    second = looking.second(path)
    storage = looking.storages.get(path)
    if storage is None:
        storage = looking.storages[path] = read_storage(maps, folder, second, thorough=looking.thorough)
    looking.add(maps, storage.found, STORAGE)
    for name, flaw in storage.flaws:
        lost = looking.alone(second) if flaw.kind == "dbox.lost" else ""
        looking.say(replace(flaw, says=flaw.says + lost), name, MAIL)
    if storage.files and not found.raws:
        _unindexed(looking, found, storage.files)
    if not storage.found.raws:
        _mapless(looking, folder, found.state)
    _compare(looking, found, storage)


def _compare(looking: Looking, found: IndexSet, storage: Storage) -> None:
    """Whether the mailbox and the map know each other, and the map every message."""
    header = found.index.extensions.get("mdbox-hdr") if found.index else None
    if header is not None and len(header.data) >= 4 and storage.uidvalidity:
        known = int.from_bytes(header.data[:4], "little")
        if known and known != storage.uidvalidity:
            says = f"{known} in the mailbox, {storage.uidvalidity} in the map"
            looking.say(Flaw("map.uidvalidity", says), PREFIX, STORAGE)
            return
    unknown = unmapped(found, storage.found.state.flags) if storage.trusted and found.state.complete else []
    if unknown:
        says = f"{len(unknown)} messages: UID {listed(unknown)}"
        looking.say(Flaw("map.lost", says), PREFIX, STORAGE)


def _mapless(looking: Looking, folder: int, state: State) -> None:
    if state.flags and messages.mdbox(folder):
        looking.say(Flaw("map.lost", "there is no map at all"), PREFIX, STORAGE)
