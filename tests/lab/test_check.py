"""``mailtui check`` on a real machine: silent while all is well, and what is broken is found."""

from __future__ import annotations

import json

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab

Check = tuple[int, list[dict[str, object]]]


def _check(lab: Lab, capsys: pytest.CaptureFixture[str], *words: str) -> Check:
    code = main([*lab.options(), "check", "--json", *words])
    return code, json.loads(capsys.readouterr().out)


def test_nothing_is_invented_on_a_healthy_machine(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = _check(lab, capsys)
    wrong = [one for one in found if one["severity"] in ("error", "warning") and one["area"] != "system"]
    assert wrong == []
    assert code == 0 or any(one["area"] == "system" for one in found)


def test_a_table_that_was_not_compiled_is_new_then_known_then_gone(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    only = ("--only", "maps", "--changed")
    assert _check(lab, capsys, *only) == (0, [])
    virtual = lab.postfix_config / "virtual"
    index = next(path for path in lab.postfix_config.iterdir() if path.name in ("virtual.db", "virtual.lmdb"))
    kept = index.read_bytes()
    index.unlink()
    try:
        code, found = _check(lab, capsys, *only)
        assert code == 1
        assert [(one["news"], one["fix"]) for one in found] == [("new", f"mailtui map build {virtual}")]
        assert _check(lab, capsys, *only) == (0, [])
    finally:
        index.write_bytes(kept)
    main([*lab.options(), "check", *only])
    assert "gone" in capsys.readouterr().out


def test_what_is_acknowledged_is_told_only_when_asked_for(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    secret = lab.postfix_config / "virtual"
    before = secret.stat().st_mode
    secret.chmod(before | 0o002)
    try:
        code, found = _check(lab, capsys, "--only", "maps")
        assert code == 1
        name = str(found[0]["id"])
        assert main([*lab.options(), "check", "--acknowledge", name, "--note", "on purpose"]) == 0
        capsys.readouterr()
        assert _check(lab, capsys, "--only", "maps") == (0, [])
        assert len(_check(lab, capsys, "--only", "maps", "--all")[1]) == 1
        assert main([*lab.options(), "check", "--forget", name]) == 0
        capsys.readouterr()
        assert _check(lab, capsys, "--only", "maps")[0] == 1
    finally:
        secret.chmod(before)


def test_an_unknown_area_is_a_usage_error(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*lab.options(), "check", "--only", "weather"]) == 2
    assert "the areas are" in capsys.readouterr().err
