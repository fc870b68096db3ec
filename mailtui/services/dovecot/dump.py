"""``doveadm dump``: an index as Dovecot itself reads it, beside what mailtui reads.

Dovecot is given private copies, so that no link in a user's mailbox is followed and nothing there is opened by root.
It says what follows from index and log together, and refuses what it cannot read.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.index.inspecting import MOST_ROWS, Row, Section
from mailtui.services.dovecot.index.reading import open_folder, read
from mailtui.services.dovecot.stores.model import Mailbox
from mailtui.text import clean

_FILES = ("dovecot.index", "dovecot.index.log", "dovecot.index.log.2", "dovecot.index.cache")
_DUMPED = _FILES[:2]
"""The cache is told of with its index."""


def dumped(tools: Tools, config: DovecotConfig, mailbox: Mailbox) -> tuple[Section, ...]:
    """What doveadm says of the index and of its log. Raises OSError, ValueError, and what ``Tools.run`` raises."""
    with ExitStack() as stack:
        folder = open_folder(stack, mailbox.store, mailbox.index)
        copies = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailtui-dump-")))
        for name in _FILES:
            raw = read(folder, name)
            if raw is not None and not raw.instead:
                (copies / name).write_bytes(raw.data)
        return tuple(_section(tools, config, copies, name) for name in _DUMPED if (copies / name).exists())


def _section(tools: Tools, config: DovecotConfig, copies: Path, name: str) -> Section:
    argv = ["doveadm", *config.where, "dump", "--", str(copies / name)]
    result = tools.run(argv, timeout=60.0, check=False)
    told = [clean(line.replace(f"{copies}{os.sep}", "")) for line in result.error_text.splitlines() if line.strip()]
    lines = result.text.replace(f"{copies}{os.sep}", "").splitlines()
    rows = (_row(line) for line in lines[:MOST_ROWS] if line.strip())
    note = f"The first {MOST_ROWS} of {len(lines)} lines. " if len(lines) > MOST_ROWS else ""
    return Section(f"doveadm dump {name}", tuple(rows), note + " ".join(told))


def _row(line: str) -> Row:
    """``name .... = value``, or a line as it is."""
    label, equals, value = line.partition(" = ")
    return Row(clean(label.rstrip(" .")), clean(value)) if equals else Row(clean(line.rstrip()), "")
