"""Findings about whole tables that no lab of ours shows: a Postfix built without Berkeley DB."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from mailtui.services.postfix.maps.check import Checker
from mailtui.services.postfix.maps.flaws import Flaw
from mailtui.services.postfix.maps.targets import Targets
from mailtui.services.postfix.maps.text import Source
from mailtui.services.postfix.maps.used import Table, Use
from mailtui.services.postfix.maps.uses import Surroundings


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("hash:/etc/postfix/virtual", ("mailtui", "map", "convert", "/etc/postfix/virtual")),
        ("proxy:btree:/etc/postfix/virtual", ("mailtui", "map", "convert", "/etc/postfix/virtual")),
        ("pgsql:/etc/postfix/virtual.cf", ()),
    ],
)
def test_a_type_this_postfix_was_not_built_with_has_a_way_out(name: str, fix: tuple[str, ...]) -> None:
    checker = Checker(Surroundings(supported=frozenset({"lmdb", "regexp"})), cast(Targets, None))
    (finding,) = checker.table(Table(name, (Use("virtual_alias_maps"), Use("x_maps", "smtp/inet")))).findings
    assert (finding.severity, finding.fix) == ("error", fix)
    assert finding.evidence == ("virtual_alias_maps", "smtp/inet -o x_maps")
    assert "postfix-" in finding.advice
    assert "lmdb" in finding.advice


def test_a_large_table_is_looked_at_entry_by_entry_only_on_demand(tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_text("a@b.example x@y.example\n" * 100)
    checker = Checker(Surroundings(supported=frozenset({"texthash"})), cast(Targets, _NoTargets()))
    table = Table(f"texthash:{file}", (Use("sender_canonical_maps"),))
    (large,) = checker.table(table, limit=1000).findings
    assert large.id.startswith("map.large:")
    assert "2.3 kB" in large.evidence
    (twice,) = checker.table(table).findings
    assert twice.id.startswith("map.duplicate:")


class _NoTargets:
    """Follows nothing."""

    def flaws(self, table: Table, source: Source) -> tuple[Flaw, ...]:
        return ()
