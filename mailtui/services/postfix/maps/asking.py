"""Asking one table for keys as they are: ``postmap -q`` (postmap(1)), databases behind it included.

A table behind ``proxy:`` is asked itself, since proxymap(8) answers only while Postfix runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailtui.host.errors import ToolTimeout, UsageError
from mailtui.host.tools import Tools
from mailtui.services.postfix.maps.failing import failure, in_postfixs_words, silence, unopened
from mailtui.services.postfix.maps.patience import TIMEOUT
from mailtui.services.postfix.maps.used import Table
from mailtui.services.postfix.opening import why_not_opened
from mailtui.services.postfix.tables import direct
from mailtui.text import clean


@dataclass(frozen=True, slots=True)
class Asked:
    """What a table answers."""

    value: str | None = None
    """None where it has no such key, or could not be asked."""
    problem: str = ""
    """Why it could not be asked, in Postfix's words; cleaned."""


class Asker:
    """Asks the tables of one Postfix."""

    def __init__(self, tools: Tools, where: Sequence[str]) -> None:
        self._tools = tools
        self._where = tuple(where)

    def ask(self, table: Table, key: str) -> Asked:
        """What ``table`` says to ``key``. Raises UsageError for a key that cannot be one, and ToolMissing."""
        if not key.strip() or set(key) & set("\0\r\n"):
            raise UsageError("a key is one line of text", unlock="leave out line ends and NUL")
        if against := why_not_opened(table.name):
            return Asked(problem=clean(unopened(table.name, against)))
        # By standard input: a key may begin with a dash, and is no business of the process list.
        command = ["postmap", *self._where, "-q", "-", direct(table.name)]
        question = key.encode("utf-8", "surrogateescape") + b"\n"
        try:
            result = self._tools.run(command, stdin=question, timeout=TIMEOUT, check=False)
        except ToolTimeout as error:
            return Asked(problem=clean(silence(table.name, error.seconds)))
        if problem := failure(table.name, result):
            return Asked(problem=clean(problem))
        if result.code != 0 and result.stderr.strip():
            return Asked(problem=clean(in_postfixs_words(result.error_text)))
        _, tab, value = result.text.rstrip("\n").partition("\t")
        return Asked(value if tab else None)
