"""Damage nobody has thought of: of each kind there is, one chosen by chance, on a file chosen by chance.

A seed always gives the same ruin of the same mailbox.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

_ROOT = 0
_NAMES = (b".&bad", b".A&-&B", b".&AOQ", b".\xff\xfe", b".&&-", b".a\nb")
"""Folders that no client made: modified UTF-7 (RFC 3501, 5.1.3) that does not end, that is none, that is raw."""
_UIDLISTS = (
    lambda data: b"1 " + data.split(b" ", 1)[1].replace(b" :", b" "),
    lambda data: data.replace(b"\n", b"\r\n"),
    lambda data: b"\n".join(data.split(b"\n")[1:]),
    lambda data: data + data,
    lambda data: data + b"\n\n",
    lambda data: b"\xef\xbb\xbf" + data,
    lambda data: data.replace(b"\n1", b"\n 1"),
)
"""What editors and old versions make of ``dovecot-uidlist``."""
_KEYWORDS = (
    lambda data: b"".join(data.splitlines(keepends=True)[1:]),
    lambda data: data.replace(b"\n", b"\r\n"),
    lambda data: data + data.splitlines(keepends=True)[0],
    lambda data: b"".join(reversed(data.splitlines(keepends=True))),
    lambda data: data.rstrip(b"\n")[:-3],
)
_LOCKS = ("dovecot-uidlist.lock", "dovecot.index.log.lock", "dovecot.index.lock", "inbox.lock")


@dataclass(frozen=True)
class Grounds:
    """What may be ruined."""

    home: Path
    older: Path
    """A copy of the home from before."""
    files: Sequence[Path]
    """Below the home: the mailbox's index and control files and, of each kind of message file, some."""
    folders: Sequence[Path]
    others: Mapping[Path, Path]
    """The file of the same name in another mailbox, where there is one."""
    uid: int


def _cut(grounds: Grounds, chance: Random) -> str:
    path = chance.choice(grounds.files)
    size = chance.randrange(path.stat().st_size + 1)
    os.truncate(path, size)
    return f"{path.name} cut to {size}"


def _flip(grounds: Grounds, chance: Random) -> str:
    path = chance.choice(grounds.files)
    data = bytearray(path.read_bytes())
    places = sorted(chance.choices(range(len(data)), k=chance.choice((1, 1, 4)))) if data else []
    for place in places:
        data[place] ^= 1 << chance.randrange(8)
    _write(path, bytes(data))
    return f"{path.name} bits at {places}"


def _block(grounds: Grounds, chance: Random) -> str:
    path = chance.choice(grounds.files)
    data = path.read_bytes()
    at = chance.randrange(max(len(data), 1)) & ~511
    size = min(512, len(data) - at)
    _write(path, data[:at] + bytes(size) + data[at + size :])
    return f"{path.name} zero at {at}, {size} bytes"


def _swapped(grounds: Grounds, chance: Random) -> str:
    path = chance.choice([*grounds.others])
    other = grounds.others[path]
    first, second = path.read_bytes(), other.read_bytes()
    _write(path, second)
    _write(other, first)
    return f"{path.name} swapped with {other.relative_to(grounds.home)}"


def _older(grounds: Grounds, chance: Random) -> str:
    there = [path for path in grounds.files if (grounds.older / path.relative_to(grounds.home)).exists()]
    changed = [path for path in there if _past(grounds, path) != path.read_bytes()]
    path = chance.choice(changed or there)
    _write(path, _past(grounds, path))
    return f"{path.name} of an older copy"


def _past(grounds: Grounds, path: Path) -> bytes:
    return (grounds.older / path.relative_to(grounds.home)).read_bytes()


def _doubled(grounds: Grounds, chance: Random) -> str:
    path = chance.choice(grounds.files)
    stem, _, number = path.name.partition(".")
    name = f"{stem}.{int(number) + 1000}" if number.isdigit() else chance.choice(("copy-", "x")) + path.name
    shutil.copy2(path, path.with_name(name))
    os.chown(path.with_name(name), grounds.uid, grounds.uid)
    return f"{path.name} doubled as {name}"


def _mode(grounds: Grounds, chance: Random) -> str:
    path, mode = chance.choice((*grounds.files, *grounds.folders)), chance.choice((0, 0o400, 0o200, 0o777, 0o060))
    path.chmod(mode)
    return f"{path.relative_to(grounds.home)} mode {mode:o}"


def _owner(grounds: Grounds, chance: Random) -> str:
    path = chance.choice((*grounds.files, *grounds.folders))
    os.chown(path, _ROOT, _ROOT)
    return f"{path.relative_to(grounds.home)} of root"


def _gone(grounds: Grounds, chance: Random) -> str:
    path = chance.choice(grounds.files)
    path.unlink()
    return f"{path.name} gone"


def _folder_gone(grounds: Grounds, chance: Random) -> str:
    """An empty one, as a backup without empty folders leaves it."""
    empty = [one for one in grounds.folders if not any(one.iterdir())]
    if not empty:
        return ""
    path = chance.choice(empty)
    path.rmdir()
    return f"{path.relative_to(grounds.home)} gone"


def _rewritten(changes: Sequence[Callable[[bytes], bytes]], name: str) -> Callable[[Grounds, Random], str]:
    def do(grounds: Grounds, chance: Random) -> str:
        path = next((one for one in grounds.files if one.name == name), None)
        if path is None:
            return ""
        number = chance.randrange(len(changes))
        _write(path, changes[number](path.read_bytes()))
        return f"{name} in the form {number}"

    return do


def _odd_folder(grounds: Grounds, chance: Random) -> str:
    name = os.fsdecode(chance.choice(_NAMES))
    path = chance.choice([one for one in grounds.folders if one.name not in ("cur", "new", "tmp")]) / name
    path.mkdir()
    os.chown(path, grounds.uid, grounds.uid)
    return f"folder {path.name!r}"


def _size(grounds: Grounds, chance: Random) -> str:
    path = chance.choice([one for one in grounds.files if ",S=" in one.name] or [Path()])
    if not path.name:
        return ""
    size = path.name.split(",S=")[1].split(",")[0]
    path.rename(path.with_name(path.name.replace(f",S={size}", f",S={chance.choice((0, 1, int(size) + 7, 10**15))}")))
    return f"S={size} wrong"


def _from_line(grounds: Grounds, chance: Random) -> str:
    path = next((one for one in grounds.files if one.read_bytes()[:5] == b"From "), None)
    if path is None:
        return ""
    parts = path.read_bytes().split(b"\nFrom ")
    at = chance.randrange(len(parts))
    parts[at] = chance.choice((b"nobody", b"x" * 2000, b"\0", parts[at][:9])) + parts[at][9:]
    _write(path, b"\nFrom ".join(parts))
    return f"From_ line {at} broken"


def _lock(grounds: Grounds, chance: Random) -> str:
    names = {path.name for path in grounds.files}
    name = chance.choice([one for one in _LOCKS if one.rpartition(".")[0] in names])
    folder = next(path.parent for path in grounds.files if path.name == name.rpartition(".")[0])
    (folder / name).write_text(chance.choice(("", "99999:host")))
    os.chown(folder / name, grounds.uid, grounds.uid)
    return f"{name} left behind"


def _write(path: Path, data: bytes) -> None:
    """In place, so that owner and mode stay."""
    with path.open("r+b") as file:
        file.write(data)
        file.truncate(len(data))


RUINS: Mapping[str, Callable[[Grounds, Random], str]] = {
    "cut": _cut,
    "flip": _flip,
    "block": _block,
    "swapped": _swapped,
    "older": _older,
    "doubled": _doubled,
    "mode": _mode,
    "owner": _owner,
    "gone": _gone,
    "folder gone": _folder_gone,
    "uidlist": _rewritten(_UIDLISTS, "dovecot-uidlist"),
    "keywords": _rewritten(_KEYWORDS, "dovecot-keywords"),
    "odd folder": _odd_folder,
    "size": _size,
    "from line": _from_line,
    "lock": _lock,
}
"""By name; each does one thing and says what it did, or ``""`` where this format has nothing like that."""
