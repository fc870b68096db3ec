"""mdbox's ``storage/dovecot.map.index``: in which ``m.`` file each message is, and whether any mailbox still has it.

Dovecot's src/lib-storage/index/dbox-multi/mdbox-map.c keeps it in two extensions: ``map`` (file, offset, size) and
``ref`` (how many mailboxes refer to the message; with none it stays until ``doveadm purge``).
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from mailtui.services.dovecot.index.dbox_messages import Folders, Place, of_mdbox
from mailtui.services.dovecot.index.extension import kept
from mailtui.services.dovecot.index.flaws import Flaw
from mailtui.services.dovecot.index.index_set import IndexSet
from mailtui.services.dovecot.index.messages import mdbox
from mailtui.services.dovecot.index.set_reading import read_set

PREFIX = "dovecot.map.index"
_PLACE = struct.Struct("<III")
_NUMBER = struct.Struct("<I")
_MOST_FLAWS = 20


@dataclass(frozen=True, slots=True)
class Storage:
    """The storage of one user, which all mailboxes share."""

    found: IndexSet
    files: int
    """So many ``m.`` files are there."""
    flaws: tuple[tuple[str, Flaw], ...]
    """What is wrong with them, by name."""

    @property
    def uidvalidity(self) -> int | None:
        """By which mailboxes know that the map is theirs."""
        return self.found.state.uidvalidity

    @property
    def trusted(self) -> bool:
        """Whether the map tells every message there is."""
        return self.found.state.complete and not any(name == PREFIX for name, _ in self.found.found)


def read_storage(maps: int, folder: int, alternative: int | None, *, thorough: bool) -> Storage:
    """The map in ``maps``, the files in a storage and, of ``ALT=``, in the second one. Raises OSError."""
    found = read_set(maps, PREFIX)
    storage = Storage(found, len(mdbox(folder)), ())
    if not storage.trusted:
        return storage
    folders = (folder,) if alternative is None else (folder, alternative)
    return Storage(found, storage.files, tuple(_flaws(found, folders, thorough)))


def _flaws(found: IndexSet, folders: Folders, thorough: bool) -> list[tuple[str, Flaw]]:
    flaws: list[tuple[str, Flaw]] = []
    for number, places in sorted(_places(found).items()):
        flaw = of_mdbox(folders, number, sorted(places), thorough=thorough)
        if flaw is not None:
            flaws.append((f"m.{number}", flaw))
        if len(flaws) == _MOST_FLAWS:
            break
    return flaws


def _places(found: IndexSet) -> dict[int, list[Place]]:
    """Where messages are that some mailbox has, by the number of the file."""
    references = kept(found, "ref").records
    places: dict[int, list[Place]] = defaultdict(list)
    for uid, (number, place) in _placed(found).items():
        if any(references.get(uid, b"")):
            places[number].append(place)
    return places


def _placed(found: IndexSet) -> dict[int, tuple[int, Place]]:
    """The number of a message's file and its place there, by its UID in the map."""
    placed = {}
    for uid, record in kept(found, "map").records.items():
        if uid in found.state.flags and len(record) == _PLACE.size:
            number, offset, size = _PLACE.unpack(record)
            placed[uid] = number, Place(offset, size)
    return placed


def unreadable(found: IndexSet, storage: IndexSet, folders: Folders) -> set[int]:
    """UIDs of a mailbox's messages of which the files hold nothing any more; ``storage`` is the map."""
    placed = _placed(storage)
    by_file: dict[int, dict[int, Place]] = defaultdict(dict)
    for uid, map_uid in _in_map(found).items():
        if map_uid in placed:
            number, place = placed[map_uid]
            by_file[number][uid] = place
    gone: set[int] = set()
    for number, places in by_file.items():
        if of_mdbox(folders, number, list(places.values()), thorough=True) is not None:
            each = (uid for uid, place in places.items() if of_mdbox(folders, number, [place], thorough=True))
            gone.update(each)
    return gone


def unmapped(found: IndexSet, known: Collection[int]) -> list[int]:
    """UIDs of a mailbox's messages that the map, which has ``known``, does not have."""
    return sorted(uid for uid, map_uid in _in_map(found).items() if map_uid not in known)


def _in_map(found: IndexSet) -> dict[int, int]:
    """UIDs in the map by those of a mailbox's messages."""
    records = ((uid, record) for uid, record in kept(found, "mdbox").records.items() if uid in found.state.flags)
    return {uid: _NUMBER.unpack_from(record)[0] for uid, record in records if len(record) >= _NUMBER.size}
