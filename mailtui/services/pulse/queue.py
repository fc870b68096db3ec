"""How many messages stand in each of Postfix's queues (qmgr(8), postqueue(1)).

Counting the queue directories is the cheapest way, but they are root's; anybody may run ``postqueue -j``.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.host.stream import within
from mailtui.host.tools import Tools
from mailtui.host.users import perhaps_sudo
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.model import QUEUES
from mailtui.services.pulse_model import QueueState

LISTED = QUEUES[:-1]
"""The queues that postqueue shows."""
_QUEUE_NAME = re.compile(rb'"queue_name": ?"(\w+)"')
_TIMEOUT = 20.0


def queue_state(tools: Tools, postfix: PostfixConfig) -> QueueState:
    """The number of messages by queue, or why it is not known."""
    try:
        folder = Path(postfix.get("queue_directory")).resolve(strict=True)
        try:
            return QueueState(tuple((name, _count_if_there(folder / name)) for name in QUEUES))
        except PermissionError:
            return QueueState(_listed(tools, postfix))
    except MailtuiError as error:
        return QueueState(problem=error.message, unlock=error.unlock or perhaps_sudo())
    except OSError as error:
        return QueueState(problem=f"{error.filename}: {error.strerror}")


def _count_if_there(folder: Path) -> int:
    """Postfix makes a queue's folder when it first starts."""
    return _count(folder) if folder.is_dir() else 0


def _count(folder: Path | str) -> int:
    """Queue files below a folder; deferred and others are spread over folders named by a digit."""
    count = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                count += 1
            elif len(entry.name) == 1:
                count += _count(entry.path)
    return count


def _listed(tools: Tools, postfix: PostfixConfig) -> tuple[tuple[str, int], ...]:
    """The queues as postqueue lists them, one line of JSON a message."""
    argv = ["postqueue", *postfix.where, "-j"]
    counts: Counter[bytes] = Counter()
    with tools.stream(argv) as stream:
        for batch in within(stream, _TIMEOUT, argv):
            counts.update(_QUEUE_NAME.findall(b"\n".join(batch)))
    return tuple((name, counts[name.encode()]) for name in LISTED)
