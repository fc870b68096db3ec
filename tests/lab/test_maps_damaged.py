"""An index that is damaged and opens all the same: told as such, never waited for twice, never taken for "not found"."""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from mailtui.changes.backups import Backups
from mailtui.findings import Finding
from mailtui.host.as_user import as_user
from mailtui.host.tools import LocalTools, ToolResult
from mailtui.services.postfix.addresses.lookups import Lookups, TableError
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps import patience
from mailtui.services.postfix.maps.asking import Asker
from mailtui.services.postfix.maps.formats import look_into
from mailtui.services.postfix.maps.plans import MapPlans
from mailtui.services.postfix.maps.save import Save
from mailtui.services.postfix.maps.service import Maps
from mailtui.services.postfix.maps.used import Table
from mailtui.services.postfix.tables import COMPILED

ENTRIES = 1500
PAGE = 4096
BERKELEY = ("hash", "btree")
KINDS = (*BERKELEY, "lmdb")
TOLD = {"map.damaged", "map.lacks"}
Damage = Callable[[bytearray, random.Random], bytearray]


class Counting(LocalTools):
    """Notes which tables postmap(1) is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def run(self, argv: Sequence[str], **how: Any) -> ToolResult:
        if argv[0] == "postmap":
            self.asked.append(argv[-1])
        return super().run(argv, **how)


class Desk:
    """A Postfix with one compiled table of a few dozen pages."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.kind = kind
        self.tools = Counting()
        self.source = folder / "virtual"
        self.index = Path(f"{self.source}{COMPILED[kind]}")
        self.name = f"{kind}:{self.source}"
        self.values = {f"user{n}@dom{n % 37}.example": f"someone{n}@far.example" for n in range(ENTRIES)}
        self.source.write_text("".join(f"{key}\t{value}\n" for key, value in self.values.items()))
        (folder / "master.cf").touch()
        settings = "compatibility_level = 3.6\nmyhostname = a.example\nmydestination =\nalias_maps =\n"
        (folder / "main.cf").write_text(f"{settings}sender_canonical_maps = {self.name}\n")
        os.utime(folder / "main.cf", (1e9, 1e9))
        self.postfix = PostfixConfig(self.tools, folder)
        if kind not in Maps(self.tools, self.postfix).tables.supported:
            pytest.skip(f"this Postfix has no {kind}")
        self.build()
        self.good = self.index.read_bytes()

    def build(self) -> None:
        """As ``mailtui map build`` does."""
        plan = MapPlans(Maps(self.tools, self.postfix), self.postfix).build(self.source)
        assert Save(self.tools, Backups(self.source.parent / "state")).apply(plan.steps[0], lambda _: None).done
        self.tools.asked.clear()

    def check(self) -> list[Finding]:
        return [one for one in Maps(self.tools, self.postfix).check() if one.subject == self.name]

    def lookups(self) -> Lookups:
        return Lookups(self.postfix, self.tools)


@pytest.fixture(params=KINDS)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    return Desk(tmp_path, request.param)


@pytest.fixture(params=BERKELEY)
def pages(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    """Of a type whose pages are looked at before it is asked."""
    return Desk(tmp_path, request.param)


def _page(data: bytearray, by: random.Random) -> int:
    return by.randrange(1, len(data) // PAGE) * PAGE


def _flipped(data: bytearray, by: random.Random) -> bytearray:
    for _ in range(16):
        data[by.randrange(PAGE, len(data))] = by.randrange(256)
    return data


def _headers(data: bytearray, by: random.Random) -> bytearray:
    for _ in range(3):
        data[_page(data, by) + by.randrange(26)] = by.randrange(256)
    return data


def _zeroed(data: bytearray, by: random.Random) -> bytearray:
    page = _page(data, by)
    data[page : page + PAGE] = bytes(PAGE)
    return data


def _garbage(data: bytearray, by: random.Random) -> bytearray:
    page = _page(data, by)
    data[page : page + PAGE] = by.randbytes(PAGE)
    return data


def _truncated(data: bytearray, by: random.Random) -> bytearray:
    return data[: _page(data, by)]


def _in_circles(data: bytearray, by: random.Random) -> bytearray:
    """Each page's next one is itself or one before it."""
    for page in range(PAGE, len(data), PAGE):
        data[page + 16 : page + 20] = by.randrange(1, page // PAGE + 1).to_bytes(4, "little")
    return data


def _too_many(data: bytearray, by: random.Random) -> bytearray:
    """A page that says it has more items than fit."""
    page = _page(data, by)
    data[page + 20 : page + 22] = by.choice([0xFFFF, 5000]).to_bytes(2, "little")
    return data


def _heads(data: bytearray, by: random.Random) -> bytearray:
    """What an index says of itself; of an lmdb it stands there twice."""
    for page in (0, PAGE):
        data[page + by.randrange(12, 32)] ^= by.randrange(1, 256)
    return data


def _emptied(_data: bytearray, _by: random.Random) -> bytearray:
    return bytearray()


def _unreadable(good: bytes) -> bytes:
    """Pages of a type that there is not, each in its place."""
    data = bytearray(good)
    for page in range(PAGE, len(data), PAGE):
        data[page + 24 : page + 26] = b"\xee\xee"
    return bytes(data)


DAMAGES = (_flipped, _headers, _zeroed, _garbage, _truncated, _in_circles, _too_many, _heads, _emptied)


@pytest.mark.parametrize("damage", DAMAGES)
def test_where_nothing_is_found_wrong_every_entry_is_answered_as_it_stands_in_the_source(
    desk: Desk, damage: Damage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "TIMEOUT", 2.0)
    for seed in range(4):
        desk.index.write_bytes(damage(bytearray(desk.good), random.Random(seed)))
        found = desk.check()
        kinds = {one.id.partition(":")[0] for one in found}
        assert kinds <= TOLD
        if found:
            assert found[0].fix == ("mailtui", "map", "build", str(desk.source))
        else:
            assert desk.lookups().learned(desk.name, list(desk.values)) == desk.values
        desk.build()
        assert not desk.check()


def test_an_index_that_is_whole_is_asked_once_for_all_its_entries(desk: Desk) -> None:
    assert not desk.check()
    assert desk.tools.asked.count(desk.name) == 1


def test_an_index_torn_off_is_found(desk: Desk) -> None:
    desk.index.write_bytes(desk.good[: len(desk.good) // PAGE // 2 * PAGE])
    assert {one.id.partition(":")[0] for one in desk.check()} <= TOLD
    assert desk.check()


def test_a_wrong_head_is_found_without_asking_behind_every_kind_of_table(desk: Desk) -> None:
    desk.index.write_bytes(b"no index" * 1000)
    tables = [desk.name, f"proxy:{desk.name}", f"unionmap:{{static:x,{desk.name}}}"]
    tables += [f"pipemap:{{inline:{{a=b}},{desk.name}}}", f"proxy:unionmap:{{proxy:{desk.name},static:x}}"]
    lookups = desk.lookups()
    for table in tables:
        with pytest.raises(TableError, match=f"{desk.index} is none of its type; mailtui map build {desk.source}"):
            lookups.ask(table, "user1@dom1.example")
        assert "Invalid argument" in Asker(desk.tools, desk.postfix.where).ask(Table(table, ()), "x").problem
    (damaged,) = desk.check()
    assert damaged.id.startswith("map.damaged:")
    assert not [one for one in desk.tools.asked if str(desk.source) in one]
    desk.build()
    assert [lookups.ask(table, "user1@dom1.example") for table in tables[:2]] == ["someone1@far.example"] * 2
    assert lookups.ask(tables[-1], "user1@dom1.example") == "someone1@far.example,x", "without a proxymap that runs"


def test_an_index_that_is_not_there_is_built_as_its_message_says(desk: Desk) -> None:
    desk.index.unlink()
    with pytest.raises(TableError, match=f"its index {desk.index} was never built; mailtui map build {desk.source}"):
        desk.lookups().ask(desk.name, "user1@dom1.example")
    desk.build()
    assert desk.lookups().ask(desk.name, "user1@dom1.example") == "someone1@far.example"


def test_a_table_of_others_falls_with_a_damaged_one_once_and_is_asked_again_when_that_is_built(pages: Desk) -> None:
    # No page is left but the one that opens it: whatever is asked, there is nothing to read.
    pages.index.write_bytes(_unreadable(pages.good))
    table = f"unionmap:{{{pages.name},inline:{{{{user1@dom1.example = other}}}}}}"
    lookups = pages.lookups()
    for key in list(pages.values)[:5]:
        with pytest.raises(TableError, match="is damaged; mailtui map build"):
            lookups.ask(table, key)
    assert len(pages.tools.asked) == 1
    pages.build()
    assert lookups.ask(table, "user1@dom1.example") == "someone1@far.example,other"


def test_a_value_that_rotted_is_found(desk: Desk) -> None:
    desk.index.write_bytes(desk.good.replace(b"someone77@far", b"someone99@far"))
    (found,) = desk.check()
    assert found.id.startswith("map.lacks:")
    assert found.evidence == (f"{desk.source}:78: user77@dom3.example",)


def test_a_source_written_just_now_is_only_stale(desk: Desk) -> None:
    desk.source.write_text("new@a.example x@far.example\n")
    os.utime(desk.index, (1e9, 1e9))
    assert [one.id.partition(":")[0] for one in desk.check()] == ["map.stale"]


@pytest.mark.parametrize("entries", [0, 1, 70, 3000])
@pytest.mark.parametrize("long", [10, 9000])
def test_pages_of_an_index_that_is_whole_are_in_their_places(pages: Desk, entries: int, long: int) -> None:
    pages.source.write_text("".join(f"user{n}@a.example\t{n % long * 'x'}y\n" for n in range(entries)))
    pages.build()
    assert not look_into(pages.index).flaw
    assert not pages.check()


def test_a_page_out_of_its_place_is_not_read_by_postmap_which_would_write_there(pages: Desk) -> None:
    torn = bytearray(pages.good)
    torn[6 * PAGE + 8 : 6 * PAGE + 12] = (2_634_022_933).to_bytes(4, "little")
    pages.index.write_bytes(torn)
    with pytest.raises(TableError, match=r"page 6 says it is page 2634022933: its index .* is damaged; mailtui map"):
        pages.lookups().learned(f"unionmap:{{{pages.name},static:x}}", list(pages.values))
    assert [one.id.partition(":")[0] for one in pages.check()] == ["map.damaged"]
    assert pages.index.stat().st_size == len(torn)
    assert not [one for one in pages.tools.asked if str(pages.source) in one]


def test_an_index_that_is_being_built_is_not_judged(pages: Desk) -> None:
    torn = bytearray(pages.good)
    torn[6 * PAGE + 8] ^= 0x7F
    pages.index.write_bytes(torn)
    with pages.index.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # as postmap(1) does
        assert not look_into(pages.index).flaw


def test_an_index_that_is_being_built_for_long_is_no_damage(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "TIMEOUT", 1.0)
    builder = os.fork()  # another process: a lock of our own does not stop us
    if builder == 0:
        with desk.index.open("r+b") as file:
            lock = fcntl.lockf if desk.kind == "lmdb" else fcntl.flock
            lock(file, fcntl.LOCK_EX)
            (desk.source.parent / "held").touch()
            signal.pause()
    try:
        while not (desk.source.parent / "held").exists():
            os.sched_yield()
        found = desk.check()
        assert [one.id.partition(":")[0] for one in found] == ["map.unreadable", "map.unanswered"]
        assert f"{desk.index} is being built" in found[0].evidence[0]
    finally:
        os.kill(builder, signal.SIGKILL)
        os.waitpid(builder, 0)
    assert not desk.check()


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_not_read_an_index_does_not_call_it_damaged(kind: str) -> None:
    with TemporaryDirectory() as folder:  # others may not enter pytest's own
        Path(folder).chmod(0o755)
        desk = Desk(Path(folder), kind)
        desk.index.chmod(0o600)

        def looked() -> list[str]:
            told = [f"{one.id} {one.evidence}" for one in desk.check()]
            return [*told, Asker(desk.tools, desk.postfix.where).ask(Table(desk.name, ()), "x").problem]

        found, problem = as_user(65534, 65534, looked)
        assert found.startswith("map.unreadable:")
        assert "Permission denied: root may ask it" in found
        assert "Permission denied: root may ask it" in problem


def test_a_pipe_in_place_of_an_index_is_not_waited_for(desk: Desk) -> None:
    desk.index.unlink()
    os.mkfifo(desk.index)
    with pytest.raises(TableError, match="Invalid argument"):
        desk.lookups().learned(desk.name, list(desk.values))


def test_nothing_but_building_writes_into_an_index(desk: Desk) -> None:
    for seed, damage in enumerate(DAMAGES):
        damaged = bytes(damage(bytearray(desk.good), random.Random(seed)))
        desk.index.write_bytes(damaged)
        maps, key = Maps(desk.tools, desk.postfix), next(iter(desk.values))
        maps.check()
        maps.get(desk.source, key)
        with contextlib.suppress(TableError):
            desk.lookups().ask(desk.name, key)
        assert desk.index.read_bytes() == damaged, damage.__name__
