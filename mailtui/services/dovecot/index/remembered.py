"""Clean looks, remembered from one run to the next: the nightly check of thousands of mailboxes costs stats only.

Kept in one file of the state folder, for this user alone, without any name in it: by the digest of what stat(2) said of
a mailbox's files. Damage is never remembered: what was wrong is looked at again. Nor does a clean look last for ever,
since a disk can rot without a change that anybody dates.
"""

from __future__ import annotations

import os
import random
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from mailtui import __version__
from mailtui.changes.private import make_private
from mailtui.host.errors import MailtuiError
from mailtui.host.files import opened
from mailtui.host.presence import put
from mailtui.services.dovecot.index.damage import Look
from mailtui.services.dovecot.index.fingerprint import SIZE, Fingerprint
from mailtui.services.dovecot.stores.model import Mailbox

FILE = "mailboxes.seen"
LASTS = 7 * 86400.0
"""Seconds after which a mailbox is looked at again though nothing has changed; for some after half of that, so that not
all come due in one night."""
QUIET = 2.0
"""Seconds for which nothing may have changed before a look, for it to be remembered."""
_LARGEST = 64 * 2**20
_ROW = struct.Struct(f"<{SIZE}sdqqqq")
"""Digest, until when it is good, UIDVALIDITY, UIDNEXT, messages, unseen."""
_UNKNOWN = -1
"""For a figure that the look did not tell."""

Kept = tuple[float, int, int, int, int]
"""One clean look: until when it is good, and its figures."""


class Remembered:
    """The file. It only saves time: one that cannot be read or written, or is not ours, is as good as none."""

    def __init__(self, state: Path, *, fresh: bool = False, now: Callable[[], float] = time.time) -> None:
        self._path = state / FILE
        self._now = now
        self._kept = {} if fresh else _read(self._path)
        self._began = now()
        self._asked: dict[Path, tuple[Fingerprint, float]] = {}
        self._changed = fresh
        self.recalled = 0
        """So many needed no look."""

    def begin(self) -> None:
        """Be told that fingerprints are taken from now on: what changes meanwhile was not quiet."""
        self._began = self._now()

    def recall(self, mailbox: Mailbox, found: Fingerprint | None) -> Look | None:
        """The last look at a mailbox, where it was clean and its fingerprint says that nothing has changed since."""
        if found is None:
            return None
        now = self._began
        kept = self._kept.get(found.digest)
        if kept is not None and now < kept[0] <= now + LASTS:
            self.recalled += 1
            uidvalidity, uidnext, messages, unseen = (None if one == _UNKNOWN else one for one in kept[1:])
            return Look(mailbox, (), uidvalidity, uidnext, messages, unseen)
        if found.newest < now - QUIET:
            self._asked[mailbox.index] = found, now
        return None

    def keep(self, look: Look) -> None:
        """Remember a look at a mailbox that was asked after before it, if it is clean."""
        found, when = self._asked.pop(look.mailbox.index, (None, 0.0))
        if found is not None and not (look.damages or look.problem or look.folders):
            until = when + LASTS * random.uniform(0.5, 1.0)  # noqa: S311 - spreads work, keeps no secret
            figures = (look.uidvalidity, look.uidnext, look.messages, look.unseen)
            uidvalidity, uidnext, messages, unseen = (_UNKNOWN if one is None else one for one in figures)
            self._kept[found.digest] = until, uidvalidity, uidnext, messages, unseen
            self._changed = True

    def save(self) -> None:
        """Write the file, as far as that is possible and anything is new. Raises nothing."""
        if not self._changed:
            return
        now = self._now()
        rows = b"".join(_ROW.pack(digest, *kept) for digest, kept in self._kept.items() if kept[0] > now)
        with suppress(MailtuiError):
            make_private(self._path.parent)
            put(self._path, _head(rows) + rows, mode=0o600)


def _head(rows: bytes) -> bytes:
    """How a file with these rows begins: whose it is, and the digest by which a damaged one is known."""
    return f"mailtui {__version__} looks\n".encode() + blake2b(rows, digest_size=SIZE).digest()


def _read(path: Path) -> dict[bytes, Kept]:
    """The looks by their digests; none where the file cannot be trusted: damaged, of another version, or others'."""
    try:
        with opened(path, os.O_RDONLY | os.O_NOFOLLOW) as fd:
            facts = os.fstat(fd)
            ours = facts.st_uid == os.geteuid() and not facts.st_mode & 0o022 and facts.st_size <= _LARGEST
            data = os.pread(fd, facts.st_size, 0) if ours else b""
    except (MailtuiError, OSError):
        return {}
    rows = data[len(_head(b"")) :]
    if len(rows) % _ROW.size or not data.startswith(_head(rows)):
        return {}
    return {row[0]: row[1:] for row in _ROW.iter_unpack(rows)}
