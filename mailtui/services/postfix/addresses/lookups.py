"""Asking Postfix's own tables, key by key as its daemons do: postmap(1), DATABASE_README.

``postmap -q`` looks up exactly one key at a time; which keys a daemon tries is said in ``keys``. A table behind
``proxy:`` is asked itself: proxymap(8) answers only while Postfix runs.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mailtui.host.errors import HostError, ToolTimeout
from mailtui.host.tools import Tools
from mailtui.services.postfix.addresses.keys import Key
from mailtui.services.postfix.maps.failing import (
    failure,
    held,
    is_of_key,
    is_refused,
    refusal,
    silence,
    type_missing,
    unopened,
)
from mailtui.services.postfix.maps.patience import PATIENCE, Patience
from mailtui.services.postfix.opening import why_not_opened
from mailtui.services.postfix.ports import PostfixSettings
from mailtui.services.postfix.tables import TABLE, direct, has_patterns, words

MOST = 4096
"""Characters of a key; Postfix itself takes no longer address (``line_length_limit`` 2048)."""


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


class NotAsked(TableError):
    """What says nothing of a table: others took all the time there was, it is being built, or we may not ask it."""


class Lookups:
    """Postfix's tables as its daemons see them; each key of each table is asked once."""

    def __init__(
        self,
        postfix: PostfixSettings,
        tools: Tools,
        noted: Callable[[Asked], None] = lambda _asked: None,
        patience: Patience | None = None,
    ) -> None:
        """``patience``: of another look at the same tables, so that nobody waits twice for those without an answer."""
        self._postfix = postfix
        self._tools = tools
        self._noted = noted
        self.patience = patience or Patience()
        """Which tables could not be asked."""
        self._known: dict[tuple[str, str], str | None] = {}
        self._failed: dict[tuple[str, tuple[str, ...]], TableError] = {}
        """Questions that a table gave an error for, one key or several, while it answers others."""
        self._exactly: tuple[str, ...] = ()

    def within(self, postfix: PostfixSettings, *, folding: bool = True) -> Lookups:
        """The same tables, named by the parameters of another service; what is known already is not asked again.

        ``folding``: whether keys in a text file count in lower case, as for all but virtual(8).
        """
        other = Lookups(postfix, self._tools, self._noted, self.patience)
        if folding:
            other._known, other._failed = self._known, self._failed
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

    def learned(self, table: str, keys: Sequence[str]) -> Mapping[str, str | None]:
        """What a table says to many keys, asked in one run; raises TableError, for the failure of one key, too."""
        if unknown := [key for key in keys if (table, key) not in self._known]:
            self._fetch(table, unknown, alone=True)
        return {key: self._known.get((table, key)) for key in keys}

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
        self._require(table)
        wanted = tuple(key for key in dict.fromkeys(keys) if _may_be_key(key))
        alone = alone or len(wanted) == 1
        if known := self._failed.get((table, wanted)):
            if alone:
                raise known
            return
        question = "".join(f"{key}\n" for key in wanted).encode("utf-8", "surrogateescape")
        argv = ["postmap", *self._exactly, *self._postfix.where, "-q", "-", direct(table)]
        try:
            answer = self._tools.run(argv, stdin=question, timeout=self.patience.timeout(table), check=False)
        except ToolTimeout as error:
            why = silence(table, error.seconds)
            self.patience.give_up(table, why, error.seconds)
            raise (NotAsked if held(table) else TableError)(why) from error
        why = failure(table, answer) or refusal(table, answer)
        if why and not is_of_key(answer):
            self.patience.give_up(table, why, answer.seconds, type_missing(answer))
            raise TableError(why)
        if not why:
            self.patience.answered(table)
            self._known.update({(table, key): None for key in wanted})
            self._known.update(_answers(table, answer.text))
            return
        self.patience.failed(table, why, answer.seconds)
        failed = self._failed[table, wanted] = TableError(why)
        if alone:
            raise failed

    def _require(self, table: str) -> None:
        """Raises TableError for a table that is not to be asked."""
        if why := self.patience.why_not(table) or unopened(table, why_not_opened(table)):
            if is_refused(why):
                raise NotAsked(why)
            self.patience.tell(table, why)
            raise TableError(why)
        if self.patience.is_over(table):
            why = f"{table} was not asked: others gave no answer for {PATIENCE:g} s"
            self.patience.tell(table, why)
            raise NotAsked(why)


def _answers(table: str, text: str) -> dict[tuple[str, str], str | None]:
    """What postmap(1) prints for keys from standard input: key, tab, value."""
    lines = (line.partition("\t") for line in text.split("\n"))
    return {(table, key): value for key, tab, value in lines if tab}


def _may_be_key(key: str) -> bool:
    return bool(key) and len(key) <= MOST and not set(key) & set("\0\r\n\t")
