"""The entries of an access table that let something pass: read from the text it is compiled from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.services.postfix.addresses.places import LARGEST
from mailtui.services.postfix.maps.text import Format, Source
from mailtui.services.postfix.tables import file_of, kind_of, words

_MOST = 200_000
_PERMITS = ("ok", "relay", "permit")
_FORMS: dict[str, Format] = {"regexp": "regexp", "pcre": "regexp", "cidr": "cidr"}


@dataclass(frozen=True, slots=True)
class Permits:
    """The entries that answer OK."""

    keys: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    """Each as it stands in the text, with file and line."""
    problem: str = ""
    """Why it is not known."""


def permits(table: str) -> Permits:
    """The entries of ``table`` that let pass what they match."""
    kind = kind_of(table)
    if kind == "static":
        value = table.partition(":")[2]
        return Permits(("",), (table,)) if _lets_pass(value) else Permits()
    if kind == "inline":
        found = [(key, f"{table}: {key} {value}") for key, value in _inline(table) if _lets_pass(value)]
        return Permits(tuple(key for key, _ in found), tuple(place for _, place in found))
    file = file_of(table)
    if not file:
        return Permits(problem=f"tables of type {kind} tell no entries")
    try:
        text = Source.read(read_file(Path(file), limit=LARGEST).data, _FORMS.get(kind, "postmap"))
    except MailtuiError as error:
        return Permits(problem=error.message)
    found = [
        (key, f"{file}:{entry.first + 1}: {key} {value}")
        for entry in islice(text.each(), _MOST)
        for key, value in [(_text(entry.key), _text(entry.value))]
        if entry.readable and _lets_pass(value)
    ]
    return Permits(tuple(key for key, _ in found), tuple(place for _, place in found))


def _inline(table: str) -> Iterator[tuple[str, str]]:
    """The entries of ``inline:{key=value, {key = text}}`` (DATABASE_README)."""
    for word in words(table.partition("{")[2].rpartition("}")[0]):
        key, _, value = word.removeprefix("{").removesuffix("}").partition("=")
        yield key.strip(), value.strip()


def _lets_pass(value: str) -> bool:
    word = value.split(None, 1)[0].lower() if value.split() else ""
    return word in _PERMITS or (value.isascii() and value.isdigit())


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace").strip()
