"""Lines to read, the same for the console and the command line: each knows how it is to be taken."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["title", "good", "fair", "bad", "text", "dim"]


class Line(NamedTuple):
    """One line; its text is cleaned."""

    kind: Kind
    text: str
    indent: int = 0
