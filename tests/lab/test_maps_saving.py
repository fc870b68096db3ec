"""Saving tables of a real Postfix under bad conditions: links, attributes, a full disk, a kill; every text type."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.cli.main import main
from mailtui.host.errors import MailtuiError
from mailtui.host.files import FileChanged
from mailtui.lab import Lab
from mailtui.lab.traffic import send_local
from mailtui.services.postfix.tables import COMPILED
from tests.lab.observing import eventually_logged
from tests.lab.test_maps import KEY, Bench, _killed_after

TEXT = f"# before\n{KEY}\n  alice@lab.example\n".encode()


@pytest.fixture
def bench(lab: Lab, tmp_path: Path) -> Iterator[Bench]:
    """The lab's virtual aliases, put back and built afterwards."""
    bench = Bench(lab, tmp_path)
    yield bench
    bench.file.unlink()
    bench.file.write_bytes(bench.before)
    bench.apply(bench.plans.build(bench.file))


def _attribute(path: Path, value: bytes = b"kept") -> None:
    try:
        os.setxattr(path, "user.mailtui", value)
    except OSError:
        pytest.skip("this file system has no extended attributes")


def test_an_edited_text_is_asked_key_by_key_and_undone(bench: Bench) -> None:
    plan = bench.plans.edit(bench.file, bench.before, TEXT + bench.before.replace(b"info@", b"inform@"))
    assert plan.steps[0].arguments["answers"] == {
        KEY: "alice@lab.example",
        "info@alias.example": None,
        "inform@alias.example": "alice@lab.example, bob@lab.example",
    }
    assert bench.apply(plan).done
    assert (bench.answer(), bench.answer("info@alias.example")) == ("alice@lab.example", None)
    assert bench.undo(plan).done
    assert bench.file.read_bytes() == bench.before
    assert bench.answer("info@alias.example")


def test_a_text_that_was_read_before_somebody_changed_it_is_refused(bench: Bench) -> None:
    bench.file.write_bytes(bench.before + b"x@alias.example bob@lab.example\n")
    with pytest.raises(FileChanged, match="has changed since"):
        bench.plans.edit(bench.file, bench.before, TEXT)


def test_links_and_attributes_are_kept(bench: Bench, tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.write_bytes(bench.before)
    real.chmod(0o640)
    bench.file.unlink()
    bench.file.symlink_to(real)
    (table,) = bench.maps.of_file(bench.file)
    assert table.index is not None
    _attribute(real)
    _attribute(table.index)
    assert bench.apply(bench.plans.set(bench.file, KEY, "alice@lab.example")).done
    assert bench.file.is_symlink()
    assert KEY.encode() in real.read_bytes()
    assert (os.getxattr(real, "user.mailtui"), os.getxattr(table.index, "user.mailtui")) == (b"kept", b"kept")
    assert real.stat().st_mode & 0o777 == 0o640
    assert not list(bench.file.parent.glob(".*mailtui*"))


def test_a_first_index_belongs_to_whom_the_text_does_and_may_be_read_by_the_same(bench: Bench) -> None:
    # local(8) runs an alias's command as the owner of the index; proxymap(8) opens it as postfix.
    (table,) = bench.maps.of_file(bench.file)
    assert table.index is not None
    rights = bench.file.stat()
    os.chown(bench.file, 65534, 65534)
    bench.file.chmod(0o644)
    table.index.unlink()
    assert bench.apply(bench.plans.build(bench.file)).done
    built = table.index.stat()
    os.chown(bench.file, rights.st_uid, rights.st_gid)
    assert (built.st_mode & 0o7777, built.st_uid, built.st_gid) == (0o644, 65534, 65534)


def test_a_link_in_place_of_an_index_gives_nobody_more_rights(bench: Bench, tmp_path: Path) -> None:
    (table,) = bench.maps.of_file(bench.file)
    assert table.index is not None
    table.index.rename(tmp_path / "index")
    (tmp_path / "index").chmod(0o640)
    table.index.symlink_to(tmp_path / "index")
    assert bench.apply(bench.plans.build(bench.file)).done
    assert table.index.stat().st_mode & 0o7777 == 0o640


@pytest.mark.parametrize("moment", range(8))
def test_an_edited_text_killed_at_any_moment_is_whole(bench: Bench, moment: int) -> None:
    plan = bench.plans.edit(bench.file, bench.before, TEXT + bench.before)
    _killed_after(moment, lambda: bench.apply(plan))
    assert bench.file.read_bytes() in (bench.before, TEXT + bench.before)
    assert bench.answer("info@alias.example") == "alice@lab.example, bob@lab.example"
    if bench.save.recover(plan.steps[0], []).done:
        assert bench.undo(plan).done
    assert bench.file.read_bytes() == bench.before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own, 128 kB large."""
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "none", str(folder)], check=False).returncode:
        pytest.skip("needs the right to mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_changes_nothing_and_says_so(bench: Bench, small_disk: Path) -> None:
    table = small_disk / "table"
    table.write_text("a@alias.example alice@lab.example\n")
    (small_disk / "master.cf").touch()
    (small_disk / "main.cf").write_text(f"compatibility_level = 3.6\nvirtual_alias_maps = hash:{table}\n")
    os.utime(small_disk / "main.cf", (1e9, 1e9))
    if "hash" not in bench.maps.tables.supported:
        pytest.skip("needs Berkeley DB")
    small = Bench.on(small_disk, table, small_disk.parent / "state")
    small.apply(small.plans.build(table))
    before = (table.read_bytes(), table.with_name("table.db").read_bytes())
    (small_disk / "ballast").write_bytes(b"x" * (os.statvfs(small_disk).f_bavail * 4096 - 4096))
    plan = small.plans.edit(table, before[0], before[0] + b"".join(b"u%d@alias.example x\n" % n for n in range(3000)))
    with pytest.raises((MailtuiError, OSError), match="No space left"):
        small.apply(plan)
    assert (table.read_bytes(), table.with_name("table.db").read_bytes()) == before
    assert {path.name for path in small_disk.iterdir()} == {"table", "table.db", "main.cf", "master.cf", "ballast"}


TYPES = {
    "regexp": ("/^(.*)@old\\.example$/ $1@lab.example\n", "anna@old.example", "anna@lab.example"),
    "pcre": ("/^(?<user>.*)@old\\.example$/ $1@lab.example\n", "anna@old.example", "anna@lab.example"),
    "cidr": ("192.0.2.0/24 REJECT\n", "192.0.2.7", "REJECT"),
    "texthash": ("anna@old.example anna@lab.example\n", "anna@old.example", "anna@lab.example"),
}


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.slow if kind == "texthash" else ()) for kind in TYPES]
)
def test_a_text_type_is_asked_before_it_is_saved_edited_reloaded_and_undone(
    lab: Lab, tmp_path: Path, kind: str
) -> None:
    line, key, value = TYPES[kind]
    table = lab.postfix_config / f"some_{kind}"
    table.write_text("# nothing yet\n")
    setting = f"recipient_canonical_maps = {kind}:{table}\n"
    if kind == "cidr":
        setting = f"smtpd_client_restrictions = check_client_access cidr:{table}\n"
    main_cf = lab.postfix_config / "main.cf"
    before = main_cf.read_text()
    main_cf.write_text(before + setting)
    os.utime(main_cf, (1e9, 1e9))
    try:
        bench = Bench.on(lab.postfix_config, table, tmp_path)
        if kind not in bench.maps.tables.supported:
            pytest.skip(f"this Postfix has no {kind}")
        (found,) = bench.maps.of_file(table)
        text = table.read_bytes() + line.encode()
        assert bench.maps.try_key(found, text, key).value == value
        assert bench.answer(key) is None, "only the text was asked"
        plan = bench.plans.edit(table, table.read_bytes(), text)
        assert plan.steps[0].commands[-1][-1] == "reload"
        assert bench.apply(plan).done
        assert bench.answer(key) == value
        if kind == "regexp":
            send_local(lab, "alice@lab.example", "alice@old.example")
            eventually_logged(lab, "to=<alice@lab.example>", "status=sent")
        assert bench.undo(plan).done
        assert bench.answer(key) is None
    finally:
        main_cf.write_text(before)
        os.utime(main_cf, (1e9, 1e9))
        table.unlink()


@pytest.mark.slow
def test_a_table_becomes_another_type_without_a_moment_without_index(
    lab: Lab, bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    (table,) = bench.maps.of_file(bench.file)
    others = [kind for kind in ("lmdb", "hash", "btree", "cdb") if kind in bench.maps.tables.supported]
    other = next((kind for kind in others if kind != table.kind), "")
    if not other:
        pytest.skip("this Postfix compiles one type only")
    assert main([*lab.options(), "map", "convert", str(bench.file), other, "--yes"]) == 0
    asked = ["postconf", "-c", str(lab.postfix_config), "-h", "virtual_alias_maps"]
    assert subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip() == f"{other}:{bench.file}"
    send_local(lab, "alice@lab.example", "third@alias.example")
    eventually_logged(lab, "to=<carol@lab.example>", "orig_to=<third@alias.example>", "status=sent")
    name = capsys.readouterr().out.split()[0]
    assert main([*lab.options(), "undo", name, "--yes"]) == 0
    assert subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip() == table.name


def test_what_was_edited_after_a_conversion_is_in_the_former_index_when_that_is_undone(
    lab: Lab, bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    former = bench.maps.of_file(bench.file)[0].kind
    other = next((one for one in ("lmdb", "btree") if one != former and one in bench.maps.tables.supported), "")
    if not other:
        pytest.skip("this Postfix compiles one type only")
    assert main([*lab.options(), "map", "convert", str(bench.file), other, "--yes"]) == 0
    name = capsys.readouterr().out.split()[0]
    assert main([*lab.options(), "map", "set", str(bench.file), KEY, "bob@lab.example", "--yes"]) == 0
    index = Path(f"{bench.file}{COMPILED[former]}")
    os.utime(index, (1e9, 1e9))  # as after a while
    assert main([*lab.options(), "undo", name, "--yes"]) == 0
    after = Bench(lab, bench.file.parent)
    assert after.maps.of_file(bench.file)[0].kind == former
    assert after.answer() == "bob@lab.example"
    assert not after.maps.check(bench.file)


def test_running_daemons_notice_an_lmdb_that_was_replaced(
    lab: Lab, bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    if "lmdb" not in bench.maps.tables.supported:
        pytest.skip("this Postfix has no lmdb")
    changes: list[str] = []
    key, index = "fresh@alias.example", Path(f"{bench.file}.lmdb")

    def change(*words: str) -> None:
        assert main([*lab.options(), *words, "--yes"]) == 0
        changes.append(capsys.readouterr().out.split()[0])

    change("map", "convert", str(bench.file), "lmdb")
    try:
        for who in ("alice", "bob"):  # cleanup(8) has the table open when the second comes
            before = index.stat().st_ino
            change("map", "set", str(bench.file), key, f"{who}@lab.example")
            assert index.stat().st_ino != before
            send_local(lab, "carol@lab.example", key)
            eventually_logged(lab, f"to=<{who}@lab.example>", f"orig_to=<{key}>", "status=sent")
    finally:
        for name in reversed(changes.copy()):
            change("undo", name)


def test_the_operator_s_editor_from_the_command_line(
    lab: Lab, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\necho "*@alias.example bob@lab.example" >> "$1"\n')
    script.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(script))
    assert main([*lab.options(), "map", "edit", str(bench.file), "--dry-run"]) == 0
    told = capsys.readouterr()
    assert "is never asked for" in told.out + told.err
    assert "+*@alias.example bob@lab.example" in (told.out + told.err)
    assert bench.file.read_bytes() == bench.before


def test_what_is_wrong_with_a_new_value_is_said_before_it_is_saved(
    bench: Bench, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*lab.options(), "map", "set", str(bench.file), "new@alias.example"]
    assert main([*words, "nobody@lab.example # the boss", "--dry-run"]) == 0
    told = capsys.readouterr().err
    assert "Postfix takes the # and what follows for a part of the value" in told
    assert "leads to nobody: nobody@lab.example: 550 5.1.1" in told
    assert main([*words, "alice@lab.example", "--dry-run"]) == 0
    assert "alias" not in capsys.readouterr().err
    assert main([*words, " ", "--yes"]) == 2
    assert "a key needs a value" in capsys.readouterr().err
    assert bench.file.read_bytes() == bench.before


def test_passwords_of_a_table_are_nowhere_but_in_it(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = lab.postfix_config / "sasl_passwd"
    table.write_text("[mail.example]:587 user:oldhunter\n")
    table.chmod(0o600)
    main_cf = lab.postfix_config / "main.cf"
    before = main_cf.read_text()
    kind = Bench(lab, tmp_path).maps.of_file(lab.postfix_config / "virtual")[0].kind
    main_cf.write_text(f"{before}smtp_sasl_password_maps = {kind}:{table}\n")
    os.utime(main_cf, (1e9, 1e9))
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\nsed -i s/oldhunter/newhunter/ "$1"\n')
    script.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(script))
    options = [*lab.options(), "map"]
    try:
        assert main([*options, "build", str(table), "--yes"]) == 0
        assert main([*options, "set", str(table), "[mail.example]:587", "user:newhunter", "--yes"]) == 2
        assert main([*options, "edit", str(table), "--yes"]) == 0
        assert main([*options, "get", str(table), "[mail.example]:587"]) == 0
        assert main([*options, "check", str(table)]) == 0
        told = capsys.readouterr()
        assert "passwords change, which are not shown" in told.out + told.err
        assert "hunter" not in told.out + told.err
        asked = ["postmap", "-q", "[mail.example]:587", f"{kind}:{table}"]
        assert subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip() == "user:newhunter"
        journal = next(path for path in lab.state.rglob("*") if path.is_file() and b"sasl_passwd" in path.read_bytes())
        kept = [path for path in lab.state.rglob("*") if path.is_file() and b"hunter" in path.read_bytes()]
        assert journal not in kept
        assert all(path.stat().st_mode & 0o077 == 0 for path in kept), "what undoing needs is root's alone"
    finally:
        main_cf.write_text(before)
        for path in (table, *table.parent.glob("sasl_passwd.*")):
            path.unlink()
