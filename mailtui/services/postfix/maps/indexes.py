"""Whether a compiled index still knows what stands in its source: its pages may be damaged although it opens.

Berkeley DB has no checksums here: a page that is gone or torn is told as "not found", or ends whoever reads it.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailtui.findings import Finding
from mailtui.services.postfix.addresses.lookups import Lookups, NotAsked, TableError
from mailtui.services.postfix.maps.telling import map_finding
from mailtui.services.postfix.maps.text import Source
from mailtui.services.postfix.maps.used import Table

PROBE = "mailtui.probe@probe.invalid"
MOST = 20_000
"""Keys that an index is asked for; of a larger source some all over it."""
_SHOWN = 5


def check_index(table: Table, source: Source, lookups: Lookups, *, newer: bool) -> Iterator[Finding]:
    """A finding where the index cannot be read, or lacks keys although it is ``newer`` than its source."""
    entries = [entry for entry in source.entries if entry.readable]
    keys = {_key(source.asked_as(entry)): entry for entry in entries[:: len(entries) // MOST + 1]}
    keys.pop("", None)
    try:
        missing = [key for key in lookups.lacking(table.name, (PROBE, *keys)) if key in keys and newer]
    except NotAsked as error:
        yield map_finding("unreadable", table, error.message)
    except TableError as error:
        yield map_finding("damaged", table, error.message)
    else:
        if missing:
            shown = (f"{table.file}:{keys[key].first + 1}: {key}" for key in missing[:_SHOWN])
            more = (f"and {len(missing) - _SHOWN} more",) if len(missing) > _SHOWN else ()
            yield map_finding("lacks", table, *shown, *more, count=len(missing))


def _key(raw: bytes) -> str:
    """A key as postmap(1) can be asked for it; ``""`` where it cannot."""
    try:
        key = raw.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return key if key.strip() == key and not set(key) & set("\0\r\n\t") else ""
