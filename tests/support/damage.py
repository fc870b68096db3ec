"""Ways to damage a mailbox's files, as disks, editors, guides and restores do it."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

FORMATS = ("maildir", "sdbox", "mdbox")
_DBOX = ("sdbox", "mdbox")
_ROOT = 0


@dataclass(frozen=True)
class Harm:
    """One way, and what the checker should say of it."""

    name: str
    file: str
    do: Callable[[Path], None]
    kind: str
    """The damage to be found; ``""`` for what cannot be seen from outside of Dovecot."""
    formats: tuple[str, ...] = FORMATS
    place: str = "index"
    """Folder of the file: ``index control list storage mail``."""

    def __str__(self) -> str:
        return self.name


def overwrite(offset: int, data: bytes) -> Callable[[Path], None]:
    """Bytes changed in place."""

    def do(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(offset)
            file.write(data)

    return do


def number(offset: int, value: int) -> Callable[[Path], None]:
    """A field of four bytes."""
    return overwrite(offset, struct.pack("<I", value))


def zero(path: Path) -> None:
    """As after a crash of the file system."""
    overwrite(0, bytes(path.stat().st_size))(path)


def garbage(path: Path) -> None:
    """As after a crash of the disk; always the same."""
    overwrite(0, Random(path.name).randbytes(path.stat().st_size))(path)


def cut(size: int) -> Callable[[Path], None]:
    """Torn off: to ``size`` bytes, or by so many where negative."""
    return lambda path: os.truncate(path, size if size >= 0 else path.stat().st_size + size)


def append(data: bytes) -> Callable[[Path], None]:
    """Something written behind the end."""

    def do(path: Path) -> None:
        with path.open("ab") as file:
            file.write(data)

    return do


def instead(make: Callable[[Path], object]) -> Callable[[Path], None]:
    """Something else of that name."""

    def do(path: Path) -> None:
        path.unlink(missing_ok=True)
        make(path)

    return do


def _link(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def _roots(path: Path) -> None:
    os.chown(path, _ROOT, _ROOT)
    path.chmod(0o600)


def _modseq(beyond: int) -> Callable[[Path], None]:
    """The modseq header's log_offset so far from the head offset (the guides' own example)."""

    def do(path: Path) -> None:
        data = path.read_bytes()
        at = data.find(b"modseq")
        if at < 0:
            raise LookupError("this index has no modseq extension")
        begin = at + len(b"modseq") + 7 & ~7
        sequence, _, head = struct.unpack_from("<III", data, 60)
        overwrite(begin + 8, struct.pack("<II", sequence, head + beyond))(path)

    return do


def _lines(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], None]:
    def do(path: Path) -> None:
        path.write_bytes(b"\n".join(change(path.read_bytes().split(b"\n"))))

    return do


def _swap(lines: list[bytes]) -> list[bytes]:
    return [*lines[:10], lines[11], lines[10], *lines[12:]]


def _first_record(path: Path) -> int:
    return int(struct.unpack_from("<I", path.read_bytes(), 4)[0])


def _uid_zero(path: Path) -> None:
    number(_first_record(path), 0)(path)


def _all() -> Iterator[Harm]:
    index, log, cache = "dovecot.index", "dovecot.index.log", "dovecot.index.cache"
    yield Harm("index zeroed", index, zero, "index.version")
    yield Harm("index of noise", index, garbage, "index.version")
    yield Harm("index empty", index, cut(0), "index.short")
    yield Harm("index cut in its header", index, cut(60), "index.short")
    yield Harm("index cut in its records", index, cut(-20), "index.count")
    yield Harm("index of another major version", index, overwrite(0, b"\x06"), "index.version")
    yield Harm("index of another byte order", index, overwrite(12, b"\0"), "index.byte-order")
    yield Harm("index header size", index, number(4, 2**31), "index.header")
    yield Harm("index record size", index, number(8, 2), "index.header")
    yield Harm("index marked corrupted", index, number(20, 1), "index.corrupted")
    yield Harm("index without UIDVALIDITY", index, number(24, 0), "index.uidvalidity")
    yield Harm("index next UID 0", index, number(28, 0), "index.next-uid")
    yield Harm("index next UID low", index, number(28, 3), "index.next-uid")
    yield Harm("index message count", index, number(32, 100_000), "index.count")
    yield Harm("index seen count", index, number(40, 2**20), "index.counters")
    yield Harm("index deleted count", index, number(44, 77), "index.counters")
    yield Harm("index first recent UID", index, number(48, 2**31), "index.counters")
    yield Harm("index log sequence", index, number(60, 77), "index.log-lost")
    yield Harm("index tail beyond head", index, number(64, 2**30), "index.log-offset")
    yield Harm("index head beyond the log", index, number(68, 2**30), "index.log-offset")
    yield Harm("index head inside of a record", index, number(68, 50), "index.log-offset")
    yield Harm("index id", index, number(16, 12345), "index.indexid")
    yield Harm("index modseq beyond the log", index, _modseq(1000), "index.modseq")
    yield Harm("index modseq inside of a record", index, _modseq(-2), "index.modseq")
    yield Harm("index UID 0", index, _uid_zero, "index.order")
    yield Harm("index gone, log complete", index, Path.unlink, "")
    yield Harm("index a folder", index, instead(Path.mkdir), "misplaced")
    yield Harm("index a link", index, instead(_link), "misplaced")
    yield Harm("index a FIFO", index, instead(os.mkfifo), "misplaced")
    yield Harm("index of root", index, _roots, "owner")
    yield Harm("index not writable", index, lambda path: path.chmod(0o400), "mode")
    yield Harm("log zeroed", log, zero, "log.header")
    yield Harm("log of noise", log, garbage, "log.header")
    yield Harm("log empty", log, cut(0), "log.empty")
    yield Harm("log gone", log, Path.unlink, "log.missing")
    yield Harm("log cut in its header", log, cut(20), "log.header")
    yield Harm("log marked corrupted", log, number(4, 0), "log.corrupted")
    yield Harm("log id", log, number(4, 12345), "index.indexid")
    yield Harm("log with noise at its end", log, append(b"\xfe\xed" * 50), "log.tail")
    yield Harm("log with zeros at its end", log, append(bytes(100)), "log.uncommitted")
    yield Harm("log of root", log, _roots, "owner")
    yield Harm("log not readable", log, lambda path: path.chmod(0), "mode")
    yield Harm("log a folder", log, instead(Path.mkdir), "misplaced")
    yield Harm("log a link", log, instead(_link), "misplaced")
    yield Harm("log a FIFO", log, instead(os.mkfifo), "misplaced")
    yield Harm("cache zeroed", cache, zero, "cache.header")
    yield Harm("cache of noise", cache, garbage, "cache.header")
    yield Harm("cache cut", cache, cut(40), "cache.fields")
    yield Harm("cache cut in half", cache, lambda path: cut(path.stat().st_size // 2)(path), "cache.offset")
    yield Harm("cache of another sequence", cache, number(8, 12345), "cache.sequence")
    yield Harm("cache of another index", cache, number(4, 12345), "cache.indexid")
    yield Harm("cache a folder", cache, instead(Path.mkdir), "misplaced")
    yield Harm("list log zeroed", "dovecot.list.index.log", zero, "log.header", place="list")
    yield Harm("list log with noise", "dovecot.list.index.log", append(b"\xfe\xed" * 50), "log.tail", place="list")
    yield Harm("list log a folder", "dovecot.list.index.log", instead(Path.mkdir), "misplaced", place="list")
    yield from _of_maildir()
    yield from _of_dbox()


def _of_maildir() -> Iterator[Harm]:
    def uidlist(name: str, do: Callable[[Path], None], kind: str) -> Harm:
        return Harm(f"uidlist {name}", "dovecot-uidlist", do, kind, ("maildir",), "control")

    yield uidlist(
        "with a line of noise", _lines(lambda lines: [*lines[:40], b"\xffnoise", *lines[40:]]), "uidlist.line"
    )
    yield uidlist("with two lines run together", _lines(lambda x: [*x[:40], x[40] + x[41], *x[42:]]), "uidlist.line")
    yield uidlist("unsorted", _lines(_swap), "uidlist.order")
    yield uidlist("torn", cut(-20), "uidlist.torn")
    yield uidlist("cut in half", lambda path: cut(path.stat().st_size // 2)(path), "uidlist.lost")
    yield uidlist("empty", cut(0), "uidlist.empty")
    yield uidlist("gone", Path.unlink, "uidlist.missing")
    yield uidlist("with a broken header", overwrite(0, b"9"), "uidlist.header")
    yield uidlist("without its last lines", _lines(lambda lines: [*lines[:100], b""]), "uidlist.lost")
    yield uidlist("without any line", _lines(lambda lines: [lines[0], b""]), "uidlist.lost")
    yield uidlist("a folder", instead(Path.mkdir), "misplaced")
    yield Harm("keywords of noise", "dovecot-keywords", garbage, "keywords.line", ("maildir",), "control")
    yield Harm("keywords gone", "dovecot-keywords", Path.unlink, "keywords.unnamed", ("maildir",), "control")


def _of_dbox() -> Iterator[Harm]:
    yield from _of_messages("u.17", "sdbox", "mail")
    yield from _of_messages("m.1", "mdbox", "storage")
    yield Harm("message file a folder", "m.1", instead(Path.mkdir), "dbox.misplaced", ("mdbox",), "storage")
    yield Harm("message file cut", "u.17", cut(60), "dbox.short", ("sdbox",), "mail")
    yield Harm("message file cut", "m.1", cut(5000), "dbox.short", ("mdbox",), "storage")
    yield Harm("zeros among messages", "m.1", overwrite(4096, bytes(4096)), "dbox.message", ("mdbox",), "storage")
    shared = "dovecot.map.index"
    yield Harm("map zeroed", shared, zero, "index.version", ("mdbox",), "storage")
    yield Harm("map cut", shared, cut(-10), "index.count", ("mdbox",), "storage")
    yield Harm("map of another storage", shared, number(24, 4711), "map.uidvalidity", ("mdbox",), "storage")
    yield Harm("map gone", shared, _delete_all, "map.lost", ("mdbox",), "storage")
    yield Harm("map log with noise", f"{shared}.log", append(b"\xfe\xed" * 50), "log.tail", ("mdbox",), "storage")
    yield Harm("all indexes deleted", "dovecot.index", _delete_all, "dbox.unindexed", _DBOX)


def _of_messages(file: str, its_format: str, place: str) -> Iterator[Harm]:
    def harm(name: str, do: Callable[[Path], None], kind: str) -> Harm:
        return Harm(f"message file {name}", file, do, kind, (its_format,), place)

    yield harm("gone", Path.unlink, "dbox.lost")
    yield harm("empty", cut(0), "dbox.empty")
    yield harm("with noise at its head", overwrite(0, b"\xff" * 16), "dbox.header")
    yield harm("zeroed", zero, "dbox.header")
    yield harm("with a damaged message", overwrite(16, b"XXXX"), "dbox.message")
    yield harm("a link", instead(_link), "dbox.misplaced")


def _delete_all(path: Path) -> None:
    """``find -name 'dovecot*' -delete``, as guides have it."""
    for file in path.parent.glob("dovecot*"):
        file.unlink()


HARMS = tuple(_all())
