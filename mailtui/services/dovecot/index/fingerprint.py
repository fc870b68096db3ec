"""Whether anything has changed that a look at a mailbox and its folders would read: told by stat(2) alone.

A file that is written, replaced, or given other rights gets a new ctime, which nobody can set. What happens twice
within a tick of the file system's clock could go unseen, so that a mailbox must have been quiet for a while before its
fingerprint is worth keeping.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from mailtui.services.dovecot.index.looking import tells_of_list
from mailtui.services.dovecot.index.messages import MOST
from mailtui.services.dovecot.stores.model import Mailbox, Store

SIZE = 16
"""Bytes of a digest."""
_INDEX = tuple(f"/dovecot.index{suffix}" for suffix in ("", ".log", ".log.2", ".cache"))
_LIST = tuple(f"/dovecot.list.index{suffix}" for suffix in ("", ".log", ".log.2", ".cache"))
_MAP = tuple(f"/dovecot.map.index{suffix}" for suffix in ("", ".log", ".log.2", ".cache"))
_MESSAGES = ("/cur", "/new")
_CONTROL = ("/dovecot-uidlist", "/dovecot-keywords")
_WITHOUT_REFERENCES = 2
"""The version of marshal that writes equal values as equal bytes."""

Fact = tuple[tuple[int, ...], int, int]
"""Of a file: the first fields of stat(2) down to the size, mtime and ctime in nanoseconds."""
_NOTHING: Fact = ((), 0, 0)


class Fingerprint(NamedTuple):
    """What stat(2) says of a mailbox's files."""

    digest: bytes
    """Of that, of the mailbox's name and places, and of all else that a look depends on."""
    newest: float
    """When the last of them changed, seconds since 1970."""


def fingerprints(mailboxes: Sequence[Mailbox]) -> list[Fingerprint | None]:
    """Of each; None where something cannot be asked after, as in a folder this process may not enter."""
    taken = Fingerprints()
    return [taken.of(mailbox) for mailbox in mailboxes]


class Fingerprints:
    """Takes them, mailbox by mailbox; what is the same for those of one store that follow each other is done once."""

    def __init__(self) -> None:
        self._store: Store | None = None
        self._told = ""
        self._roots: frozenset[str] = frozenset()
        self._ways: dict[str, tuple[Fact, ...]] = {}

    def of(self, mailbox: Mailbox) -> Fingerprint | None:
        """None where something cannot be asked after, as in a folder this process may not enter. Raises nothing."""
        store = mailbox.store
        if store is not self._store:
            self._turn_to(store)
        mail = str(mailbox.mail)
        index = mail if mailbox.index is mailbox.mail else str(mailbox.index)
        control = mail if mailbox.control is mailbox.mail else str(mailbox.control)
        try:
            facts = [fact for folder in {mail: 0, index: 0, control: 0} for fact in self._way(folder)]
            facts += map(_being, _beside(mailbox, mail))
            facts += map(_fact, _files(mailbox, mail, index, control))
        except OSError:
            return None
        place = f"{self._told}\0{mailbox.name}\0{mail}\0{index}\0{control}"
        told = marshal.dumps((place, facts), _WITHOUT_REFERENCES)
        return Fingerprint(blake2b(told, digest_size=SIZE).digest(), max([ctime for _, _, ctime in facts]) / 1e9)

    def _turn_to(self, store: Store) -> None:
        roots = (store.root, store.index_root, store.control_root, store.inbox)
        facts = (store.format, store.uid, store.gid, *roots, store.alt)
        self._store, self._told, self._ways = store, "\0".join(map(str, facts)), {}
        self._roots = frozenset(str(root) for root in roots if root is not None)

    def _way(self, folder: str) -> tuple[Fact, ...]:
        """Which folders lead there from the store's root. What else is in them does not matter. Raises OSError."""
        way = self._ways.get(folder)
        if way is None:
            way = (_being(folder),)
            if folder not in self._roots and any(folder.startswith(root + "/") for root in self._roots):
                way += self._way(folder.rpartition("/")[0])
            self._ways[folder] = way
        return way


def _beside(mailbox: Mailbox, mail: str) -> tuple[str, ...]:
    """Folders that must be right, whatever is in them."""
    if mailbox.store.format == "maildir":
        return (f"{mail}/tmp",)  # noqa: S108 - a Maildir's
    return (str(mailbox.store.map_folder),) if mailbox.store.format == "mdbox" else ()


def _files(mailbox: Mailbox, mail: str, index: str, control: str) -> list[str]:
    """The paths of all that a look would read. Raises OSError."""
    store = mailbox.store
    paths = [index + name for name in _INDEX]
    if store.format == "maildir":
        paths += [mail + name for name in _MESSAGES]
        paths += [control + name for name in _CONTROL]
    elif store.format == "sdbox":
        for place in store.both(mailbox.mail):
            paths += _folder(place, "u.")
    elif store.format == "mdbox":
        paths += [f"{store.map_folder}{name}" for name in _MAP]
        for place in store.both(store.storage):
            paths += _folder(place, "m.")
    else:
        paths.append(mail)
    if tells_of_list(mailbox):
        paths += [f"{store.index_root or store.root}{name}" for name in _LIST]
    return paths


def _folder(place: Path, beginning: str) -> list[str]:
    """A folder and the files in it whose names begin so, in the order of their names."""
    names: list[str] = []
    with suppress(FileNotFoundError), os.scandir(place) as entries:
        names = sorted(entry.name for entry in islice(entries, MOST) if entry.name.startswith(beginning))
    return [str(place), *(f"{place}/{name}" for name in names)]


def _being(folder: str) -> Fact:
    """What a folder is and whose, which a change inside of it does not touch. Raises OSError where there is none."""
    facts = os.lstat(folder)
    return facts[:3] + facts[4:6], 0, 0


def _fact(path: str) -> Fact:
    """What identifies a file and its content; nothing where there is none."""
    try:
        facts = os.lstat(path)
    except FileNotFoundError:
        return _NOTHING
    return facts[:7], facts.st_mtime_ns, facts.st_ctime_ns
