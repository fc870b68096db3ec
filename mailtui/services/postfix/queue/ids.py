"""Queue IDs: what postsuper(1) and postcat(1) may be handed.

Short ones are hexadecimal, long ones the vowel-less alphabet of ``enable_long_queue_ids`` (postconf(5)). Neither can be
taken for an option, a path, or the word ``ALL``, which postsuper takes for every message there is.
"""

from __future__ import annotations

import re

from mailtui.host.errors import UsageError
from mailtui.maillog.grammar.postfix_patterns import QUEUE_ID
from mailtui.text import clean

_LONGEST = 64
is_queue_id = re.compile(rf"(?=.{{6,{_LONGEST}}}\Z)(?:{QUEUE_ID})").fullmatch
"""Whether a text is a queue ID and nothing else."""


def checked_id(text: str) -> str:
    """``text`` if it is a queue ID; raises UsageError."""
    if is_queue_id(text):
        return text
    raise UsageError(
        f"{clean(text[:_LONGEST])!r} is no queue ID",
        unlock="queue IDs look like 4F9D195432C or 3Pt2mN2VXxznjll; mailtui queue lists them",
    )
