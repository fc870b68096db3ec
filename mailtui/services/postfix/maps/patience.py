"""How long one look may wait for tables that do not answer, and which of them it has given up.

A failing postmap(1) sleeps a second before it ends, and a server that is gone is waited for much longer. What fails is
asked once; all of it together costs no more than ``PATIENCE``, and half as much again for tables that are files here:
those answer at once where they are whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mailtui.services.postfix.maps.failing import is_local
from mailtui.services.postfix.opening import state_of
from mailtui.services.postfix.tables import kind_of, leaves

TIMEOUT = 10.0
"""Seconds; a directory or database that is gone may not answer at all, and Postfix itself would wait longer."""
PATIENCE = 12.0
"""Seconds that all tables without an answer may cost."""
_LEAST = 2.0
"""Seconds given to a table when little is left: postmap(1) needs one to say why it cannot open it."""
_IN_A_ROW = 6.0
"""Seconds of failures for one key after another, after which a table is taken for failing for each."""
_FAILING = 1.0
"""Seconds that postmap(1) sleeps before it ends with an error."""


class Patience:
    """The tables of one look."""

    def __init__(self) -> None:
        self._given_up: dict[str, tuple[object, str]] = {}
        self._types: dict[str, str] = {}
        self._answered: set[str] = set()
        self._row: dict[str, float] = {}
        self._lost = 0.0
        self._told: dict[str, str] = {}

    @property
    def told(self) -> Mapping[str, str]:
        """The tables that could not be asked, and why."""
        return MappingProxyType(self._told)

    def is_over(self, table: str) -> bool:
        """Whether there is no time left for a table that has not answered before."""
        left = PATIENCE if is_local(table) else 0.0
        return self._lost >= PATIENCE + left / 2 and _bare(table) not in self._answered

    def why_not(self, table: str) -> str:
        """Why a table is not asked again, as it said itself; ``""`` where it is to be asked.

        One whose files were written since is asked again.
        """
        for one in dict.fromkeys((_bare(table), *leaves(table))):
            state, why = self._given_up.get(one, (None, ""))
            if why and state == state_of(one):
                return why
            if why := self._types.get(kind_of(one), ""):
                return why
        return ""

    def timeout(self, table: str) -> float:
        """The seconds that a table may take."""
        if not self._lost or _bare(table) in self._answered:
            return TIMEOUT
        return max(_LEAST, min(TIMEOUT, (PATIENCE - self._lost) / 2))

    def answered(self, table: str) -> None:
        """It has."""
        self._answered.add(_bare(table))
        self._row.pop(_bare(table), None)

    def tell(self, table: str, why: str) -> None:
        """Note a table that could not be asked, at no cost."""
        self._told.setdefault(table, why)

    def give_up(self, table: str, why: str, seconds: float, kind: str = "") -> None:
        """A table fails whatever it is asked; ``kind``: and so does every one of this type."""
        self._given_up[_bare(table)] = (state_of(table), why)
        if kind:
            self._types[kind] = why
        self._lost += max(seconds, _FAILING) + self._row.pop(_bare(table), 0.0)
        self.tell(table, why)

    def failed(self, table: str, why: str, seconds: float) -> None:
        """A table fails for a key; one that goes on failing is given up."""
        row = self._row.get(_bare(table), 0.0) + max(seconds, _FAILING)
        self._row[_bare(table)] = row
        if row >= _IN_A_ROW:
            self.give_up(table, why, 0.0)


def _bare(table: str) -> str:
    return table.removeprefix("proxy:")
