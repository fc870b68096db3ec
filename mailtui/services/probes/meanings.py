"""What the log lines of a login mean; the patterns are in ``meanings.json``, from Dovecot's and Postfix's sources."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from mailtui.maillog.model import LineRef


@cache
def _known() -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = json.loads((files(__package__) / "meanings.json").read_text())
    return tuple((re.compile(row["line"]), row["means"]) for row in rows)


def meanings(lines: Iterable[LineRef]) -> tuple[str, ...]:
    """What they say, each thing once."""
    texts = [line.text for line in lines]
    return tuple(means for pattern, means in _known() if any(pattern.search(text) for text in texts))
