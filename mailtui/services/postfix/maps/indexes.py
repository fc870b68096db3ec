"""Whether a compiled index still knows what stands in its source: its pages may be damaged although it opens.

Berkeley DB has no checksums here: a page that is gone or torn is told as "not found", or ends whoever reads it.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailtui.findings import Finding
from mailtui.services.postfix.addresses.lookups import Lookups, NotAsked, TableError
from mailtui.services.postfix.maps.files import TableFiles, look
from mailtui.services.postfix.maps.sources import PROBE
from mailtui.services.postfix.maps.telling import map_finding
from mailtui.services.postfix.maps.text import Entry, Source, decoded
from mailtui.services.postfix.maps.used import Table

MOST = 20_000
"""Entries that an index is asked for; of a larger source some all over it."""
_SHOWN = 5


def check_index(table: Table, source: Source, lookups: Lookups, files: TableFiles) -> Iterator[Finding]:
    """A finding where the index cannot be read, or is newer than its source and has not what stands there.

    ``files``: as they were when the source was read; what is written just now is left alone.
    """
    entries = _entries(source)
    try:
        answers = lookups.learned(table.name, (PROBE, *entries))
    except NotAsked as error:
        yield map_finding("unreadable", table, error.message)
        return
    except TableError as error:
        if table.name in lookups.patience.told or _is_text(source):  # no value of its own is to blame
            yield map_finding("damaged", table, error.message)
        return
    values_are_kept = source.format == "postmap" and not table.holds_files
    wrong = [found[0] for key, found in entries.items() if not _is_right(answers[key], found, exactly=values_are_kept)]
    now = look(table)
    # The index may be newer by now: who reads a damaged one as root writes into it.
    if wrong and not files.stale and (now.source_time, now.size) == (files.source_time, files.size):
        shown = (f"{table.file}:{entry.first + 1}: {decoded(entry.key)}" for entry in wrong[:_SHOWN])
        more = (f"and {len(wrong) - _SHOWN} more",) if len(wrong) > _SHOWN else ()
        yield map_finding("lacks", table, *shown, *more, count=len(wrong))


def _entries(source: Source) -> dict[str, list[Entry]]:
    """The entries by the key they can be asked for; more than one where it is there more than once."""
    readable = [entry for entry in source.entries if entry.readable]
    step = len(readable) // MOST + 1
    asked = dict.fromkeys(_key(source.asked_as(entry)) for entry in readable[::step])
    found: dict[str, list[Entry]] = {key: [] for key in asked if key}
    for entry in readable:
        if (key := _key(source.asked_as(entry))) in found:
            found[key].append(entry)
    return found


def _is_right(value: str | None, found: list[Entry], *, exactly: bool) -> bool:
    """Whether an answer is one of those that the source has for the key."""
    return value is not None and (not exactly or any(value == decoded(entry.value) for entry in found))


def _is_text(source: Source) -> bool:
    try:
        source.data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _key(raw: bytes) -> str:
    """A key as postmap(1) can be asked for it; ``""`` where it cannot."""
    try:
        key = raw.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return key if key.strip() == key and not set(key) & set("\0\r\n\t") else ""
