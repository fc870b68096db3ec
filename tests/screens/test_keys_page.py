"""The manual's page of keys: current, and with every command there is."""

from __future__ import annotations

import pkgutil
import runpy
from importlib import import_module
from pathlib import Path

import mailtui.screens
from mailtui.screens.commands import Command

DOCS = Path(__file__).parents[2] / "docs"


def test_it_is_current() -> None:
    made = runpy.run_path(str(DOCS / "keys.py"))["page"]()
    assert (DOCS / "keys.md").read_text(encoding="utf-8") == made + "\n", "run: .venv/bin/python docs/keys.py"


def test_no_command_is_missing() -> None:
    told = (DOCS / "keys.md").read_text(encoding="utf-8")
    found = pkgutil.walk_packages(mailtui.screens.__path__, "mailtui.screens.")
    modules = [import_module(one.name) for one in found if one.name.endswith(".commands")]
    commands = {one.id for module in modules for value in vars(module).values() for one in _commands(value)}
    assert {one for one in commands if f"| `{one}` |" not in told} == set()


def _commands(value: object) -> list[Command]:
    values = value if isinstance(value, tuple) else (value,)
    return [one for one in values if isinstance(one, Command)]
