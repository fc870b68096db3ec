"""The offline checker: what is wrong with a mailbox's files, found without Dovecot and without a lock.

Opening a damaged dbox is what destroys its flags, so that the look must come before any access. What a busy writer
leaves for a moment is no damage: a finding counts when it is seen twice, seconds apart.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from mailtui.host.folders import opened_below
from mailtui.services.dovecot.index import dbox_messages, messages, uidlist
from mailtui.services.dovecot.index.damage import CONTROL, INDEX, LIST, MAIL, STORAGE, Damage, Look, Standing, damage
from mailtui.services.dovecot.index.flaws import Flaw, in_the_way
from mailtui.services.dovecot.index.index_file import SEEN
from mailtui.services.dovecot.index.index_set import IndexSet, read_set, standing
from mailtui.services.dovecot.index.mdbox_map import PREFIX, Storage, read_storage, unmapped
from mailtui.services.dovecot.index.reading import Raw, read
from mailtui.services.dovecot.index.replay import State
from mailtui.services.dovecot.index.uidlist import UidList
from mailtui.services.dovecot.index.uidlist_mended import mended
from mailtui.services.dovecot.stores.model import Mailbox, Store
from mailtui.text import clean

AGAIN_AFTER = 2.0
"""Seconds between two looks."""
_SHOWN = 10

Storages = dict[Path, Storage]
"""What was read of storages of mdbox."""


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
            return _Looking(mailbox, stack, thorough, {} if storages is None else storages).look()
    except Exception as error:  # whatever is in one mailbox, the others must be looked at all the same
        return Look(mailbox, problem=getattr(error, "strerror", None) or clean(str(error)) or type(error).__name__)


def open_folder(stack: ExitStack, store: Store, path: Path) -> int:
    """A folder of a store, reached without following a link below the store's own roots. Raises OSError, ValueError."""
    places = (store.root, store.index_root, store.control_root, store.inbox, store.alt)
    roots = [root for root in places if root is not None]
    root = next((root for root in roots if path.is_relative_to(root)), path)
    return stack.enter_context(opened_below(root, *path.relative_to(root).parts))


class _Looking:
    """The state of one look."""

    def __init__(self, mailbox: Mailbox, stack: ExitStack, thorough: bool, storages: Storages) -> None:
        self._mailbox = mailbox
        self._stack = stack
        self._thorough = thorough
        self._storages = storages
        self._format = mailbox.store.format
        self._damages: list[Damage] = []
        self._standing: dict[str, Standing] = {}

    def look(self) -> Look:
        """Everything about one mailbox."""
        store, mailbox = self._mailbox.store, self._mailbox
        if store.index_in_memory:
            return Look(mailbox, problem="INDEX=MEMORY: there are no index files")
        folder = self._open(mailbox.index)
        found = read_set(folder) if folder is not None else None
        state = found.state if found else State()
        if folder is not None and found is not None:
            self._add(folder, found, INDEX)
        uidvalidity, uidnext, count = state.uidvalidity, state.next_uid, len(state.flags) if state.complete else None
        if self._format == "maildir":
            uids, count = self._maildir(state)
            uidvalidity, uidnext = uids.uidvalidity or uidvalidity, uids.next_uid or uidnext
        elif self._format == "sdbox" and found is not None:
            self._sdbox(found, state)
        elif self._format == "mdbox" and found is not None:
            self._mdbox(found)
        if mailbox.name == "INBOX":
            self._list()
        unseen = sum(not flags & SEEN for flags in state.flags.values()) if state.complete else None
        return Look(
            mailbox,
            tuple(dict.fromkeys(self._damages)),
            uidvalidity,
            uidnext,
            count,
            unseen,
            self._standing,
        )

    def _list(self) -> None:
        """The index of the store's mailboxes; it is looked at with the one mailbox that every store has."""
        folder = self._open(self._mailbox.store.index_root or self._mailbox.store.root)
        if folder is not None:
            self._add(folder, read_set(folder, "dovecot.list.index"), LIST)

    def _open(self, path: Path) -> int | None:
        try:
            return open_folder(self._stack, self._mailbox.store, path)
        except FileNotFoundError:
            return None

    def _say(self, flaw: Flaw, file: str, place: str) -> None:
        self._damages.append(damage(flaw, file, place, self._format))

    def _add(self, folder: int, found: IndexSet, place: str) -> None:
        if found.found:
            self._standing[place] = standing(folder, found)
        for name, flaw in found.found:
            self._say(flaw, name, place)
        for raw in found.raws.values():
            self._rights(raw, place)

    def _rights(self, raw: Raw, place: str) -> None:
        """Whether the mail user can work with the file. Groups are not looked at where the owner is right."""
        if raw.instead:
            return
        store = self._mailbox.store
        if raw.uid != store.uid and not (raw.gid == store.gid and raw.mode & 0o060 == 0o060):
            self._say(Flaw("owner", f"user {raw.uid}, not {store.uid}"), raw.name, place)
        elif raw.uid == store.uid and raw.mode & 0o600 != 0o600:
            self._say(Flaw("mode", f"mode {raw.mode:04o}"), raw.name, place)

    def _maildir(self, state: State) -> tuple[UidList, int | None]:
        """The uidlist against the index and the files; the keywords against the files."""
        files = messages.maildir(self._required(self._mailbox.mail))
        control = self._open(self._mailbox.control)
        uids = self._uidlist(control, state, files)
        if uids.uidvalidity and state.complete:
            self._compare(uids, state, files)
        self._keywords(control, files)
        return uids, len(files)

    def _uidlist(self, control: int | None, state: State, files: dict[bytes, bytes]) -> UidList:
        raw = read(control, "dovecot-uidlist") if control is not None else None
        if raw is None and files and state.flags:
            self._say(Flaw("uidlist.missing", f"{len(files)} messages are there"), "dovecot-uidlist", CONTROL)
        if raw is not None and raw.instead:
            self._say(in_the_way(raw), raw.name, CONTROL)
        if raw is None or raw.instead:
            return UidList(None, None, {}, ())
        self._rights(raw, CONTROL)
        uids = uidlist.parse(raw.data)
        for flaw in uids.flaws:
            self._say(flaw, raw.name, CONTROL)
        # What cannot be mended is missed beyond that.
        return uidlist.parse(mended(raw.data, files)) if uids.flaws and uids.uidvalidity else uids

    def _compare(self, uids: UidList, state: State, files: dict[bytes, bytes]) -> None:
        if state.uidvalidity and state.uidvalidity != uids.uidvalidity:
            says = f"UIDVALIDITY {uids.uidvalidity}, {state.uidvalidity} in the index"
            self._say(Flaw("uidlist.uidvalidity", says), "dovecot-uidlist", CONTROL)
            return
        missing = [uid for uid in state.flags if uid not in uids.files]
        unlisted = len(files.keys() - set(uids.files.values()))
        if missing and unlisted:  # a file without a line is a new message; an index without both is merely old
            says = f"{len(missing)} messages: UID {_list(missing)}"
            self._say(Flaw("uidlist.lost", says), "dovecot-uidlist", CONTROL)

    def _keywords(self, control: int | None, files: dict[bytes, bytes]) -> None:
        raw = read(control, "dovecot-keywords") if control is not None else None
        if raw is not None and raw.instead:
            self._say(in_the_way(raw), raw.name, CONTROL)
            return
        names, wrong = messages.keyword_names(raw.data if raw else b"")
        if wrong:
            self._say(Flaw("keywords.line", f"{wrong} lines"), "dovecot-keywords", CONTROL)
        used = {number for info in set(files.values()) for number in messages.keyword_letters(info)}
        if used - names.keys():
            letters = ", ".join(chr(ord("a") + number) for number in sorted(used - names.keys()))
            self._say(Flaw("keywords.unnamed", f"letters {letters}"), "dovecot-keywords", CONTROL)

    def _sdbox(self, found: IndexSet, state: State) -> None:
        folder = self._required(self._mailbox.mail)
        second = self._second(self._mailbox.mail)
        folders = (folder,) if second is None else (folder, second)
        there = {uid for one in folders for uid in messages.sdbox(one)}
        # What the index has given up is but a leftover.
        for uid in sorted(there & state.flags.keys() if state.complete else there):
            flaw = dbox_messages.of_sdbox(folders, uid, thorough=self._thorough)
            if flaw is not None:
                self._say(flaw, f"u.{uid}", MAIL)
        self._unindexed(found, len(there))
        lost = sorted(state.flags.keys() - there)
        readable = found.index is None or not found.index.flaws
        if lost and state.complete and readable:
            says = f"{len(lost)} messages: UID {_list(lost)}{self._alone(second)}"
            self._say(Flaw("dbox.lost", says), f"u.{lost[0]}", MAIL)

    def _second(self, path: Path) -> int | None:
        """The folder of the same place in the second storage (``ALT=``)."""
        alt, root = self._mailbox.store.alt, self._mailbox.store.root
        return self._open(alt / path.relative_to(root)) if alt is not None else None

    def _alone(self, second: int | None) -> str:
        """That the second storage, where files may be too, is not there."""
        alt = self._mailbox.store.alt
        return f"; nor is there anything in {clean(str(alt))}: is it mounted?" if alt is not None and not second else ""

    def _unindexed(self, found: IndexSet, there: int) -> None:
        """An index that was thrown away, or deleted: what a guide's ``find -delete`` leaves."""
        if there and found.index is None and found.log is None and not found.found:
            self._say(Flaw("dbox.unindexed", f"{there} messages on disk, no index"), "dovecot.index", INDEX)

    def _mdbox(self, found: IndexSet) -> None:
        path = self._mailbox.store.storage
        folder, maps = self._open(path), self._open(self._mailbox.store.map_folder)
        if folder is None:
            return
        if maps is None:
            self._mapless(folder, found.state)
            return
        second = self._second(path)
        storage = self._storages.get(path)
        if storage is None:
            storage = self._storages[path] = read_storage(maps, folder, second, thorough=self._thorough)
        self._add(maps, storage.found, STORAGE)
        for name, flaw in storage.flaws:
            lost = self._alone(second) if flaw.kind == "dbox.lost" else ""
            self._say(replace(flaw, says=flaw.says + lost), name, MAIL)
        if storage.files and not found.raws:
            self._unindexed(found, storage.files)
        if not storage.found.raws:
            self._mapless(folder, found.state)
        header = found.index.extensions.get("mdbox-hdr") if found.index else None
        if header is not None and len(header.data) >= 4 and storage.uidvalidity:
            known = int.from_bytes(header.data[:4], "little")
            if known and known != storage.uidvalidity:
                says = f"{known} in the mailbox, {storage.uidvalidity} in the map"
                self._say(Flaw("map.uidvalidity", says), PREFIX, STORAGE)
                return
        unknown = unmapped(found, storage.found.state.flags) if storage.trusted and found.state.complete else []
        if unknown:
            says = f"{len(unknown)} messages: UID {_list(unknown)}"
            self._say(Flaw("map.lost", says), PREFIX, STORAGE)

    def _mapless(self, folder: int, state: State) -> None:
        if state.flags and messages.mdbox(folder):
            self._say(Flaw("map.lost", "there is no map at all"), PREFIX, STORAGE)

    def _required(self, path: Path) -> int:
        return open_folder(self._stack, self._mailbox.store, path)


def _list(uids: list[int]) -> str:
    return ", ".join(map(str, uids[:_SHOWN])) + (", …" if len(uids) > _SHOWN else "")
