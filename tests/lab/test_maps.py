"""Tables of a real Postfix: changed, compiled, asked, undone, and whole whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailtui.changes.backups import Backups
from mailtui.changes.plan import Outcome, Plan
from mailtui.cli.main import main
from mailtui.host.errors import MailtuiError
from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.plans import MapPlans
from mailtui.services.postfix.maps.save import Save
from mailtui.services.postfix.maps.service import Maps
from mailtui.services.postfix.maps.text import Source
from mailtui.services.postfix.tables import COMPILED

KEY = "new@alias.example"


class Bench:
    """The services of a lab's tables, and a table to change."""

    def __init__(self, lab: Lab, state: Path) -> None:
        self._stand(lab.postfix_config, lab.postfix_config / "virtual", state)

    @classmethod
    def on(cls, folder: Path, table: Path, state: Path) -> Bench:
        """The services of another configuration, and a table of it."""
        bench = cls.__new__(cls)
        bench._stand(folder, table, state)
        return bench

    def _stand(self, folder: Path, table: Path, state: Path) -> None:
        self.file = table
        self.before = self.file.read_bytes()
        self.tools = LocalTools()
        self.postfix = PostfixConfig(self.tools, folder)
        self.maps = Maps(self.tools, self.postfix)
        self.plans = MapPlans(self.maps, self.postfix)
        self.save = Save(self.tools, Backups(state))

    def apply(self, plan: Plan) -> Outcome:
        """Do a plan's only step."""
        return self.save.apply(plan.steps[0], lambda _: None)

    def undo(self, plan: Plan) -> Outcome:
        """Undo it."""
        return self.save.undo(plan.steps[0], Outcome(done=(str(self.file),)), lambda _: None)

    def answer(self, key: str = KEY) -> str | None:
        """What Postfix gets."""
        return self.maps.get(self.file, key)[0].value


@pytest.fixture
def bench(lab: Lab, tmp_path: Path) -> Iterator[Bench]:
    """The lab's virtual aliases, put back and built afterwards."""
    bench = Bench(lab, tmp_path)
    yield bench
    bench.file.write_bytes(bench.before)
    bench.apply(bench.plans.build(bench.file))


def test_a_key_is_set_answered_and_undone(bench: Bench) -> None:
    plan = bench.plans.set(bench.file, KEY, "alice@lab.example")
    assert f"+{KEY}       alice@lab.example" in plan.steps[0].diff
    assert bench.apply(plan).done
    assert bench.answer() == "alice@lab.example"
    assert not bench.maps.check(bench.file), "the index is not older than the text"
    assert bench.undo(plan).done
    assert bench.answer() is None
    assert bench.file.read_bytes() == bench.before


@pytest.mark.parametrize("words", [("set", KEY, "alice@lab.example"), ("unset", "info@alias.example"), ("build",)])
def test_a_table_is_changed_by_its_name_as_postfix_is_given_it(lab: Lab, bench: Bench, words: tuple[str, ...]) -> None:
    verb, *more = words
    (table,) = bench.maps.of_file(bench.file)
    assert main([*lab.options(), "map", verb, table.name, *more, "--dry-run"]) == 0


def test_owner_and_mode_of_text_and_index_stay(bench: Bench) -> None:
    index = bench.maps.of_file(bench.file)[0].index
    assert index is not None
    bench.file.chmod(0o640)
    index.chmod(0o600)
    os.chown(index, 65534, 65534)
    bench.apply(bench.plans.set(bench.file, KEY, "alice@lab.example"))
    assert bench.file.stat().st_mode & 0o777 == 0o640
    assert (index.stat().st_mode & 0o777, index.stat().st_uid) == (0o600, 65534)


def test_a_text_that_postmap_warns_of_is_not_installed(bench: Bench) -> None:
    index = bench.maps.of_file(bench.file)[0].index
    assert index is not None
    built = index.read_bytes()
    plan = bench.plans.save(bench.file, bench.before + b"a b\nA c\n", {}, "")
    with pytest.raises(MailtuiError, match="duplicate"):
        bench.apply(plan)
    assert bench.file.read_bytes() == bench.before
    assert index.read_bytes() == built
    assert not list(bench.file.parent.glob(".*mailtui*")), "nothing is left lying about"


def test_a_text_somebody_else_changed_is_left_alone(bench: Bench) -> None:
    plan = bench.plans.set(bench.file, KEY, "alice@lab.example")
    bench.file.write_bytes(bench.before + b"other@alias.example bob@lab.example\n")
    assert bench.apply(plan).skipped
    assert KEY.encode() not in bench.file.read_bytes()


def test_undo_does_not_throw_away_what_came_later(bench: Bench) -> None:
    plan = bench.plans.set(bench.file, KEY, "alice@lab.example")
    bench.apply(plan)
    later = bench.file.read_bytes() + b"other@alias.example bob@lab.example\n"
    bench.file.write_bytes(later)
    assert bench.undo(plan).skipped
    assert bench.file.read_bytes() == later


def test_a_stale_table_is_found_and_built(bench: Bench) -> None:
    bench.file.write_bytes(bench.before + f"{KEY} bob@lab.example\n".encode())
    os.utime(bench.file, (4_000_000_000, 4_000_000_000))
    (finding,) = bench.maps.check(bench.file)
    assert finding.id.startswith("map.stale:")
    os.utime(bench.file)
    assert bench.apply(bench.plans.build(bench.file)).done
    assert bench.answer() == "bob@lab.example"
    assert not bench.maps.check(bench.file)


def test_a_pattern_that_is_none_is_refused(bench: Bench) -> None:
    file = bench.file.with_name("header_checks")
    before = file.read_bytes()
    plan = bench.plans.save(file, before + b"/(unended/ REJECT\n", {}, "")
    assert plan.steps[0].commands[-1][-1] == "reload", "a regexp table is read when a daemon starts"
    with pytest.raises(MailtuiError):
        bench.apply(plan)
    assert file.read_bytes() == before


@pytest.mark.parametrize("kind", sorted(COMPILED))
def test_every_compiled_type_this_postfix_has(bench: Bench, kind: str, tmp_path: Path) -> None:
    if kind not in bench.maps.tables.supported:
        assert not {"hash", "lmdb"}.isdisjoint(bench.maps.tables.supported)
        pytest.skip(f"this Postfix has no {kind}")
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "master.cf").touch()
    (folder / "table").write_text("a b\n")
    (folder / "main.cf").write_text(f"virtual_alias_maps = {kind}:{folder}/table\ncompatibility_level = 3.6\n")
    os.utime(folder / "main.cf", (1e9, 1e9))
    postfix = PostfixConfig(bench.tools, folder)
    maps = Maps(bench.tools, postfix)
    plans = MapPlans(maps, postfix)
    bench.apply(plans.build(folder / "table"))
    plan = plans.set(folder / "table", "c", "d")
    bench.apply(plan)
    assert maps.get(folder / "table", "c")[0].value == "d"
    bench.undo(plan)
    assert maps.get(folder / "table", "c")[0].value is None
    assert maps.get(folder / "table", "a")[0].value == "b"


def test_tables_that_cannot_be_opened_are_said_with_what_brings_them(bench: Bench, tmp_path: Path) -> None:
    lost = f"proxy:mysql:{tmp_path}/sql.cf regexp:{tmp_path}/regexp hash:{tmp_path}/hash"
    (tmp_path / "main.cf").write_text(f"virtual_alias_maps = {lost}\ncompatibility_level = 3.6\nalias_maps =\n")
    (tmp_path / "master.cf").touch()
    os.utime(tmp_path / "main.cf", (1e9, 1e9))
    maps = Maps(bench.tools, PostfixConfig(bench.tools, tmp_path))
    told = {one.subject: one.id.split(":")[0] for one in maps.check()}
    lacking = {kind: "map.type" for kind in ("hash", "mysql") if kind not in maps.tables.supported}
    assert told[f"regexp:{tmp_path}/regexp"] == "map.lost"
    assert told[f"hash:{tmp_path}/hash"] == lacking.get("hash", "map.source")
    assert told[f"proxy:mysql:{tmp_path}/sql.cf"] == lacking.get("mysql", "map.lost")


@pytest.mark.parametrize("moment", range(6))
def test_killed_at_any_moment_text_and_index_are_whole(bench: Bench, moment: int) -> None:
    plan = bench.plans.set(bench.file, KEY, "alice@lab.example")
    after = plan.steps[0].content
    _killed_after(moment, lambda: bench.apply(plan))
    assert bench.file.read_bytes() in (bench.before, after)
    assert bench.answer("info@alias.example") == "alice@lab.example, bob@lab.example"
    done = bench.save.recover(plan.steps[0], []).done
    assert bool(done) == (bench.file.read_bytes() == after) == (bench.answer() is not None)
    if done:
        assert bench.undo(plan).done
    assert bench.answer() is None
    assert not list(bench.file.parent.glob(".*mailtui*"))


@pytest.mark.parametrize("moment", range(8))
def test_an_undo_killed_at_any_moment_is_finished_when_it_is_done_again(bench: Bench, moment: int) -> None:
    plan = bench.plans.set(bench.file, KEY, "alice@lab.example")
    assert bench.apply(plan).done
    _killed_after(moment, lambda: bench.undo(plan))
    assert bench.undo(plan).done
    assert bench.file.read_bytes() == bench.before
    assert bench.answer() is None
    assert bench.answer("info@alias.example") == "alice@lab.example, bob@lab.example"
    assert not list(bench.file.parent.glob(".*mailtui*"))


def _killed_after(calls: int, work: Callable[[], object]) -> None:
    """Do ``work`` in a process that kills itself at the n-th rename, link or fsync."""
    child = os.fork()
    if child == 0:
        left = [calls]

        def deadly(real: Callable[..., object]) -> Callable[..., object]:
            def call(*words: object, **more: object) -> object:
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left[0] -= 1
                return real(*words, **more)

            return call

        for name in ("rename", "fsync", "unlink", "utime"):
            setattr(os, name, deadly(getattr(os, name)))
        try:
            work()
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def test_the_real_postmap_reads_a_text_as_we_do(bench: Bench, tmp_path: Path) -> None:
    kind = bench.maps.of_file(bench.file)[0].kind
    if kind not in ("hash", "btree"):
        kind = "lmdb"
    strange = b"a b\n c\n# x\n  # y\n d\n\nb\t\tx y  \nc\xc3\xa9 v\n\x0cd e\nf\n  g\n\n#h i\n -x y\n-z 1\n k: l\n"
    (tmp_path / "t").write_bytes(strange)
    subprocess.run(["postmap", f"{kind}:{tmp_path}/t"], check=False, capture_output=True)
    told = subprocess.run(["postmap", "-s", f"{kind}:{tmp_path}/t"], check=True, capture_output=True).stdout
    ours = {(entry.key.lower(), entry.value) for entry in Source.read(strange).entries if entry.readable}
    assert {tuple(line.split(b"\t", 1)) for line in told.splitlines()} == ours
