"""Whether a user can connect to a UNIX-domain socket: what is there, who may, and whether anybody listens (unix(7))."""

from __future__ import annotations

import grp
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mailtui.text import clean

_TABLE = Path("/proc/net/unix")
_LISTENS = 0x10000
"""``__SO_ACCEPTCON`` in the flags of /proc/net/unix."""
Trouble = Literal["", "missing", "other", "denied", "dead", "unknown"]


@dataclass(frozen=True, slots=True)
class Reach:
    """What stands between a user and a socket."""

    trouble: Trouble
    """``missing``; ``other``: no socket; ``denied``: the user may not; ``dead``: nobody listens; ``unknown``."""
    evidence: str = ""
    """What was seen, in a line."""


@dataclass(frozen=True, slots=True)
class Who:
    """A daemon's rights: it has given up all groups but its own (set_ugid(3postfix))."""

    name: str
    uid: int
    gid: int


def who(name: str) -> Who | None:
    """The user ``name`` with its own group; None where there is none."""
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Who(name, entry.pw_uid, entry.pw_gid)


def reach(path: Path, user: Who) -> Reach:
    """What keeps ``user`` from connecting to ``path``. Connects to nothing."""
    for folder in reversed(path.parents):
        try:
            found = folder.stat()
        except FileNotFoundError:
            return Reach("missing", f"there is no {clean(str(folder))}")
        except OSError as error:
            return Reach("unknown", f"{clean(str(folder))}: {error.strerror}")
        if not _may(found, user, 0o1):
            return Reach("denied", f"{user.name} may not enter {clean(str(folder))} ({described(found)})")
    try:
        found = path.stat()
    except FileNotFoundError:
        return Reach("missing", f"{clean(str(path))} does not exist")
    except OSError as error:
        return Reach("unknown", f"{clean(str(path))}: {error.strerror}")
    if not stat.S_ISSOCK(found.st_mode):
        return Reach("other", f"{clean(str(path))} is no socket ({described(found)})")
    if not _may(found, user, 0o2):
        return Reach("denied", f"{user.name} may not write to {clean(str(path))} ({described(found)})")
    if not _heard(path):
        return Reach("dead", f"{clean(str(path))} is left over: nobody listens on it")
    return Reach("", f"{clean(str(path))}, {described(found)}")


def described(found: os.stat_result) -> str:
    """Mode and owner as ls(1) writes them."""
    return f"{stat.filemode(found.st_mode)} {_user(found.st_uid)}:{_group(found.st_gid)}"


def _may(found: os.stat_result, user: Who, bit: int) -> bool:
    """Whether the one class of mode bits that counts for ``user`` has ``bit``; path_resolution(7)."""
    if user.uid == 0:
        return True
    shift = 6 if found.st_uid == user.uid else 3 if found.st_gid == user.gid else 0
    return bool(found.st_mode & (bit << shift))


def _heard(path: Path) -> bool:
    """Whether somebody listens; True where that cannot be told."""
    try:
        rows = [line.split(None, 7) for line in _TABLE.read_text(errors="surrogateescape").splitlines()[1:]]
    except OSError:
        return True
    names = [row[7] for row in rows if len(row) == 8 and int(row[3], 16) & _LISTENS]
    # Postfix binds by a path relative to its queue, Dovecot may by one that leads through a link.
    return any(Path(name).name == path.name for name in names)


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _group(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
