"""Text to the operator's own clipboard, from a machine far away.

OSC 52 asks the terminal to do it. Terminals cut or ignore long sequences (k9s caps at 74 kB too), and tmux by
default ignores those of its programs, but offers ``load-buffer -w``.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

LIMIT = 74_000
"""Most bytes of base64 that common terminals take."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a text would be copied."""

    refusal: str = ""
    """Why it can't be; then save it to a file."""
    tmux: tuple[str, ...] = ()
    """The command that takes the text on stdin; empty for plain OSC 52."""


def way_to_copy(text: str, environ: Mapping[str, str]) -> Way:
    """How to copy ``text`` in the terminal that ``environ`` tells of."""
    size = len(base64.b64encode(text.encode()))
    if size > LIMIT:
        return Way(refusal=f"{len(text.encode()):,} bytes are too many for a terminal's clipboard: ctrl+s saves them")
    socket = environ.get("TMUX", "").partition(",")[0]
    if socket:
        return Way(tmux=("tmux", "-S", socket, "load-buffer", "-w", "-"))
    return Way()
