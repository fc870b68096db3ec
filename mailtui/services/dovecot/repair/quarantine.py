"""Index files moved aside instead of deleted, with a manifest, and put back on request.

Only files that Dovecot can make again are ever moved; UID lists, keywords, ACLs, subscriptions, scripts and the mail
itself have no way in here. Everything runs as the mail user (``mailtui.host.as_user``), by open folders.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import chain, count
from pathlib import Path

from mailtui.host.errors import HostError
from mailtui.host.folders import opened_folder
from mailtui.services.dovecot.repair.copying import copy_regular

MOVABLE = re.compile(r"dovecot\.(index|list\.index|map\.index)(\.log(\.2)?|\.cache|\.thread)?", re.ASCII)
"""Names that may be moved aside; which of them a mailbox can do without is for the ladder to know."""
COPIED = re.compile(rf"{MOVABLE.pattern}|dovecot\.(map\.)?index\.backup|dovecot-uidlist", re.ASCII)
"""Names that may be replaced once a copy lies in quarantine."""
LINKED = re.compile(r"[mu]\.[1-9]\d{0,9}", re.ASCII)
"""Files of dbox messages: never moved or changed, but given a second name lest a resync should."""
REPLACED = "replaced"
"""Folder of a quarantine: what made way when something was put back."""
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in quarantine."""

    name: str
    size: int
    inode: int


@contextmanager
def quarantine(path: Path, *, create: bool = True) -> Iterator[int]:
    """The quarantine folder, made if need be for its owner alone."""
    if create:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
    with opened_folder(path) as fd:
        yield fd


def move_aside(folder: int, kept: int, names: Sequence[str], *, why: str) -> list[Kept]:
    """Move what there is of ``names`` into quarantine; one rename each. Raises HostError for a name not to be moved."""
    moved = []
    for name in names:
        if not MOVABLE.fullmatch(name):
            raise HostError(f"{name} is never moved aside: Dovecot cannot make it again")
        with contextlib.suppress(FileNotFoundError):
            facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
            _rename_new(name, folder, kept)
            moved.append(Kept(name, facts.st_size, facts.st_ino))
    write_manifest(kept, moved, why)
    return moved


def copy_aside(folder: int, kept: int, name: str, *, why: str) -> Kept:
    """Copy one regular file into quarantine before it is changed in place."""
    if not COPIED.fullmatch(name):
        raise HostError(f"{name} is never changed")
    copy = copied(folder, kept, name)
    write_manifest(kept, [copy], why)
    return copy


def copied(source: int, target: int, name: str) -> Kept:
    """Copy one regular file from an open folder to another. Raises OSError, HostError."""
    copy_regular(source, target, name)
    facts = os.stat(name, dir_fd=target, follow_symlinks=False)
    return Kept(name, facts.st_size, facts.st_ino)


def link_aside(folder: int, kept: int, name: str, *, why: str) -> list[Kept]:
    """Give a file a second name in quarantine, so that it can be replaced at once; what is no file is moved."""
    try:
        facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return move_aside(folder, kept, (), why=why)
    if not stat.S_ISREG(facts.st_mode):
        return move_aside(folder, kept, (name,), why=why)
    os.link(name, name, src_dir_fd=folder, dst_dir_fd=kept, follow_symlinks=False)
    linked = [Kept(name, facts.st_size, facts.st_ino)]
    write_manifest(kept, linked, why)
    return linked


def link_beside(folder: int, kept: int, names: Sequence[str]) -> list[str]:
    """Give files of messages a second name in quarantine; which of them were there."""
    linked = []
    for name in names:
        if not LINKED.fullmatch(name):
            raise HostError(f"{name} is no file of messages")
        with contextlib.suppress(FileNotFoundError):
            if not _same(folder, kept, name):
                moved_away(kept, kept, name)
                os.link(name, name, src_dir_fd=folder, dst_dir_fd=kept, follow_symlinks=False)
            linked.append(name)
    return linked


def link_back(folder: int, kept: int, name: str) -> None:
    """Make a name mean the file again that ``link_beside`` saw under it; the second name stays."""
    if not _same(folder, kept, name):
        moved_away(folder, kept, name)
        os.link(name, name, src_dir_fd=kept, dst_dir_fd=folder, follow_symlinks=False)


def _same(one: int, other: int, name: str) -> bool:
    """Whether a name means the same file in both folders."""
    try:
        facts = [os.stat(name, dir_fd=folder, follow_symlinks=False) for folder in (one, other)]
    except FileNotFoundError:
        return False
    return facts[0].st_ino == facts[1].st_ino


def put_back(folder: int, kept: int, name: str) -> None:
    """Move one file out of quarantine to its place; what stands there now goes into quarantine in its turn."""
    if not COPIED.fullmatch(name):
        raise HostError(f"{name} was never in quarantine")
    with subfolder(kept, REPLACED) as replaced:
        make_way(folder, replaced, name)
        os.rename(name, name, src_dir_fd=kept, dst_dir_fd=folder)
    os.fsync(folder)


def moved_away(folder: int, kept: int, name: str) -> None:
    """Move what stands in the place of a file to those that were replaced."""
    with subfolder(kept, REPLACED) as replaced:
        make_way(folder, replaced, name)


@contextmanager
def subfolder(kept: int, name: str) -> Iterator[int]:
    """A folder in an open quarantine, made if need be."""
    with contextlib.suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=kept)
    with opened_folder(name, kept) as fd:
        yield fd


def make_way(folder: int, replaced: int, name: str) -> None:
    """Move a file out of the place where another is put back, and over nothing that made way earlier."""
    with contextlib.suppress(FileNotFoundError):
        os.rename(name, free_name(replaced, name), src_dir_fd=folder, dst_dir_fd=replaced)


def free_name(folder: int, name: str) -> str:
    """A name that begins like this one and is still free."""
    taken = set(os.listdir(folder))
    return next(one for one in chain([name], (f"{name}.{number}" for number in count(1))) if one not in taken)


def write_manifest(kept: int, files: Sequence[Kept], why: str) -> None:
    """Tell a person who finds the quarantine what lies in it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(_MANIFEST, flags, 0o600, dir_fd=kept), "w", encoding="utf-8") as file:
        json.dump({"why": why, "files": [asdict(one) for one in files]}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _rename_new(name: str, source: int, target: int) -> None:
    """Rename into a folder where the name must still be free."""
    try:
        os.stat(name, dir_fd=target, follow_symlinks=False)
    except FileNotFoundError:
        os.rename(name, name, src_dir_fd=source, dst_dir_fd=target)
        return
    raise HostError(f"{name} lies in quarantine already")
