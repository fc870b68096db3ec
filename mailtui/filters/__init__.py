"""The one filter language of every list, of the log and of ``--where``; ``SYNTAX`` is its page of help.

    sender:*@shop.example recipient~"^info" age>2h size>1M -reason:quota (dsn:4.7.* or relay:none)

``parse`` makes a ``Filter`` of a text. It asks a record for its fields through a getter: a mapping, or a function of
the field's name (``event_fields``, ``story_fields``). ``or`` binds weaker than terms side by side.
"""

from mailtui.filters.completion import Completion, complete
from mailtui.filters.errors import FilterError
from mailtui.filters.filter import EVERYTHING, Filter, Reason, parse
from mailtui.filters.records import event_fields, story_fields
from mailtui.filters.syntax import SYNTAX

__all__ = [
    "EVERYTHING",
    "SYNTAX",
    "Completion",
    "Filter",
    "FilterError",
    "Reason",
    "complete",
    "event_fields",
    "parse",
    "story_fields",
]
