"""Names of lookup tables as they stand in main.cf and master.cf: ``type:name`` (DATABASE_README, postconf(5))."""

from __future__ import annotations

import re
from collections.abc import Iterator

TABLE = re.compile(r"[a-z][a-z0-9_-]*:")
_WORD = re.compile(r"(?:[^\s,{}]|\{(?:[^{}]|\{[^{}]*\})*\})+")
_NO_FILE = frozenset({"static", "inline", "pipemap", "unionmap", "randmap", "fail", "unix", "tcp", "socketmap"})
_PATTERNS = frozenset({"regexp", "pcre", "cidr", "tcp", "socketmap", "fail"})
_OF_TABLES = frozenset({"unionmap", "pipemap", "randmap"})
_ASKS_EACH = frozenset({"unionmap", "pipemap"})
COMPILED = {"hash": ".db", "btree": ".db", "lmdb": ".lmdb", "cdb": ".cdb", "dbm": ".pag", "sdbm": ".pag"}
"""The types that postmap(1) compiles, and how the compiled file is named after the source."""
PACKAGED = frozenset({"ldap", "lmdb", "mongodb", "mysql", "pcre", "pgsql", "sqlite", "cdb", "nisplus"})
"""Types that a Postfix lacks where their package is not installed (dynamicmaps.cf, DATABASE_README)."""


def words(value: str) -> Iterator[str]:
    """The elements of a list in main.cf; braces keep an element together."""
    for match in _WORD.finditer(value):
        yield match[0]


def kind_of(table: str) -> str:
    """The type of a table; that of the table behind it where proxymap(8) is asked."""
    return table.removeprefix("proxy:").partition(":")[0]


def file_of(table: str) -> str:
    """The file an operator edits for a table; ``""`` where there is none to edit.

    ``lmdb:/etc/postfix/`` names none: DATABASE_README makes such a parameter for others to begin with.
    """
    kind, _, name = table.removeprefix("proxy:").partition(":")
    return name if name.startswith("/") and not name.endswith("/") and kind not in _NO_FILE else ""


def leaves(table: str) -> Iterator[str]:
    """The tables that answer for a table: itself, or those that ``unionmap:{…}`` and ``pipemap:{…}`` ask.

    Without ``proxy:``, since it is they that proxymap(8) opens. What stands in ``randmap:{…}`` are results.
    """
    table = table.removeprefix("proxy:")
    if kind_of(table) in _ASKS_EACH and "{" in table:
        for word in words(table.partition("{")[2].rpartition("}")[0]):
            yield from leaves(word)
    else:
        yield table


def direct(table: str) -> str:
    """A table to be asked without proxymap(8), which answers only while Postfix runs; those it is made of, too."""
    table = table.removeprefix("proxy:")
    if kind_of(table) not in _ASKS_EACH or "proxy:" not in table:
        return table
    parts = words(table.partition("{")[2].rpartition("}")[0])
    return f"{kind_of(table)}:{{{', '.join(map(direct, parts))}}}"


def needs_postmap(table: str) -> bool:
    """Whether a table is compiled from its file."""
    return kind_of(table) in COMPILED


def has_patterns(table: str) -> bool:
    """Whether a table is asked for whole keys alone, since it matches patterns (``DICT_FLAG_PATTERN``)."""
    kind = kind_of(table)
    if kind in _OF_TABLES:
        return any(has_patterns(word) for word in words(table.partition("{")[2].rpartition("}")[0]))
    return kind in _PATTERNS
