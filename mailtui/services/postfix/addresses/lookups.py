"""Asking Postfix's own tables, key by key as its daemons do: postmap(1), DATABASE_README.

``postmap -q`` looks up exactly one key at a time; which keys a daemon tries is said in ``keys``. A table behind
``proxy:`` is asked itself: proxymap(8) answers only while Postfix runs.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailtui.host.errors import HostError, ToolTimeout
from mailtui.host.tools import Tools
from mailtui.services.postfix.addresses.keys import Key
from mailtui.services.postfix.maps.asking import in_postfixs_words
from mailtui.services.postfix.opening import why_not_opened
from mailtui.services.postfix.ports import PostfixSettings
from mailtui.services.postfix.tables import TABLE, has_patterns, kind_of, words

MOST = 4096
"""Characters of a key; Postfix itself takes no longer address (``line_length_limit`` 2048)."""
TIMEOUT = 10.0
"""Seconds; a directory or database that is gone may not answer at all."""
_FATAL = "postmap: fatal: "
_DUPLICATE = re.compile(r"\S+, line \d+: duplicate entry: .*")
"""Of this postmap(1) only warns; the daemons refuse a whole texthash table for it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to one table."""

    parameter: str
    table: str
    key: str
    value: str | None
    """What it answered; None where it has no such key."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found."""

    parameter: str
    table: str
    key: str
    value: str
    extension: str = ""
    """What was left out of the address for this key."""


class TableError(HostError):
    """A table could not be asked."""


def _forget(_: Asked) -> None:
    """Nobody wants to know."""


class Lookups:
    """Postfix's tables as its daemons see them; each key of each table is asked once."""

    def __init__(self, postfix: PostfixSettings, tools: Tools, noted: Callable[[Asked], None] = _forget) -> None:
        self._postfix = postfix
        self._tools = tools
        self._noted = noted
        self._known: dict[tuple[str, str], str | None] = {}
        self._silent: dict[str, TableError] = {}
        """Tables that gave no answer in time: nobody waits for one twice."""
        self._exactly: tuple[str, ...] = ()

    def within(self, postfix: PostfixSettings, *, folding: bool = True) -> Lookups:
        """The same tables, named by the parameters of another service; what is known already is not asked again.

        ``folding``: whether keys in a text file count in lower case, as for all but virtual(8).
        """
        other = Lookups(postfix, self._tools, self._noted)
        other._silent = self._silent
        if folding:
            other._known = self._known
        else:
            other._exactly = ("-f",)
        return other

    def tables(self, parameter: str) -> tuple[str, ...]:
        """The tables of a parameter, in the order they are asked."""
        return tuple(word for word in words(self._postfix.get(parameter)) if TABLE.match(word))

    def find(self, parameter: str, keys: Sequence[Key]) -> Hit | None:
        """The first of ``keys`` that a table of ``parameter`` knows; raises TableError."""
        tables = self.tables(parameter)
        for key in keys:
            for table in tables:
                if key.whole or not has_patterns(table):
                    value = self._ask(parameter, table, key.text, keys)
                    if value is not None:
                        return Hit(parameter, table, key.text, value, key.extension)
        return None

    def ask(self, table: str, key: str, parameter: str = "") -> str | None:
        """What ``table`` says to ``key``; None where it has no such key. Raises TableError."""
        return self._ask(parameter, table, key, (Key(key),))

    def learn(self, parameter: str, keys: Sequence[Key]) -> None:
        """Ask for many keys in few runs, so that ``find`` has nothing to run for them; errors are told there."""
        for table in self.tables(parameter):
            self.learn_of(table, keys)

    def learn_of(self, table: str, keys: Sequence[Key]) -> None:
        """Ask one table for many keys, so that ``ask`` has nothing to run for them; errors are told there."""
        wanted = (key.text for key in keys if key.whole or not has_patterns(table))
        if unknown := [key for key in dict.fromkeys(wanted) if (table, key) not in self._known]:
            with contextlib.suppress(TableError):
                self._fetch(table, unknown)

    def command(self, table: str, key: str) -> tuple[str, ...]:
        """What an operator types to ask the same."""
        return ("postmap", *self._postfix.where, "-q", key, table)

    def _ask(self, parameter: str, table: str, key: str, keys: Sequence[Key]) -> str | None:
        if not _may_be_key(key):
            return None
        if (table, key) not in self._known:
            self._fetch(table, [one.text for one in keys if one.whole or not has_patterns(table)])
        if (table, key) not in self._known:
            # The table fell over another key of these; this one may be answered all the same.
            self._fetch(table, [key], alone=True)
        value = self._known[table, key]
        self._noted(Asked(parameter, table, key, value))
        if value == "":
            raise TableError(f"{table} answers {key} with nothing: Postfix takes that for an error")
        return value

    def _fetch(self, table: str, keys: Sequence[str], *, alone: bool = False) -> None:
        """Ask for several keys in one run, or learn nothing where the table gives an error for one of them."""
        if table in self._silent:
            raise self._silent[table]
        if against := why_not_opened(table):
            raise TableError(against)
        wanted = [key for key in dict.fromkeys(keys) if _may_be_key(key)]
        question = "".join(f"{key}\n" for key in wanted).encode("utf-8", "surrogateescape")
        argv = ["postmap", *self._exactly, *self._postfix.where, "-q", "-", table.removeprefix("proxy:")]
        try:
            answer = self._tools.run(argv, stdin=question, timeout=TIMEOUT, check=False)
        except ToolTimeout as error:
            self._silent[table] = TableError(f"{table} gave no answer within {error.seconds:g} s")
            raise self._silent[table] from error
        failed = any(line.startswith(_FATAL) for line in answer.error_text.splitlines())
        if duplicate := _DUPLICATE.search(answer.error_text) if kind_of(table) == "texthash" else None:
            raise TableError(f"{table} is unavailable: {duplicate[0]}")
        if not failed:
            self._known.update({(table, key): None for key in wanted})
            self._known.update(_answers(table, answer.text))
        elif alone or len(wanted) == 1:
            raise TableError(in_postfixs_words(answer.error_text))


def _answers(table: str, text: str) -> dict[tuple[str, str], str | None]:
    """What postmap(1) prints for keys from standard input: key, tab, value."""
    lines = (line.partition("\t") for line in text.split("\n"))
    return {(table, key): value for key, tab, value in lines if tab}


def _may_be_key(key: str) -> bool:
    return bool(key) and len(key) <= MOST and not set(key) & set("\0\r\n\t")
