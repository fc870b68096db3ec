"""What it means that postmap(1) gave no answer: whose failure it is, the table's or the key's, and what mends it.

A compiled index may be damaged behind its first bytes and open all the same. Then Berkeley DB stops with an error of
its own, follows pages in a circle for ever, or dies by a signal, each of which postmap(1) passes on.
"""

from __future__ import annotations

import errno
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

from mailtui.host.tools import ToolResult
from mailtui.services.postfix.maps.formats import is_being_built
from mailtui.services.postfix.tables import COMPILED, file_of, kind_of, leaves
from mailtui.text import human_size

_WORST = ("postmap: fatal: ", "postmap: panic: ")
_ABOUT_MAIN = re.compile(r".*/main\.cf, line \d+: overriding earlier entry.*|.*: unused parameter: .*")
"""Of main.cf, not of the table."""
_OF_A_KEY = re.compile(r"postmap: fatal: table .*: query error")
_NOBODY_THERE = re.compile(
    r"connect (?:#\d+ )?to|connection (?:refused|reset|timed out)|can(?:'|no)t (?:contact|connect)"
    r"|unable to (?:bind|connect)|is unavailable|network is unreachable|no such file or directory|no route to host",
    re.IGNORECASE,
)
"""With these words a query fails for every key."""
_DUPLICATE = re.compile(r"\S+, line \d+: duplicate entry: .*")
"""Of this postmap(1) only warns; the daemons refuse a whole texthash table for it."""
_NO_TYPE = re.compile(r"unsupported dictionary type: (\S+)")
_DAMAGED = re.compile(
    r"BDB\d+ |fatal: error (?:reading|\[-?\d+\]) |open database \S+: Invalid argument"
    r"|MDB_(?!MAP_|READERS_|DBS_)[A-Z_]+:"
)
_UNBUILT = re.compile(r"open database .*: No such file or directory")
_FILES = frozenset({"static", "inline", "texthash", "cidr", "regexp", "pcre", *COMPILED})
"""Types whose answers come from this machine's own files at once."""


def failure(table: str, answer: ToolResult) -> str:
    """Why postmap(1) did not answer, in its own words; ``""`` where it did."""
    if answer.code < 0:
        return f"{table}: postmap was ended by {_signal(-answer.code)}{_rebuild(table)}"
    if answer.truncated:
        return f"{table} answers more than {human_size(len(answer.stdout))}"
    said = answer.error_text
    if not any(line.startswith(_WORST) for line in said.splitlines()):
        return ""
    return in_postfixs_words(said) + (_rebuild(table) if _DAMAGED.search(said) else "")


def refusal(table: str, answer: ToolResult) -> str:
    """Why the daemons refuse a table that postmap(1) answers from; ``""`` where they do not."""
    duplicate = _DUPLICATE.search(answer.error_text) if kind_of(table) == "texthash" else None
    return f"{table} is unavailable: {duplicate[0]}" if duplicate else ""


def silence(table: str, seconds: float) -> str:
    """What it means that postmap(1) did not end: somebody does not answer, or an index leads it in circles."""
    why = held(table) or (_rebuild(table) if is_local(table) else "")
    return f"{table} gave no answer within {seconds:g} s{why}"


def held(table: str) -> str:
    """Who is waited for where an index is being built; ``""`` where none is."""
    index = next((index for _, index in _indexes(table) if is_being_built(Path(index))), "")
    return f": {index} is being built, or held by another process; ask again when it is done" if index else ""


def is_local(table: str) -> bool:
    """Whether nobody but the files of this machine answers."""
    return all(kind_of(leaf) in _FILES for leaf in leaves(table))


def is_of_key(answer: ToolResult) -> bool:
    """Whether a failure may be that of one key alone; every other one is the table's."""
    if answer.code < 0:
        return False
    if answer.truncated:
        return True
    return bool(_OF_A_KEY.search(answer.error_text)) and not _NOBODY_THERE.search(answer.error_text)


def type_missing(answer: ToolResult) -> str:
    """The type of table that this Postfix does not have, where that is what it says."""
    found = _NO_TYPE.search(answer.error_text)
    return found[1] if found else ""


def is_refused(why: str) -> bool:
    """Whether it is only we who may not open a table."""
    return os.strerror(errno.EACCES) in why


def unopened(table: str, why: str) -> str:
    """Why a table cannot be opened, with what mends it where an index is no good or is not there."""
    if why.startswith("error reading "):
        return why + _rebuild(table)
    if is_refused(why):
        return f"{why}: root may ask it"
    if _UNBUILT.fullmatch(why):
        return why + _rebuild(table, "was never built")
    return why + (_rebuild(table, "is none of its type") if _DAMAGED.search(why) else "")


def in_postfixs_words(text: str) -> str:
    """What postmap(1) says of a table it cannot ask: the first line is what happened, the last what it makes of it."""
    said = text.strip().splitlines()
    lines = [line.removeprefix("postmap: ") for line in said if not _ABOUT_MAIN.fullmatch(line)] or said
    return "; ".join(dict.fromkeys(line.partition(": ")[2] or line for line in (lines[0], lines[-1])))


def _rebuild(table: str, trouble: str = "is damaged") -> str:
    """What to do about the index behind a table; ``""`` where there is none behind it."""
    indexes = list(_indexes(table))
    if not indexes:
        return ""
    which = "its index" if len(indexes) == 1 else "one of the indexes"
    return f": {which} {', '.join(index for _, index in indexes)} {trouble}; " + " or ".join(
        f"mailtui map build {file}" for file, _ in indexes
    )


def _indexes(table: str) -> Iterator[tuple[str, str]]:
    for leaf in leaves(table):
        if (file := file_of(leaf)) and kind_of(leaf) in COMPILED:
            yield file, file + COMPILED[kind_of(leaf)]


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
