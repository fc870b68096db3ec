"""The checks in a process of their own find what they find here."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mailtui.host.errors import ToolFailed
from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.services.checks.apart import ChecksApart
from mailtui.services.container import Services
from mailtui.settings import Settings


def settings_of(lab: Lab) -> Settings:
    return Settings(lab.postfix_config, lab.dovecot_config, (lab.log,), lab.state)


def test_it_looks_at_the_same_machine_and_finds_the_same(lab: Lab) -> None:
    services = Services(settings_of(lab))
    here, apart = services.checks.run(), services.checks_apart.run()
    assert apart.checked == here.checked and apart.areas == here.areas
    assert {one.id for one in apart.findings} == {one.id for one in here.findings}
    assert replace(apart, findings=()) == replace(
        here, findings=(), unchecked=apart.unchecked, seconds=apart.seconds, time=apart.time
    )
    assert all(isinstance(one.evidence, tuple) and isinstance(one.fix, tuple) for one in apart.findings)


def test_a_folder_with_modules_of_those_names_is_not_looked_into(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('not ours')")
    monkeypatch.chdir(tmp_path)
    assert Services(settings_of(lab)).checks_apart.run().checked


def test_a_process_that_cannot_begin_is_told(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(ToolFailed):
        ChecksApart(settings_of(lab), LocalTools()).run()
