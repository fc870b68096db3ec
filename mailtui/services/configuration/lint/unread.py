"""Files that were changed after the program has read them: somebody forgot to reload.

On ``postfix reload`` master(8) starts the queue manager again, on ``doveadm reload`` Dovecot its log process: the
programs began to use their configuration when these did.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from mailtui.findings import Finding
from mailtui.host import processes
from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.services.configuration.lint.words import finding
from mailtui.services.configuration.model import Program

_READERS = {"postfix": ("qmgr", "oqmgr", "nqmgr"), "dovecot": ("log",)}
SLACK = 2.0
"""Seconds: the kernel tells when a process began only as far as when the machine did, in whole seconds."""
_TITLES = {"postfix": "Postfix", "dovecot": "Dovecot"}


def unread(program: Program, pid_file: Path, files: Iterable[Path]) -> Iterator[Finding]:
    """At most one, for all files of a program; none where nobody may see when it read them."""
    began = _began(program, pid_file)
    if began is None:
        return
    changes = [(file, _changed(file)) for file in files]
    evidence = [f"{file} was changed at {_clock(changed)}" for file, changed in changes if changed > began + SLACK]
    if evidence:
        fix = ("mailtui", "service", "reload", program)
        yield finding("unread", program, *evidence, f"read at {_clock(began)}", fix=fix, program=_TITLES[program])


def _began(program: Program, pid_file: Path) -> float | None:
    try:
        words = read_file(pid_file, limit=100).data.split()
    except MailtuiError:
        return None
    if not words or not words[0].isdigit():
        return None
    found = [one.began for one in processes.children(int(words[0])) if one.name in _READERS[program]]
    return max(found, default=None)


def _changed(file: Path) -> float:
    """When a file was changed; long ago, where that cannot be seen."""
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _clock(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(moment))
