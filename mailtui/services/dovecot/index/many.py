"""Many mailboxes looked at, by one process for each core; what seems wrong is looked at again before it is told."""

from __future__ import annotations

import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from mailtui.host.errors import HostError
from mailtui.services.dovecot.health import of_mailbox
from mailtui.services.dovecot.index.checking import AGAIN_AFTER, confirmed, look
from mailtui.services.dovecot.index.damage import Look
from mailtui.services.dovecot.index.looking import Storages
from mailtui.services.dovecot.index.remembered import Remembered
from mailtui.services.dovecot.stores.model import Mailbox

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_PORTION = 50
_FEW = 150
"""Up to so many are done sooner than another process is started."""
_ONCE = "stopped before the second look: what seemed wrong may have been a moment's"

Progress = Callable[[int, int], None]
"""Hears how many are done, of how many."""
Stop = Callable[[], bool]
LookAt = Callable[[Sequence[Mailbox]], list[Look]]


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
    for some in _first_looks([mailboxes[at] for at in looks.missing], look_at, stop):
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
            for at, mailbox in enumerate(self._mailboxes):
                if at % _PORTION == 0 and stop():
                    return
                self._looks[at] = remembered.recall(mailbox)
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


def _first_looks(mailboxes: Sequence[Mailbox], look_at: LookAt, stop: Stop) -> Iterator[list[Look]]:
    portions = [mailboxes[at : at + _PORTION] for at in range(0, len(mailboxes), _PORTION)]
    number = 1 if len(mailboxes) <= _FEW else len(os.sched_getaffinity(0))
    if number == 1:
        yield from _while_wanted(map(look_at, portions), stop)
        return
    with ExitStack() as stack:
        children = [stack.enter_context(_child(portions[first::number], look_at)) for first in range(number)]
        answers = (_received(children[at % number]) for at in range(len(portions)))
        yield from _while_wanted(answers, stop)


@contextmanager
def _child(portions: Sequence[Sequence[Mailbox]], look_at: LookAt) -> Iterator[Connection]:
    """A process that looks at its portions, and where its answers arrive, one for each portion.

    Forked, though this process may have threads: the child touches nothing but files and its pipe. What would start a
    process from scratch asks for a terminal's file descriptors, which the console has taken.
    """
    from multiprocessing import get_context  # takes longer than a look at a hundred mailboxes

    context = get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(portions, look_at, theirs), daemon=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        child.kill()
        child.join()


def _answer(portions: Sequence[Sequence[Mailbox]], look_at: LookAt, theirs: Connection) -> None:
    """The child's whole life."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    for portion in portions:
        theirs.send(look_at(portion))


def _received(ours: Connection) -> list[Look]:
    try:
        looks: list[Look] = ours.recv()
    except EOFError:
        raise HostError("a process that looked at mailboxes was killed") from None
    return looks


def _while_wanted(found: Iterator[list[Look]], stop: Stop) -> Iterator[list[Look]]:
    for some in found:
        yield some
        if stop():
            return


def _looks(mailboxes: Sequence[Mailbox], *, thorough: bool, folders: bool) -> list[Look]:
    storages: Storages = {}
    found = (look(one, thorough=thorough, storages=storages) for one in mailboxes)
    return [replace(one, folders=of_mailbox(one.mailbox, messages=False)) if folders else one for one in found]
