"""Whether anything a look at a mailbox would read has changed: told by stat(2) alone, nothing is opened but folders.

A file that is written, replaced, or given other rights gets a new ctime, which nobody can set. What happens twice
within a tick of the file system's clock could go unseen, so that a mailbox must have been quiet for a while before its
fingerprint is worth keeping.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

from mailtui.services.dovecot.index.looking import tells_of_list
from mailtui.services.dovecot.index.messages import MOST
from mailtui.services.dovecot.stores.model import Mailbox, Store

_SUFFIXES = ("", ".log", ".log.2", ".cache")
_CONTROL = ("dovecot-uidlist", "dovecot-keywords")
_SIZE = 16
"""Bytes of a digest."""
_WITHOUT_REFERENCES = 2
"""The version of marshal that writes equal values as equal bytes."""

Fact = tuple[tuple[int, ...], int, int]
"""Of a file: the first fields of stat(2) down to the size, mtime and ctime in nanoseconds."""
_NOTHING: Fact = ((), 0, 0)


class Fingerprint(NamedTuple):
    """What stat(2) says of a mailbox's files."""

    digest: str
    newest: float
    """When the last of them changed, seconds since 1970."""


def key(mailbox: Mailbox) -> str:
    """Names a mailbox and everything a look depends on but its files."""
    store = mailbox.store
    places = (store.root, store.index_root, store.control_root, store.inbox, store.alt)
    facts = (mailbox.name, mailbox.mail, mailbox.index, mailbox.control, store.format, store.uid, store.gid, *places)
    return _digest("\0".join(map(str, facts)).encode("utf-8", "surrogateescape"))


def fingerprint(mailbox: Mailbox) -> Fingerprint | None:
    """None where something cannot be asked after, as in a folder that this process may not enter. Raises nothing."""
    try:
        facts = [*_facts(mailbox)]
    except OSError:
        return None
    return Fingerprint(_digest(marshal.dumps(facts, _WITHOUT_REFERENCES)), max(fact[2] for fact in facts) / 1e9)


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=_SIZE).hexdigest()


def _facts(mailbox: Mailbox) -> Iterator[Fact]:
    """Of each file and folder."""
    store = mailbox.store
    mail, index, control = str(mailbox.mail), str(mailbox.index), str(mailbox.control)
    for folder in dict.fromkeys((mail, index, control)):
        yield from _way(store, folder)
    yield from _set(f"{index}/dovecot.index")
    if store.format == "maildir":
        for path in (f"{mail}/cur", f"{mail}/new", *(f"{control}/{name}" for name in _CONTROL)):
            yield _fact(path)
    elif store.format == "sdbox":
        for place in store.both(mailbox.mail):
            yield from _folder(str(place), "u.")
    elif store.format == "mdbox":
        yield from _set(f"{store.map_folder}/dovecot.map.index")
        for place in store.both(store.storage):
            yield from _folder(str(place), "m.")
    if tells_of_list(mailbox):
        yield from _set(f"{store.index_root or store.root}/dovecot.list.index")


def _way(store: Store, folder: str) -> Iterator[Fact]:
    """Which folders lead there from the store's root. What else is in them does not matter."""
    roots = {str(root) for root in (store.root, store.index_root, store.control_root, store.inbox) if root is not None}
    while True:
        facts = os.lstat(folder)
        yield facts[:3] + facts[4:6], 0, 0
        if folder in roots or not any(folder.startswith(root + "/") for root in roots):
            return
        folder = folder.rpartition("/")[0]


def _set(prefix: str) -> Iterator[Fact]:
    """An index and what belongs to it."""
    for suffix in _SUFFIXES:
        yield _fact(prefix + suffix)


def _folder(path: str, beginning: str) -> Iterator[Fact]:
    """A folder and the files in it whose names begin so, in the order of their names."""
    yield _fact(path)
    with suppress(FileNotFoundError), os.scandir(path) as entries:
        names = sorted(entry.name for entry in islice(entries, MOST) if entry.name.startswith(beginning))
        yield from (_fact(f"{path}/{name}") for name in names)


def _fact(path: str) -> Fact:
    """What identifies a file and its content; nothing where there is none."""
    try:
        facts = os.lstat(path)
    except FileNotFoundError:
        return _NOTHING
    return facts[:7], facts.st_mtime_ns, facts.st_ctime_ns
