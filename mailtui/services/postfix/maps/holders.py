"""Daemons that hold a text table as it was when they began: regexp, pcre, cidr and texthash are read only then.

DATABASE_README, "Using Postfix lookup tables": a daemon notices a changed database file and begins anew, but none of a
text that it has read and closed; only ``postfix reload`` ends it before its time (max_use, max_idle).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files as data_files

from mailtui.host.processes import Running, children
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.used import Table

KINDS = frozenset({"regexp", "pcre", "cidr", "texthash"})
_SETTLED = 1.0
"""Seconds by which the clocks of files and processes may differ."""


class Holders:
    """The daemons of one Postfix as they run now; none where they are not for us to see."""

    def __init__(self, daemons: Sequence[Running]) -> None:
        self._daemons = daemons

    @classmethod
    def of(cls, postfix: PostfixConfig) -> Holders:
        """Those whose master notes itself where ``postfix`` says."""
        try:
            pid = int(postfix.pid_file.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return cls(())
        return cls(children(pid))

    def older_than(self, table: Table, changed: float) -> tuple[str, ...]:
        """Names of the daemons that still have the table as it was before ``changed``."""
        if table.kind not in KINDS:
            return ()
        readers = {reader for use in table.uses for reader in _readers(use.parameter)}
        late = changed - _SETTLED
        return tuple(dict.fromkeys(one.name for one in self._daemons if one.name in readers and one.began < late))


def _readers(parameter: str) -> Iterator[str]:
    for pattern, readers in _table().items():
        if re.fullmatch(pattern, parameter):
            yield from readers
            return


@cache
def _table() -> dict[str, list[str]]:
    table: dict[str, list[str]] = json.loads(
        data_files(__package__).joinpath("holders.json").read_text(encoding="utf-8")
    )
    return table
