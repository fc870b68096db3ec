"""What of the lint is left to the checks of TLS and of restrictions, which know more of it: ``elsewhere.json``.

Who looks at the configuration alone is told all of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from mailtui.findings import Finding


def beside_others(look: Callable[[], tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """The findings that no other check tells."""
    return tuple(one for one in look() if not _elsewhere().fullmatch(one.id))


@cache
def _elsewhere() -> re.Pattern[str]:
    kinds: list[str] = json.loads(files(__package__).joinpath("elsewhere.json").read_text(encoding="utf-8"))
    return re.compile(rf"configuration\.(?:{'|'.join(kinds)})")
