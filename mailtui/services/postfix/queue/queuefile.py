"""What root reads in a queue file: which message it is, far cheaper than asking postqueue(1).

A queue file is a sequence of records, each a type, a length in groups of seven bits, and a value (Postfix's
global/rec_type.h). ``C`` holds the message's size, ``T`` its arrival, ``S`` its sender, ``A`` a named attribute. The
mode tells the rest (global/mail_queue.h): the owner's x bit is set when the file is complete, the group's when it was
force-expired.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from typing import NamedTuple

from mailtui.changes.plan import Json
from mailtui.text import clean

_SIZE, _TIME, _ATTRIBUTE, _SENDER, _MESSAGE = b"CTASM"
_FIRST = 512
_LONGEST = 2**17
"""Bytes within which the sender stands; it is among the first records."""
_HOW = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_UNNOTED = _HOW | os.O_NOATIME
"""Else each look would be written to the disk."""
_COMPLETE = stat.S_IXUSR
_EXPIRED = stat.S_IXGRP


class Head(NamedTuple):
    """What the first records and the mode of a queue file say; one is made for each of ten thousand messages."""

    arrival_time: int
    message_size: int
    sender: str
    sasl_username: str
    expired: bool
    """Whether it was force-expired."""

    def is_(self, identity: Mapping[str, Json]) -> bool:
        """Whether this is the message that ``QueueEntry.target`` names."""
        get = identity.get
        sender, arrival = get("sender"), get("arrival_time")
        return (
            self.message_size == get("message_size")
            and (self.arrival_time == arrival or (isinstance(arrival, float) and self.arrival_time == int(arrival)))
            and (self.sender == sender or _unquoted(str(sender)) == _unquoted(clean(self.sender)))
        )


def read_head(path: str) -> Head | None:
    """None where there is no complete queue file.

    Raises ValueError for a damaged one, OSError for one that cannot be read.
    """
    try:
        try:
            fd = os.open(path, _UNNOTED)
        except PermissionError:  # only its owner and root may ask for that
            fd = os.open(path, _HOW)
    except FileNotFoundError:
        return None
    try:
        mode = os.fstat(fd).st_mode
        if not stat.S_ISREG(mode) or not mode & _COMPLETE:
            return None
        data = os.read(fd, _FIRST)
        try:
            return _head(data, bool(mode & _EXPIRED))
        except EOFError:
            return _head(data + os.read(fd, _LONGEST), bool(mode & _EXPIRED))
    except EOFError as error:
        raise ValueError("the queue file is damaged") from error
    finally:
        os.close(fd)


def _head(data: bytes, expired: bool) -> Head:
    """Raises ValueError for what is no queue file, EOFError where more bytes are needed."""
    size = arrival = -1
    sasl_username = ""
    at, whole = 0, len(data)
    try:
        while True:
            kind, length, start = data[at], data[at + 1], at + 2
            if length >= 0x80:
                length, start = _length(data, at + 1)
            at = start + length
            if at > whole:
                raise EOFError
            if kind == _ATTRIBUTE:
                if data.startswith(b"sasl_username=", start):
                    sasl_username = _text(data[start:at].partition(b"=")[2])
            elif kind == _SIZE:
                size = int(data[start:at].split(None, 1)[0])
            elif kind == _TIME:
                arrival = int(data[start:at].split(None, 1)[0])
            elif kind == _SENDER:
                return Head(arrival, size, _text(data[start:at]), sasl_username, expired)
            elif kind == _MESSAGE:
                raise ValueError("the queue file names no sender")
    except IndexError as error:
        raise EOFError from error


def _length(data: bytes, at: int) -> tuple[int, int]:
    """A record's length of more than one byte, and where its value begins."""
    length = 0
    for shift in range(0, 35, 7):
        byte = data[at]
        at += 1
        length |= (byte & 0x7F) << shift
        if byte < 0x80:
            return length, at
    raise ValueError("the queue file is damaged")


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


def _unquoted(address: str) -> str:
    """Without RFC 5321's quoting, which postqueue shows and the queue file has not."""
    return address.replace("\\", "").replace('"', "")
