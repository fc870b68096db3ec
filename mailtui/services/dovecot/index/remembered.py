"""Clean looks, remembered from one run to the next: the nightly check of thousands of mailboxes costs stats only.

Kept in one file of the state folder, for this user alone, without any name in it. Damage is never remembered: what was
wrong is looked at again. Nor does a clean look last for ever, since a disk can rot without a change that anybody dates.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from mailtui import __version__
from mailtui.changes.private import make_private
from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.host.presence import put
from mailtui.services.dovecot.index.damage import Look
from mailtui.services.dovecot.index.fingerprint import Fingerprint, fingerprint, key
from mailtui.services.dovecot.stores.model import Mailbox

FILE = "mailboxes.json"
LASTS = 7 * 86400.0
"""Seconds after which a mailbox is looked at again though nothing has changed; for some after half of that, so that not
all come due in one night."""
QUIET = 2.0
"""Seconds for which nothing may have changed before a look, for it to be remembered."""
_LARGEST = 64 * 2**20


class _Kept(NamedTuple):
    """One clean look."""

    digest: str
    until: float
    uidvalidity: int | None
    uidnext: int | None
    messages: int | None
    unseen: int | None


class Remembered:
    """The file. It only saves time: one that cannot be read or written, or is not ours, is as good as none."""

    def __init__(self, state: Path, *, fresh: bool = False, now: Callable[[], float] = time.time) -> None:
        self._path = state / FILE
        self._now = now
        self._kept = {} if fresh else self._read()
        self.recalled = 0
        """So many needed no look."""
        self._asked: dict[Path, tuple[str, Fingerprint, float]] = {}

    def recall(self, mailbox: Mailbox) -> Look | None:
        """The last look at a mailbox, where it was clean and nothing has changed since. Raises nothing."""
        now = self._now()
        found = fingerprint(mailbox)
        if found is None:
            return None
        name = key(mailbox)
        kept = self._kept.get(name)
        if kept is not None and kept.digest == found.digest and now < kept.until <= now + LASTS:
            self.recalled += 1
            return Look(mailbox, (), *kept[2:])
        self._kept.pop(name, None)
        if found.newest < now - QUIET:
            self._asked[mailbox.index] = name, found, now
        return None

    def keep(self, look: Look) -> None:
        """Remember a look at a mailbox that was asked after before it, if it is clean."""
        name, found, when = self._asked.pop(look.mailbox.index, ("", None, 0.0))
        if found is not None and not look.damages and not look.problem:
            until = when + LASTS * random.uniform(0.5, 1.0)  # noqa: S311 - spreads work, keeps no secret
            figures = look.uidvalidity, look.uidnext, look.messages, look.unseen
            self._kept[name] = _Kept(found.digest, until, *figures)

    def save(self) -> None:
        """Write the file, as far as that is possible. Raises nothing."""
        now = self._now()
        looks = {name: kept for name, kept in self._kept.items() if kept.until > now}
        with suppress(MailtuiError):
            make_private(self._path.parent)
            put(self._path, json.dumps({"version": __version__, "looks": looks}).encode(), mode=0o600)

    def _read(self) -> dict[str, _Kept]:
        try:
            told = json.loads(read_file(self._path, limit=_LARGEST, follow=False).data)
            looks = told["looks"] if told["version"] == __version__ else {}
            return {name: _kept(*row) for name, row in looks.items()}
        except (MailtuiError, ValueError, KeyError, TypeError, AttributeError):
            return {}


def _kept(digest: str, until: float, *figures: int | None) -> _Kept:
    return _Kept(digest, float(until), *(None if one is None else int(one) for one in figures))
