"""A user's mail on disk: whose it is, who may read it, and whether Dovecot gets there. path_resolution(7)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from mailtui.findings import Finding
from mailtui.services.dovecot.stores.model import Store
from mailtui.services.people.model import Place, State
from mailtui.services.people.telling import say
from mailtui.text import clean

_NOT_YET = "there is no mail yet: the folder is made at the first delivery or login"


def look(store: Store) -> tuple[Place, tuple[Finding, ...]]:
    """The place of a user's mail, and what is wrong with it; nothing is followed but the path itself."""
    user, path = clean(store.user), clean(str(store.root))
    closed = _closed(store)
    if closed is not None:
        told = f"{clean(str(closed))} lets uid {store.uid} not through"
        return Place("disk", user, "wrong", told), (say("shut", store.user, _told(closed), path=closed),)
    try:
        there = store.root.stat()
    except FileNotFoundError:
        return Place("disk", user, "unused", _NOT_YET, (path,)), ()
    except OSError as error:
        return Place("disk", user, "unknown", f"{path}: {error.strerror}"), ()
    found = tuple(_wrong(store, there))
    owned = f"{path} belongs to {there.st_uid}:{there.st_gid}, mode {stat.S_IMODE(there.st_mode):04o}"
    state: State = "wrong" if any(one.severity == "error" for one in found) else "there"
    told = found[0].title if state == "wrong" else "its mail is there"
    return Place("disk", user, state, told, (owned, f"Dovecot works as {store.uid}:{store.gid}")), found


def _wrong(store: Store, there: os.stat_result) -> Iterator[Finding]:
    owner = f"{store.uid}:{store.gid}"
    told = _told(store.root)
    if there.st_uid != store.uid:
        yield say("owner", store.user, told, f"userdb says {owner}", path=store.root, owner=owner)
    if there.st_mode & stat.S_IROTH and there.st_mode & stat.S_IXOTH and _reachable(store.root):
        yield say("open", store.user, told, path=store.root)


def _closed(store: Store) -> Path | None:
    """The first folder above that the user may not pass through; ACLs and capabilities are not looked at."""
    for folder in reversed(store.root.parents):
        try:
            there = folder.stat()
        except OSError:
            return None
        own = stat.S_IXUSR if there.st_uid == store.uid else stat.S_IXGRP if there.st_gid == store.gid else stat.S_IXOTH
        if store.uid and not there.st_mode & own:
            return folder
    return None


def _reachable(path: Path) -> bool:
    """Whether everybody gets as far as the folder."""
    try:
        return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.parents)
    except OSError:
        return False


def _told(path: Path) -> str:
    try:
        there = path.stat()
    except OSError as error:
        return f"{path}: {error.strerror}"
    return f"{path}: owner {there.st_uid}:{there.st_gid}, mode {stat.S_IMODE(there.st_mode):04o}"
