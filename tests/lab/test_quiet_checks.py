"""Checks that nobody asked for leave the mail log as it was: a table that cannot be opened is told of, not tried."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.asking import Asker
from mailtui.services.postfix.maps.service import Maps
from mailtui.services.postfix.maps.used import Table, Use
from mailtui.services.postfix.opening import why_not_opened


@pytest.fixture
def table(lab: Lab) -> Iterator[Table]:
    """Aliases of which somebody has taken the compiled file away."""
    kind = lab.command("postconf", "-h", "default_database_type").strip()
    found = Table(f"{kind}:{lab.postfix_config / 'virtual'}", (Use("virtual_alias_maps"),))
    assert found.index is not None
    aside = found.index.with_suffix(".aside")
    found.index.rename(aside)
    yield found
    aside.rename(found.index)


def written(lab: Lab, postmap: list[str]) -> str:
    """What a run of postmap(1) adds to the mail log, as it does without being asked to."""
    before = lab.log.stat().st_size
    LocalTools().run(postmap, check=False)
    return lab.log.read_bytes()[before:].decode()


def test_a_table_without_its_index_is_told_of_and_not_tried(lab: Lab, table: Table) -> None:
    where = ["-c", str(lab.postfix_config)]
    assert "fatal: open" in written(lab, ["postmap", *where, "-q", "x", table.name]), "it is the tool that writes so"
    maps = Maps(LocalTools(), PostfixConfig(LocalTools(), lab.postfix_config))
    before = lab.log.read_bytes().count(b"fatal: open")
    maps.survey()
    found = {one.id.partition(":")[0] for one in maps.check() if one.subject == table.name}
    assert "map.unbuilt" in found
    assert lab.log.read_bytes().count(b"fatal: open") == before


def test_what_is_said_of_it_is_what_postfix_says(lab: Lab, table: Table) -> None:
    tools = LocalTools()
    asked = Asker(tools, ["-c", str(lab.postfix_config)]).ask(table, "info@alias.example")
    told = tools.run(["postmap", "-c", str(lab.postfix_config), "-q", "x", table.name], check=False).error_text
    assert asked.value is None
    assert asked.problem.partition(":")[0] in told
    assert "No such file or directory" in asked.problem
    assert asked.problem.endswith(f"mailtui map build {table.name.partition(':')[2]}")


def test_as_soon_as_it_can_be_opened_it_is_asked(lab: Lab, table: Table) -> None:
    asker = Asker(LocalTools(), ["-c", str(lab.postfix_config)])
    assert asker.ask(table, "info@alias.example").problem
    assert table.index is not None
    aside = table.index.with_suffix(".aside")
    os.link(aside, table.index)
    try:
        assert asker.ask(table, "info@alias.example").value
    finally:
        table.index.unlink()


def test_what_has_no_file_is_asked_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "text").touch()
    for name in ("inline:{a=b}", "static:x", "unionmap:{static:x}", f"texthash:{tmp_path}/text", "proxy:static:x"):
        assert not why_not_opened(name)
    assert why_not_opened(f"proxy:hash:{tmp_path}/text")
