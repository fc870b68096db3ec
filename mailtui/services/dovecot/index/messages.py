"""The messages themselves as they lie on disk: files of a Maildir, ``u.`` files of sdbox, ``m.`` files of mdbox."""

from __future__ import annotations

import os
import re
import stat
from functools import lru_cache

from mailtui.services.dovecot.index.index_layout import ANSWERED, DELETED, DRAFT, FLAGGED, SEEN

_LETTERS = {ord("D"): DRAFT, ord("F"): FLAGGED, ord("R"): ANSWERED, ord("S"): SEEN, ord("T"): DELETED}
_INFO = b"2,"
_KEYWORD = re.compile(rb"([0-9]{1,2}) (.{1,1000})", re.DOTALL)
_U = re.compile(r"u\.([1-9]\d{0,9})", re.ASCII)
_M = re.compile(r"m\.([1-9]\d{0,9})", re.ASCII)
MOST = 2_000_000
MAILDIR = ("cur", "new")
"""Folders of a Maildir that have messages."""


def maildir(folder: int) -> dict[bytes, bytes]:
    """Info (``FRS…``, letters of keywords) by base file name; of ``cur`` and ``new``, if they are there.

    Raises OSError where one of them is unreadable.
    """
    found: dict[bytes, bytes] = {}
    for name in MAILDIR:
        try:
            fd = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        except FileNotFoundError:
            continue
        try:
            names = os.fsencode("\0".join(os.listdir(fd)[:MOST]))  # noqa: PTH208 - an open folder has no path
        finally:
            os.close(fd)
        parts = [name.partition(b":") for name in names.split(b"\0")]
        found |= {base: _info(rest) for base, _, rest in parts if base and base[:1] != b"."}
    return found


def has_cur(folder: int) -> bool:
    """Whether a Maildir has its folder of messages that were seen. Raises nothing."""
    try:
        return stat.S_ISDIR(os.stat("cur", dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False


@lru_cache(maxsize=1000)
def _info(rest: bytes) -> bytes:
    """What stands behind a base name and its colon, where it is of version 2."""
    return rest.removeprefix(_INFO) if rest.startswith(_INFO) else b""


def maildir_flags(info: bytes) -> int:
    """Flag bits of Dovecot's index, out of the letters of a file name."""
    bits = 0
    for letter in info:
        bits |= _LETTERS.get(letter, 0)
    return bits


def keyword_letters(info: bytes) -> set[int]:
    """Numbers of keywords, 0 to 25, out of the letters of a file name."""
    return {letter - ord("a") for letter in info if ord("a") <= letter <= ord("z")}


def keyword_names(data: bytes) -> tuple[dict[int, str], int]:
    """Names by number out of ``dovecot-keywords``, and how many lines are none or not whole."""
    names: dict[int, str] = {}
    wrong = int(data[-1:] not in (b"", b"\n"))
    for line in data.split(b"\n"):
        found = _KEYWORD.fullmatch(line)
        if found and int(found[1]) < 26:
            names[int(found[1])] = found[2].decode("utf-8", "replace")
        elif line:
            wrong += 1
    return names, wrong


def sdbox(folder: int) -> set[int]:
    """UIDs of the ``u.`` files. Raises OSError."""
    return _numbers(folder, _U)


def mdbox(storage: int) -> set[int]:
    """Numbers of the ``m.`` files of a storage. Raises OSError."""
    return _numbers(storage, _M)


def empty(folder: int, uids: set[int]) -> list[int]:
    """Those of the ``u.`` files that hold nothing."""
    found = []
    for uid in sorted(uids):
        try:
            facts = os.stat(f"u.{uid}", dir_fd=folder, follow_symlinks=False)
        except OSError:
            continue
        if stat.S_ISREG(facts.st_mode) and facts.st_size == 0:
            found.append(uid)
    return found


def _numbers(folder: int, form: re.Pattern[str]) -> set[int]:
    names = os.listdir(folder)[:MOST]
    return {int(found[1]) for found in map(form.fullmatch, names) if found}
