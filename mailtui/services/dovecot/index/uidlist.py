"""``dovecot-uidlist``: which file of a Maildir has which UID (Dovecot's ``maildir-uidlist.c``, version 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import itemgetter

from mailtui.services.dovecot.index.flaws import Flaw
from mailtui.services.dovecot.index.index_file import ascending
from mailtui.text import clean

_HEADER = re.compile(rb"3 V(\d{1,10}) N(\d{1,10})(?: G[0-9a-f]{32})?[^\n]*", re.ASCII)
LINE = re.compile(rb"(\d{1,10})((?: [A-Z][^ :]*)*) ?:([^/\0\n]+)", re.ASCII)
"""UID, fields, file name."""
SECOND = re.compile(rb"\d(?: [A-Z][^ :]*)* :", re.ASCII)
"""In a file name: the beginning of a line that was appended to one without an end."""
_PLAIN = re.compile(rb"^(\d{1,10})(?: [A-Z][^ :\n]*)* ?:([^/\0\n: ]+)(?::[^/\0\n: ]+)?$", re.ASCII | re.MULTILINE)
"""A line that is an entry beyond doubt: UID, file name without flags."""
_GUID = re.compile(rb"^(\d{1,10})(?: [A-Z][^ :\n]*)*? G([^ :\n]+)(?: [A-Z][^ :\n]*)* ?:", re.ASCII | re.MULTILINE)
"""A line of a message that has a GUID other than its file's name: one that was copied or moved here."""
MAX_UID = 2**32 - 2
_MOST_FLAWS = 20


@dataclass(frozen=True, slots=True)
class UidList:
    """What could be read."""

    uidvalidity: int | None
    next_uid: int | None
    files: dict[int, bytes]
    """Base file name (without flags) by UID."""
    flaws: tuple[Flaw, ...]


def parse(data: bytes) -> UidList:
    """Read a uidlist. Raises nothing."""
    if not data:
        return UidList(None, None, {}, (Flaw("uidlist.empty", "0 bytes"),))
    head, _, body = data.partition(b"\n")
    found = _HEADER.fullmatch(head)
    if not found or not int(found[1]):
        says = f"header: {clean(head[:80].decode('utf-8', 'replace'))}"
        return UidList(None, None, {}, (Flaw("uidlist.header", says),))
    files, flaws = _lines(body, len(head) + 1)
    # Dovecot appends lines without rewriting the header's next UID, and goes by the last line where that is higher.
    following = max(int(found[2]), max(files, default=0) + 1)
    return UidList(int(found[1]), following, files, tuple(flaws[:_MOST_FLAWS]))


def _lines(body: bytes, at: int) -> tuple[dict[int, bytes], list[Flaw]]:
    entries = _PLAIN.findall(body)
    uids = [*map(int, map(itemgetter(0), entries))]
    if body and (body[-1:] != b"\n" or len(entries) != body.count(b"\n")):
        return _odd_lines(body, at)
    if uids and not (uids[0] > 0 and uids[-1] <= MAX_UID and ascending(uids)):
        return _odd_lines(body, at)
    return dict(zip(uids, map(itemgetter(1), entries), strict=True)), []


def _odd_lines(body: bytes, at: int) -> tuple[dict[int, bytes], list[Flaw]]:
    """Line by line, where not every line is as Dovecot writes it."""
    files: dict[int, bytes] = {}
    flaws: list[Flaw] = []
    last = 0
    *lines, rest = body.split(b"\n")
    for line in lines:
        entry = LINE.fullmatch(line)
        uid = int(entry[1]) if entry else 0
        if entry is None or not 0 < uid <= MAX_UID or SECOND.search(entry[3]):
            flaws.append(Flaw("uidlist.line", f"is no entry: {clean(line[:80].decode('utf-8', 'replace'))}", at))
        elif uid <= last:
            flaws.append(Flaw("uidlist.order", f"UID {uid} after {last}", at))
        else:
            files[uid] = base_name(entry[3])
            last = uid
        at += len(line) + 1
    if rest:
        flaws.append(Flaw("uidlist.torn", f"the last line has no end: {len(rest)} bytes", at))
    return files, flaws


def guids(data: bytes) -> dict[int, str]:
    """GUID by UID of those messages for which it is not the name of the file. Raises nothing."""
    return {int(uid): guid.decode("utf-8", "surrogateescape") for uid, guid in _GUID.findall(data)}


def base_name(name: bytes) -> bytes:
    """A message's file name without its flags, which is what stays the same."""
    return name.partition(b":")[0]
