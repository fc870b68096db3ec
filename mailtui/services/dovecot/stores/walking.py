"""The names of mailboxes in an open folder, layout by layout; what is a symbolic link is passed over.

Dovecot lists more in places (folders that only could become a mailbox): here is what has mail or once had.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from itertools import islice

from mailtui.host.folders import opened_folder
from mailtui.services.dovecot.index.reading import read

DEEPEST = 64
_LASTING = frozenset(("cur", "new"))
_LOOKED_AT = 1000
_FROM = b"From "
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


def has_maildir(folder: int, names: Iterable[str]) -> bool:
    """Whether one of these folders below ``folder`` is a Maildir; a folder called ``tmp`` alone is none."""
    return any(_LASTING & set(folders(below)) for below in _opened(folder, names))


def has_mbox(folder: int) -> bool:
    """Whether one of a folder's files, or of those below it, begins as an mbox does."""
    for name in islice(mbox(folder, "inbox"), _LOOKED_AT):
        above, _, last = name.rpartition("/")
        for place in _opened(folder, [above]) if above else [folder]:
            raw = read(place, last, len(_FROM))
            if raw is not None and not raw.instead and raw.data == _FROM:
                return True
    return False


def _opened(folder: int, names: Iterable[str]) -> Iterator[int]:
    """Those of the folders that can be opened, part by part; each until the next is asked for."""
    for name in islice(names, _LOOKED_AT):
        with suppress(OSError), ExitStack() as stack:
            place = folder
            for part in name.split("/"):
                place = stack.enter_context(opened_folder(part, place))
            yield place


def folders(folder: int) -> list[str]:
    """The folders in a folder, links left out."""
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
