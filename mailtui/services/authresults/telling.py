"""A message's results as lines to read."""

from __future__ import annotations

from collections.abc import Iterator

from mailtui.services.authresults.model import Alignment, Reading, ResultsHeader, Trust
from mailtui.services.authresults.reading import sentence
from mailtui.services.told import Kind, Line

_TRUST: dict[Trust, Kind] = {"ours": "good", "forged": "bad", "foreign": "fair", "unplaced": "fair"}
_ALIGNED: dict[bool | None, tuple[str, Kind]] = {
    True: ("aligned", "good"),
    False: ("not aligned", "bad"),
    None: ("perhaps aligned", "fair"),
}


def reading_lines(found: Reading) -> Iterator[Line]:
    """What it comes to, then every field with what it is worth."""
    yield Line("title", f"From: {found.sender or '?'}")
    for told in found.told:
        yield Line("text", f"· {told}", 2)
    for one in found.alignments:
        yield _alignment(one)
    for header in found.headers:
        yield Line("text", "")
        yield from _header(header)


def _alignment(one: Alignment) -> Line:
    word, kind = _ALIGNED[one.aligned]
    return Line(kind, f"{one.method} {word}: {one.told}", 2)


def _header(header: ResultsHeader) -> Iterator[Line]:
    yield Line("title", f"{header.name}: {header.authserv_id or '?'}")
    yield Line(_TRUST[header.trust], header.why, 2)
    if header.problem:
        yield Line("fair", header.problem, 2)
    for one in header.results:
        values = " ".join(f"{name}={value}" for name, value in one.properties)
        yield Line("text", f"{one.method}={one.result} {values}".rstrip(), 2)
        yield Line("dim", sentence(one), 4)
