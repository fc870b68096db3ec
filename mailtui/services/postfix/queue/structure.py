"""Whether the queue's files lie and are named as Postfix looks for them: what postsuper(1) -s and -p would mend.

A queue put back from a backup or another machine, another ``hash_queue_depth``, a crash: what is out of place then is
mail that waits for ever. Postfix itself runs postsuper at its start, at ``postfix reload`` and ``postfix check``.
"""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from mailtui.findings import Finding
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.ids import is_queue_id
from mailtui.services.postfix.queue.spool import BEFORE_INODE, QUEUES, Spool
from mailtui.text import clean

LEFT_OVER = 7 * 86_400.0
"""Seconds after which postsuper takes a file that was never finished for one of a crash (its MAX_TEMP_AGE)."""
_EXAMPLES = 5
_MICROSECONDS = 5
"""Digits of a short queue ID before its inode's."""


def structure(postfix: PostfixConfig) -> tuple[Finding, ...]:
    """What is out of order, one finding for each kind; nothing where this user may not look.

    Raises what ``PostfixConfig.get`` raises.
    """
    spool = Spool.of(postfix)
    long_ids = postfix.get("enable_long_queue_ids") == "yes"
    found: dict[str, list[str]] = {}
    for queue_name in QUEUES:
        for entry in _files(f"{spool.folder}/{queue_name}"):
            kind = _kind(spool, queue_name, entry, long_ids=long_ids)
            if kind:
                found.setdefault(kind, []).append(entry.path)
    return tuple(_finding(kind, names, postfix) for kind, names in sorted(found.items()))


def _files(folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if len(entry.name) == 1 and entry.is_dir(follow_symlinks=False):
                    yield from _files(entry.path)
                else:
                    yield entry
    except OSError:  # not ours to read, or removed this moment
        return


def _kind(spool: Spool, queue_name: str, entry: os.DirEntry[str], *, long_ids: bool) -> str:
    """What is wrong with it, a key of structure.json; ``""`` for nothing."""
    try:
        facts = entry.stat(follow_symlinks=False)
    except OSError:  # delivered meanwhile
        return ""
    if not stat.S_ISREG(facts.st_mode):
        return "alien"
    if not facts.st_mode & stat.S_IXUSR:  # under any name: it gets its own when it is there
        return "unfinished" if time.time() - facts.st_mtime > LEFT_OVER else ""
    if not is_queue_id(entry.name):
        return "alien"
    if spool.path(queue_name, entry.name) != entry.path:
        return "misplaced"
    is_long = BEFORE_INODE in entry.name
    named_right = long_ids if is_long else entry.name[_MICROSECONDS:] == f"{facts.st_ino:X}"
    return "" if named_right else "misnamed"


def _finding(kind: str, paths: list[str], postfix: PostfixConfig) -> Finding:
    words = _words()[kind]
    count = len(paths)
    more = (f"and {count - _EXAMPLES} more",) if count > _EXAMPLES else ()
    return Finding(
        f"queue.{kind}:{clean(postfix.get('queue_directory'))}",
        words["severity"],
        "queue",
        clean(postfix.get("queue_directory")),
        words["one"] if count == 1 else words["many"].format(count=count),
        (*(clean(path) for path in sorted(paths)[:_EXAMPLES]), *more),
        words["advice"],
        ("mailtui", "queue", "mend") if words["mended"] else (),
    )


@cache
def _words() -> Mapping[str, Any]:
    words: dict[str, Any] = json.loads(files(__package__).joinpath("structure.json").read_text(encoding="utf-8"))
    return words
