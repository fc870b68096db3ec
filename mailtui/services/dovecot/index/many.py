"""Many mailboxes looked at, by one process for each core; what seems wrong is looked at again before it is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from mailtui.services.dovecot.health import of_mailbox
from mailtui.services.dovecot.index.checking import AGAIN_AFTER, confirmed, look
from mailtui.services.dovecot.index.damage import Look
from mailtui.services.dovecot.index.fingerprint import fingerprints
from mailtui.services.dovecot.index.looking import Storages
from mailtui.services.dovecot.index.remembered import Remembered
from mailtui.services.dovecot.index.sharing import Stop, shared_out
from mailtui.services.dovecot.stores.model import Mailbox

_FEW = 150
"""Up to so many are looked at sooner than other processes are started."""
_FEW_ASKED_AFTER = 500
"""The same where only stat(2) is asked whether they have changed."""
_ONCE = "stopped before the second look: what seemed wrong may have been a moment's"

Progress = Callable[[int, int], None]
"""Hears how many are done, of how many."""


def check_many(
    mailboxes: Sequence[Mailbox],
    *,
    thorough: bool = True,
    remembered: Remembered | None = None,
    progress: Progress = lambda _done, _of: None,
    stop: Stop = lambda: False,
    again_after: float = AGAIN_AFTER,
) -> tuple[Look, ...]:
    """A look at each, in their order; damage counts that was seen twice, ``again_after`` seconds apart.

    With ``thorough`` the headers of dbox's messages are read, which takes as long as there are messages. With
    ``remembered`` the folders are looked at too, and what was clean and has not changed is not opened. When stopped,
    those up to there, and no damage that was seen but once. What cannot be read is said in its look. Raises HostError
    when one of the processes is killed.
    """
    looks = _Looks(mailboxes, thorough, progress)
    looks.recall(remembered, stop)
    look_at = partial(_looks, thorough=thorough, folders=remembered is not None)
    for some in shared_out([mailboxes[at] for at in looks.missing], look_at, stop, few=_FEW):
        looks.add(some)
    looks.confirm(stop, again_after)
    if remembered is not None:
        looks.remember(remembered)
    return looks.done()


class _Looks:
    """What is known so far of each of the mailboxes."""

    def __init__(self, mailboxes: Sequence[Mailbox], thorough: bool, progress: Progress) -> None:
        self._mailboxes = mailboxes
        self._thorough = thorough
        self._progress = progress
        self._looks: list[Look | None] = [None] * len(mailboxes)
        self._done = 0
        self._waiting: Iterator[int] = iter(())
        self.missing: list[int] = []
        """Where in the order those are that must be looked at."""

    def recall(self, remembered: Remembered | None, stop: Stop) -> None:
        """Those that need no look."""
        if remembered is not None:
            remembered.begin()
            mailboxes = enumerate(self._mailboxes)
            for some in shared_out(self._mailboxes, fingerprints, stop, few=_FEW_ASKED_AFTER):
                for found, (at, mailbox) in zip(some, mailboxes, strict=False):
                    self._looks[at] = remembered.recall(mailbox, found)
            if stop():
                return
        self.missing = [at for at, one in enumerate(self._looks) if one is None]
        self._waiting = iter(self.missing)
        self._done = len(self._mailboxes) - len(self.missing)
        self._progress(self._done, len(self._mailboxes))

    def add(self, some: Sequence[Look]) -> None:
        """The next looks, in the order of those that were missing."""
        for one, at in zip(some, self._waiting, strict=False):
            self._looks[at] = one
        self._done += len(some)
        self._progress(self._done, len(self._mailboxes))

    def confirm(self, stop: Stop, again_after: float) -> None:
        """A second look at those that seem damaged; one that there is no time for is told as what it is."""
        suspects = [(at, one) for at, one in enumerate(self._looks) if one is not None and one.damages]
        if suspects and not stop():
            time.sleep(again_after)
        for at, one in suspects:
            if stop():
                self._looks[at] = replace(one, damages=(), problem=_ONCE)
            else:
                self._looks[at] = replace(confirmed(one, thorough=self._thorough), folders=one.folders)

    def remember(self, remembered: Remembered) -> None:
        """Those that were looked at now."""
        for at in self.missing:
            one = self._looks[at]
            if one is not None:
                remembered.keep(one)
        remembered.save()

    def done(self) -> tuple[Look, ...]:
        """The looks there are, up to where it was stopped."""
        end = next((at for at, one in enumerate(self._looks) if one is None), len(self._looks))
        return tuple(one for one in self._looks[:end] if one is not None)


def _looks(mailboxes: Sequence[Mailbox], *, thorough: bool, folders: bool) -> list[Look]:
    storages: Storages = {}
    found = (look(one, thorough=thorough, storages=storages) for one in mailboxes)
    return [replace(one, folders=of_mailbox(one.mailbox, messages=False)) if folders else one for one in found]
