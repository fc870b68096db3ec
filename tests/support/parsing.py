"""All lines of a log, parsed at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailtui.maillog.model import Event
from mailtui.maillog.parser import Parser


def parse_lines(source: str, lines: Iterable[bytes]) -> Iterator[Event]:
    """The events of a whole source, offsets counted; lines may carry their newline or not."""
    parser = Parser(source)
    offset = 0
    for line in lines:
        bare = line[:-1] if line.endswith(b"\n") else line
        yield parser.parse(bare, offset)
        offset += len(bare) + 1
