"""Whether a lookup table can be opened at all, asked of the system alone.

postmap(1) writes into the mail log what it cannot open, at every question; it runs as the user this does, so that what
does not open here does not open there.
"""

from __future__ import annotations

import os

from mailtui.services.postfix.tables import COMPILED, file_of, kind_of


def why_not_opened(table: str) -> str:
    """Why Postfix's tools would find no table there, in their words; ``""`` where nothing speaks against asking."""
    file, kind = file_of(table), kind_of(table)
    if not file:
        return ""
    path = file + COMPILED.get(kind, "")
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY))
    except OSError as error:
        return f"open {'database ' if kind in COMPILED else ''}{path}: {os.strerror(error.errno or 0)}"
    return ""
