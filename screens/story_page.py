"""What the page of a message is made of."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtui.maillog.model import LineRef

if TYPE_CHECKING:
    from mailtui.services.explain import Explanation

INDENT = "    "
Piece = tuple[str, str]
"""Text and style."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the page."""

    pieces: tuple[Piece, ...] = ()
    line: LineRef | None = None
    """The log line it speaks of."""
    raw: bool = False
    """It is that line."""
    failed: bool = False

    @property
    def text(self) -> str:
        """The row without colours."""
        return "".join(text for text, _ in self.pieces)


@dataclass(frozen=True, slots=True)
class Page:
    """How to lay a story out."""

    width: int
    now: float
    explanations: Mapping[str, Explanation]
    """By recipient, as far as they have come in."""
    explaining: bool = False


def wrapped(text: str, width: int) -> list[str]:
    """``text`` in lines that fit, indented once."""
    return textwrap.wrap(text, max(20, width - len(INDENT) - 1), break_on_hyphens=False)
