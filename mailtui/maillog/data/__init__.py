"""The log engine's tables, as JSON files."""

from __future__ import annotations

import json
from functools import cache
from typing import Any


@cache
def table(name: str) -> Any:
    """The table ``name``.json, read once."""
    from importlib.resources import files  # not before it is needed: tracing a message must start at once

    return json.loads((files(__package__) / f"{name}.json").read_bytes())
