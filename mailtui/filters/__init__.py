"""The one filter language of every list, of the log and of ``--where``.

    sender:*@shop.example recipient~"^info" age>2h size>1M -reason:quota (dsn:4.7.* or relay:none)

Terms side by side must all hold (``and`` may stand between); ``or`` binds weaker; ``not`` and ``-`` negate.

=================  ===========================================================================================
``word``           occurs anywhere in the text, in any case; ``*`` and ``?`` are wildcards
``"two words"``    the same for a phrase; nothing in quotes is a wildcard
``field:text``     occurs in the field; a pattern with wildcards must fit all of it; ``field:""`` is empty
``field=text``     the whole value, exactly; ``field!=text`` not so
``field~regex``    a regular expression finds something, in any case; ``field!~regex`` nothing
``field>2h``       also ``< <= >=``: numbers, sizes (k M G), durations (s m h d w), times, severities
``each_field:…``   every value of the field must fit, not just one
=================  ===========================================================================================

Times are dates (``2026-11-20``, ``2026-11-20T14:30``, ``14:30``, ``yesterday``) or how long ago (``2h``).
``dsn:4.7`` finds 4.7.1; ``ip:`` takes a network (``192.0.2.0/24``); ``sender_domain`` follows the ``@``.
"""

from mailtui.filters.completion import Completion, complete
from mailtui.filters.errors import FilterError
from mailtui.filters.filter import EVERYTHING, Filter, Reason, parse
from mailtui.filters.records import event_fields, story_fields

__all__ = [
    "EVERYTHING",
    "Completion",
    "Filter",
    "FilterError",
    "Reason",
    "complete",
    "event_fields",
    "parse",
    "story_fields",
]
