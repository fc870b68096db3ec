"""events.md lists exactly the events there are."""

import importlib
import pkgutil
import re
from pathlib import Path

import mailtui.maillog
from mailtui.maillog import grammar

DOCUMENT = Path(mailtui.maillog.__file__).with_name("events.md").read_text("utf-8")
FALLBACKS = {"unparsed", "unknown", "other", "repeated", "debug", "warning", "error", "fatal", "panic"}
"""Events that no table gives."""


def table_events() -> set[str]:
    found = set()
    for module in pkgutil.walk_packages(grammar.__path__, f"{grammar.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, tuple) and value and all(isinstance(row, tuple) and len(row) == 3 for row in value):
                found |= {name for row in value for name in row[1].split()}
    return found


def documented_events() -> set[str]:
    cells = re.findall(r"^\| (`[^|]*) \|", DOCUMENT, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([a-z][\w-]*)`", cell)}


def test_every_event_is_documented() -> None:
    assert table_events() | FALLBACKS == documented_events()
