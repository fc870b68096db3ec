"""Another type for a table: built first, then named in every parameter, so that no daemon ever meets one without index.

For a ``hash:`` table on a Postfix built without Berkeley DB (NON_BERKELEYDB_README).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mailtui.changes.plan import Plan, Step
from mailtui.host.errors import UsageError
from mailtui.host.tools import Tools
from mailtui.services.configuration.model import Setting
from mailtui.services.configuration.plans import ConfigPlans
from mailtui.services.postfix.config import PostfixConfig, pairs
from mailtui.services.postfix.maps.plans import MapPlans
from mailtui.services.postfix.maps.used import Table, Tables
from mailtui.services.postfix.tables import COMPILED
from mailtui.text import clean


class Conversion:
    """Makes plans and changes nothing. Raises UsageError and what reading raises."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, maps: MapPlans, configuration: ConfigPlans) -> None:
        self._tools = tools
        self._postfix = postfix
        self._maps = maps
        self._configuration = configuration

    def plan(self, file: Path, kind: str = "") -> Plan:
        """The tables of a file get another type; without one, ``default_database_type``."""
        tables = Tables(self._tools, self._postfix)
        kind = kind or self._postfix.get("default_database_type")
        if kind not in COMPILED or kind not in tables.supported:
            known = ", ".join(sorted(tables.supported & COMPILED.keys()))
            raise UsageError(f"this Postfix compiles no {clean(kind)} tables", unlock=f"it compiles: {known}")
        used = [table for table in tables.of_file(file) if table.kind in COMPILED and table.kind != kind]
        if not used:
            raise UsageError(f"{clean(str(file))} is no compiled table of another type than {kind}")
        settings = tuple(self._settings(used, kind))
        build = self._maps.build_as(file, used[0], kind)
        title = f"convert {clean(str(file))} to {kind}"
        named = self._configuration.steps("postfix", settings, title)
        former = {table.kind: table for table in used if table.kind in tables.supported}
        return Plan(title, (build, *named, *(self._former(file, one) for one in former.values())), all_or_nothing=True)

    def _former(self, file: Path, table: Table) -> Step:
        """What is edited until this is undone is in the new index alone: the former one is built before it is used."""
        return replace(
            self._maps.build_as(file, table, table.kind, on_undo=True),
            why=f"when this is undone, build {clean(table.name)} of the text there is then",
            undo=f"{clean(table.name)} is built",
            reversible=True,
            commands=(),
        )

    def _settings(self, tables: Sequence[Table], kind: str) -> Iterator[Setting]:
        """Every parameter that names one of them itself; those that only refer to another follow it."""
        for name, value in self._written(tables).items():
            new = value
            for table in tables:
                typed = f"{table.kind}:{table.file}"
                new = re.sub(rf"(?<![\w:]){re.escape(typed)}(?![^\s,}}])", f"{kind}:{table.file}", new)
                new = new.replace(f"proxy:{typed}", f"proxy:{kind}:{table.file}")
            if new != value:
                yield Setting(name, new)

    def _written(self, tables: Sequence[Table]) -> Mapping[str, str]:
        """The parameters as they are written, and defaults where these name a table."""
        where = self._postfix.where
        written = pairs(self._tools.run(["postconf", *where, "-n"]).text)
        overrides = pairs(self._tools.run(["postconf", *where, "-P"]).text)
        defaults = {
            use.parameter: self._postfix.get(use.parameter)
            for table in tables
            for use in table.uses
            if not use.service and use.parameter in ("alias_maps", "alias_database")
        }
        return {**defaults, **written, **overrides}
