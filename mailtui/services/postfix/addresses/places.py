"""Where in the text of a table an answer stands: file and line.

Of a compiled table it is the first line with the key, which postmap(1) takes where there are two. Of a table of
patterns nobody but Postfix knows which one matched: it is asked with ever fewer of the first entries.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.host.tools import Tools
from mailtui.services.postfix.maps.text import Source
from mailtui.services.postfix.tables import COMPILED, file_of, kind_of

LARGEST = 256 * 2**20
"""Bytes of a text that is looked through."""
_PATTERNS = frozenset({"regexp", "pcre", "cidr"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands."""

    file: str = ""
    line: int | None = None
    """From 1."""


class Places:
    """Texts of tables, each read once."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._texts: dict[str, bytes] = {}

    def of(self, table: str, key: str) -> Place:
        """Where the answer to ``key`` stands; without a line where the text cannot be read or says otherwise."""
        file, kind = file_of(table), kind_of(table)
        if not file:
            return Place()
        raw = key.encode("utf-8", "surrogateescape")
        if kind in _PATTERNS:
            return Place(file, self._pattern(kind, file, key))
        if kind in COMPILED or kind == "texthash":
            return Place(file, _line(self._text(file), raw))
        return Place(file)

    def _text(self, file: str) -> bytes:
        if file not in self._texts:
            try:
                self._texts[file] = read_file(Path(file), limit=LARGEST).data
            except MailtuiError:
                self._texts[file] = b""
        return self._texts[file]

    def _pattern(self, kind: str, file: str, key: str) -> int | None:
        """The entry without which the table would not answer, found by halves."""
        text = Source.read(self._text(file), "cidr" if kind == "cidr" else "regexp")
        low, high = 0, len(text.entries)
        if key in ("", "-") or not self._answers(kind, text, high, key):
            return None
        while low + 1 < high:
            middle = (low + high) // 2
            if self._answers(kind, text, middle, key):
                high = middle
            else:
                low = middle
        return text.entries[high - 1].first + 1

    def _answers(self, kind: str, text: Source, entries: int, key: str) -> bool:
        """Whether the first entries alone know the key; blocks of them are closed."""
        if not entries:
            return False
        first = text.entries[:entries]
        words = [entry.key.split(None, 1)[0].lower() for entry in first if entry.key.strip()]
        open_blocks = max(0, words.count(b"if") - words.count(b"endif"))
        data = b"".join(text.lines[: first[-1].after]) + b"\n" + b"endif\n" * open_blocks
        try:
            answer = self._tools.run(["postmap", "-q", key, f"{kind}:/dev/stdin"], stdin=data, check=False)
        except MailtuiError:
            return False
        return answer.code == 0


def _line(text: bytes, key: bytes) -> int | None:
    """The first line that begins with the key, bare or in quotes."""
    folded = b"\n" + text.lower()
    for spelled in (key.lower(), b'"%s"' % key.lower()):
        start = folded.find(b"\n" + spelled)
        while start >= 0:
            after = folded[start + 1 + len(spelled) : start + 2 + len(spelled)]
            if after in (b" ", b"\t", b":", b"\n", b"\r", b""):
                return folded.count(b"\n", 0, start + 1)
            start = folded.find(b"\n" + spelled, start + 1)
    return None
