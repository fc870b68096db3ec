"""The files of dbox messages, as the index or the map says they must be: there, long enough, with their headers.

A file that is damaged is a loss twice over: reading it fails or crashes, and Dovecot's way out, to make the index
again, forgets what that file should have held together with its flags.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from typing import NamedTuple

from mailtui.services.dovecot.index.dbox_file import FILE_HEADER_SIZE, METADATA, FileHeader, file_header, message_size
from mailtui.services.dovecot.index.flaws import Flaw

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_MOST_MESSAGES = 200_000
"""So many of one file are read; an ``m.`` file has some 10 MB."""

Folders = Sequence[int]
"""Where a file may be, opened: the usual folder and, of ``ALT=``, the second one."""


class Place(NamedTuple):
    """Where in a file a message is."""

    offset: int
    size: int
    """Bytes, its header and what follows it included."""


def of_sdbox(folders: Folders, uid: int, *, thorough: bool) -> Flaw | None:
    """What is wrong with one message's file, that is there; ``thorough`` reads its headers. Raises nothing."""
    name = f"u.{uid}"
    facts = _facts(folders, name)
    flaw = None if facts is None else _of_facts(facts)
    if facts is None or flaw is not None or not thorough:
        return flaw

    def read(fd: int, header: FileHeader) -> Flaw | None:
        return _of_message(fd, header, Place(header.end, facts.st_size - header.end), beyond="dbox.short")

    return _of_content(folders, name, read)


def of_mdbox(folders: Folders, number: int, places: Sequence[Place], *, thorough: bool) -> Flaw | None:
    """What is wrong with a file of messages; ``thorough`` reads the header of each. Raises nothing."""
    name = f"m.{number}"
    facts = _facts(folders, name)
    if facts is None:
        return Flaw("dbox.lost", f"{len(places)} messages were in it")
    flaw = _of_facts(facts)
    beyond = sum(place.offset + place.size > facts.st_size for place in places)
    if flaw is None and beyond:
        flaw = Flaw("dbox.short", f"{beyond} of {len(places)} messages end beyond its {facts.st_size} bytes")
    if flaw is not None:
        return flaw

    def read(fd: int, header: FileHeader) -> Flaw | None:
        each = (_of_message(fd, header, place) for place in places[:_MOST_MESSAGES] if thorough)
        return next((one for one in each if one is not None), None)

    return _of_content(folders, name, read)


def _of_content(folders: Folders, name: str, read: Callable[[int, FileHeader], Flaw | None]) -> Flaw | None:
    """What is wrong inside of a file, by its own header and by ``read``; nothing is known of one that went away."""
    fd = _open(folders, name)
    if fd is None:
        return None
    try:
        header = file_header(os.pread(fd, FILE_HEADER_SIZE, 0))
        return read(fd, header) if header else Flaw("dbox.header", "its first line is not that of a dbox file")
    except OSError as error:
        return Flaw("dbox.header", error.strerror or "cannot be read")
    finally:
        os.close(fd)


def _of_message(fd: int, header: FileHeader, place: Place, beyond: str = "dbox.message") -> Flaw | None:
    size = message_size(os.pread(fd, header.message_header_size, place.offset))
    if size is None:
        return Flaw("dbox.message", "no message begins where one must", place.offset)
    if header.message_header_size + size > place.size:
        return Flaw(beyond, f"a message of {size} bytes where {place.size} are its own", place.offset)
    end = place.offset + header.message_header_size + size
    if os.pread(fd, len(METADATA), end) != METADATA:
        return Flaw("dbox.message", "what must follow it does not stand at its end", end)
    return None


def _facts(folders: Folders, name: str) -> os.stat_result | None:
    for folder in folders:
        try:
            return os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError:
            continue
    return None


def _of_facts(facts: os.stat_result) -> Flaw | None:
    if not stat.S_ISREG(facts.st_mode):
        return Flaw("dbox.misplaced", "is no regular file")
    return Flaw("dbox.empty", "0 bytes") if facts.st_size == 0 else None


def _open(folders: Folders, name: str) -> int | None:
    """None where it went away meanwhile, or may not be read."""
    for folder in folders:
        try:
            return os.open(name, _OPEN, dir_fd=folder)
        except OSError:
            continue
    return None
