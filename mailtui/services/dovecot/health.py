"""The basics of a Maildir: who owns what, may they use it, what was left over, what contradicts its own name.

What they must be is maildir(5)'s; 36 hours for ``tmp`` is the rule of its author and Dovecot's own. Only looks: every
folder is opened below the one before, no link is followed, and only the first bytes of a message are ever read.
"""

from __future__ import annotations

import json
import os
import re
import stat
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

from mailtui.findings import Finding
from mailtui.host.errors import HostError
from mailtui.services.dovecot.index.reading import open_folder
from mailtui.services.dovecot.stores.discovery import opened_root
from mailtui.services.dovecot.stores.model import Mailbox, Store
from mailtui.text import clean

MAIL = ("cur", "new", "tmp")
OLD = 36 * 3600.0
"""Seconds after which a file in ``tmp`` is of no delivery any more."""
_SAMPLES = 5
_SIZE = re.compile(r",S=(\d{1,18})(?=[,:]|$)")
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"Dovecot-LZ4", b"CRYPTED")
"""How a message begins that Dovecot compressed or encrypted: its ``S=`` is the size of what is in it."""
_LOOK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

Trouble = tuple[str, str]
"""Kind (a key of ``health.json``) and what it was seen on."""


def of_store(store: Store) -> tuple[Finding, ...]:
    """What is wrong on the way to the mail root, and with the root itself."""
    subject = clean(store.user or str(store.root))
    try:
        return _findings(subject, _on_the_way(store))
    except FileNotFoundError:
        return ()
    except (OSError, HostError) as error:
        return _findings(subject, iter([("unreadable", str(error))]))


def of_mailbox(mailbox: Mailbox, now: float | None = None, *, messages: bool = True) -> tuple[Finding, ...]:
    """What is wrong with a mailbox's folders and, of a Maildir, with the files of its messages.

    Without ``messages`` only its folders are looked at, which takes no longer for a large one.
    """
    subject = clean(f"{mailbox.store.user or mailbox.store.root} {mailbox.name}")
    now = time.time() if now is None else now
    troubles = _of_maildir(mailbox, now, messages) if mailbox.store.format == "maildir" else iter(())
    try:
        return _findings(subject, chain(_below_the_roots(mailbox), troubles))
    except (OSError, ValueError) as error:
        return _findings(subject, iter([("unreadable", str(error))]))


@cache
def _kinds() -> Mapping[str, Mapping[str, Any]]:
    kinds: Mapping[str, Mapping[str, Any]] = json.loads(
        files(__package__).joinpath("health.json").read_text(encoding="utf-8")
    )
    return kinds


def _findings(subject: str, troubles: Iterator[Trouble]) -> tuple[Finding, ...]:
    """One finding for each kind, with the first few examples."""
    seen: dict[str, list[str]] = defaultdict(list)
    for kind, what in troubles:
        seen[kind].append(clean(what))
    return tuple(_finding(subject, kind, what) for kind, what in seen.items())


def _finding(subject: str, kind: str, what: list[str]) -> Finding:
    told = _kinds()[kind]
    more = (f"and {len(what) - _SAMPLES} more",) if len(what) > _SAMPLES else ()
    thing = "folder" if kind.startswith("folder") else "file"
    count = f"{len(what)} {thing}{'s' * (len(what) != 1)}"
    title = told["title"].format(count=count)
    evidence = (*what[:_SAMPLES], *more)
    return Finding(
        f"mailboxes.{kind}:{subject}", told["severity"], "mailboxes", subject, title, evidence, told["advice"]
    )


def _on_the_way(store: Store) -> Iterator[Trouble]:
    """The folders above must let the mail user through; the mail root itself must be theirs."""
    for folder in reversed(store.root.parents):
        facts = folder.stat()
        if not facts.st_mode & _passing(facts, store):
            yield "folder.way", f"{folder}, {facts.st_uid}:{facts.st_gid}, mode {stat.S_IMODE(facts.st_mode):04o}"
    with opened_root(store) as root:
        yield from _of_folder(os.fstat(root), str(store.root), store)


def _passing(facts: os.stat_result, store: Store) -> int:
    """The bit of the mode that decides whether the mail user may enter a folder; all may let root."""
    if store.uid == 0:
        return 0o7777
    if facts.st_uid == store.uid:
        return 0o100
    return 0o010 if facts.st_gid == store.gid else 0o001


def _of_folder(facts: os.stat_result, name: str, store: Store) -> Iterator[Trouble]:
    mode = stat.S_IMODE(facts.st_mode)
    if facts.st_uid != store.uid:
        yield "folder.owner", f"{name} belongs to {facts.st_uid}, not to {store.uid}"
    elif mode & 0o700 != 0o700:
        yield "folder.mode", f"{name} has mode {mode:04o}"
    if mode & 0o002 and not mode & stat.S_ISVTX:
        yield "folder.open", f"{name} has mode {mode:04o}"


def _below_the_roots(mailbox: Mailbox) -> Iterator[Trouble]:
    """The folders from the store's roots on that lead to the mailbox's files, its own among them; not the mail root."""
    store = mailbox.store
    above = {str(root.parent) for root in (store.root, store.index_root, store.control_root) if root is not None}
    more = [store.storage, store.map_folder] if store.format == "mdbox" else []
    no_folder = store.format in ("maildir", "mbox")  # or one that is told with what is in it
    seen = {str(store.root), *((str(mailbox.mail),) if no_folder else ())}
    for path in (mailbox.mail, mailbox.index, mailbox.control, *more):
        folder = str(path)
        while folder not in above and any(folder.startswith(f"{root}/") for root in above):
            if folder not in seen:
                seen.add(folder)
                yield from _of_path(folder, store)
            folder = folder.rpartition("/")[0]


def _of_path(folder: str, store: Store) -> Iterator[Trouble]:
    with suppress(FileNotFoundError):
        facts = os.lstat(folder)
        if stat.S_ISDIR(facts.st_mode):
            yield from _of_folder(facts, folder, store)


def _of_maildir(mailbox: Mailbox, now: float, messages: bool) -> Iterator[Trouble]:
    store = mailbox.store
    with ExitStack() as stack:
        folder = open_folder(stack, store, mailbox.mail)
        if mailbox.mail != store.root:
            yield from _of_folder(os.fstat(folder), str(mailbox.mail), store)
        for name in MAIL:
            try:
                fd = os.open(name, _LOOK | os.O_DIRECTORY, dir_fd=folder)
            except FileNotFoundError:
                yield "folder.missing", name
            except NotADirectoryError:
                yield "folder.link", f"{mailbox.mail}/{name}"
            else:
                stack.callback(os.close, fd)
                yield from _of_folder(os.fstat(fd), f"{mailbox.mail}/{name}", store)
                if messages:
                    yield from _of_files(fd, name, store, now)


def _of_files(folder: int, where: str, store: Store, now: float) -> Iterator[Trouble]:
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                facts = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # taken, renamed or delivered meanwhile
                continue
            name = f"{where}/{entry.name}"
            if facts.st_uid != store.uid:
                yield "file.owner", f"{name} belongs to {facts.st_uid}, not to {store.uid}"
            elif not facts.st_mode & 0o400:
                yield "file.mode", f"{name} has mode {stat.S_IMODE(facts.st_mode):04o}"
            if where == "tmp" and now - max(facts.st_mtime, facts.st_ctime) > OLD:
                yield "tmp.old", name
            if where != "tmp" and stat.S_ISREG(facts.st_mode):
                yield from _of_size(folder, entry.name, name, facts.st_size)


def _of_size(folder: int, name: str, shown: str, size: int) -> Iterator[Trouble]:
    told = _SIZE.search(name)
    if told is not None and int(told[1]) != size and not _packed(folder, name):
        yield "file.size", f"{shown} has {size} bytes"


def _packed(folder: int, name: str) -> bool:
    """Whether a message is compressed or encrypted; true too where that cannot be told, since it may be."""
    try:
        fd = os.open(name, _LOOK, dir_fd=folder)
    except OSError:
        return True
    try:
        return os.read(fd, 16).startswith(_PACKED)
    finally:
        os.close(fd)
