"""The names of mailboxes in an open folder, layout by layout; what is a symbolic link is passed over.

Dovecot lists more in places (folders that only could become a mailbox): here is what has mail or once had.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext, suppress

from mailtui.host.folders import opened_folder

DEEPEST = 64
_MAIL = frozenset(("cur", "new", "tmp"))
_GUID = re.compile(r"[0-9a-f]{32}")
_NO_MBOX = re.compile(r"\..*|.*\.lock|subscriptions", re.DOTALL)


def inside(folder: int, name: str) -> AbstractContextManager[int]:
    """The folder of that name in ``folder``; itself without one. Raises OSError."""
    return opened_folder(name, folder) if name else nullcontext(folder)


def maildir(root: int, *, inbox: bool) -> Iterator[str]:
    """Maildir++: every folder whose name begins with a dot; ``.INBOX`` only with ``inbox``."""
    for name in folders(root):
        if name.startswith(".") and (inbox or name.upper() != ".INBOX"):
            yield name[1:]


def tree(folder: int, dirname: str, above: str = "", depth: int = 0) -> Iterator[str]:
    """``LAYOUT=fs``: a folder is a mailbox where it has one called ``dirname`` or, without that, ``cur``, ``new``…"""
    marks = frozenset((dirname,)) if dirname else _MAIL
    for name in folders(folder):
        if name in marks or depth == DEEPEST:
            continue
        with suppress(OSError), opened_folder(name, folder) as below:
            if marks & set(folders(below)):
                yield above + name
            yield from tree(below, dirname, f"{above}{name}/", depth + 1)


def by_guid(folder: int) -> Iterator[str]:
    """``LAYOUT=index``: folders are called by their mailbox's GUID; what people call it stands in the list index."""
    return (name for name in folders(folder) if _GUID.fullmatch(name))


def mbox(folder: int, inbox: str, above: str = "", depth: int = 0) -> Iterator[str]:
    """mbox: a file is a mailbox, unless its name says otherwise; ``inbox`` is the name of the file ``inbox``."""
    with os.scandir(folder) as entries:
        kept = [entry for entry in entries if not _NO_MBOX.fullmatch(entry.name)]
    for entry in kept:
        if entry.is_file(follow_symlinks=False):
            yield above + (inbox if not above and entry.name == "inbox" else entry.name)
        elif entry.is_dir(follow_symlinks=False) and depth < DEEPEST:
            with suppress(OSError), opened_folder(entry.name, folder) as below:
                yield from mbox(below, inbox, f"{above}{entry.name}/", depth + 1)


def holds_mail(folder: int) -> bool:
    """Whether a folder is a Maildir, or what is left of one."""
    return not _MAIL.isdisjoint(folders(folder))


def folders(folder: int) -> list[str]:
    """The folders in a folder, links left out."""
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
