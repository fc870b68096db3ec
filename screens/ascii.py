"""Terminals that can't show Unicode: every sign of the console and every foreign letter gets a stand-in as wide.

The rule is the C library's: the first of ``LC_ALL``, ``LC_CTYPE``, ``LANG`` that is set names the character set.
Where none is set, as in containers, terminals speak UTF-8 nowadays.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SAME_MEANING = {
    "✖✘×": "X", "▲△": "!", "✔✓": "+", "·•∙": ".", "●◉◆■": "*", "○◇□": "o", "…": "~", "–—−": "-", "›»→▶▸⇥": ">",
    "‹«←⏎◀⌫": "<", "↑⇧": "^", "↓▼▾": "v", "“”„": '"', "‘’‚": "'",
}  # fmt: skip
_BARS = dict(zip("▁▂▃▄▅▆▇█", "_.:-=+*#", strict=True))
_FRAMES = {"─━┄┅┈┉╌╍═╴╶╸╺╼╾▔▀": "-", "│┃┆┇┊┋╎╏║╵╷╹╻╽╿▏▎▍▌▋▊▉▐▕": "|", "░▒▓": "%"}
_CORNERS = {chr(code): "+" for code in range(0x2500, 0x25A0)}
_SIGNS = _CORNERS | {sign: plain for signs, plain in (_SAME_MEANING | _FRAMES).items() for sign in signs} | _BARS


def speaks_unicode(environ: Mapping[str, str]) -> bool:
    """Whether the terminal of this environment shows UTF-8."""
    name = next(filter(None, map(environ.get, ("LC_ALL", "LC_CTYPE", "LANG"))), "UTF-8")
    charset = name.partition("@")[0].rpartition(".")[2]
    return charset.lower().replace("-", "") == "utf8"


@lru_cache(4096)
def in_ascii(text: str) -> str:
    """``text`` in ASCII, taking as many cells."""
    return text if text.isascii() else set_cell_size("".join(map(_plain, text)), cell_len(text))


def _plain(char: str) -> str:
    if char.isascii():
        return char
    base = unicodedata.normalize("NFKD", char)[0]
    return _SIGNS.get(char) or (base if base.isascii() else "?" * cell_len(char))


class AsciiFilter(LineFilter):
    """Puts the stand-ins into whatever is painted."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in ASCII."""
        return [Segment(in_ascii(segment.text), segment.style, segment.control) for segment in segments]


def ascii_filters(environ: Mapping[str, str]) -> Sequence[LineFilter]:
    """What the App filters its lines with, in this environment."""
    return () if speaks_unicode(environ) else (AsciiFilter(),)
