"""Keys and values of any kind go into a real table and out of it as they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mailtui.changes.backups import Backups
from mailtui.changes.plan import Plan
from mailtui.host.errors import UsageError
from mailtui.host.tools import LocalTools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.plans import MapPlans
from mailtui.services.postfix.maps.save import Save
from mailtui.services.postfix.maps.service import Maps

HOSTILE = [
    "-q",
    "--x@a.example",
    "'",
    '"q"@a.example',
    '"two words"@a.example',
    "%s",
    "ü@shöp.example",
    "xn--shp-sna@a.example",
    "$(id)@x.example",
    "x:y",
    "a=b",
    "@",
    "\\\\x",
    "[bold]",
]
VALUE = "'; $x %s ü [/x]"


class Desk:
    """A configuration with one table."""

    def __init__(self, folder: Path) -> None:
        self.table = folder / "table"
        self.table.write_text("a b\n")
        (folder / "master.cf").touch()
        kind = "hash" if "hash" in Maps(LocalTools(), PostfixConfig(LocalTools())).tables.supported else "lmdb"
        text = f"compatibility_level = 3.6\ntransport_maps = {kind}:{self.table}\nalias_maps =\n"
        (folder / "main.cf").write_text(text)
        os.utime(folder / "main.cf", (1e9, 1e9))
        postfix = PostfixConfig(LocalTools(), folder)
        self.maps = Maps(LocalTools(), postfix)
        self.plans = MapPlans(self.maps, postfix)
        self.save = Save(LocalTools(), Backups(folder / "state"))

    def apply(self, plan: Plan) -> None:
        assert self.save.apply(plan.steps[0], lambda _: None).done


@pytest.mark.parametrize("key", HOSTILE)
def test_a_hostile_key_is_set_asked_and_taken_out(tmp_path: Path, key: str) -> None:
    desk = Desk(tmp_path)
    desk.apply(desk.plans.set(desk.table, key, VALUE))
    assert desk.maps.get(desk.table, key)[0].value == VALUE
    desk.apply(desk.plans.unset(desk.table, key))
    assert desk.maps.get(desk.table, key)[0].value is None
    assert desk.table.read_text() == "a b\n"


@pytest.mark.parametrize(
    ("key", "value"), [("a\nb", "x"), ("a", "x\ny z"), ("a\0", "x"), ("#a", "x"), ("a b", "x"), ("", "x")]
)
def test_what_would_not_be_one_entry_is_refused(tmp_path: Path, key: str, value: str) -> None:
    desk = Desk(tmp_path)
    with pytest.raises(UsageError, match="key"):
        desk.plans.set(desk.table, key, value)
    assert desk.table.read_text() == "a b\n"
