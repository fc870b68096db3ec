"""Many mailboxes looked at, by one process for each core; what seems wrong is looked at again before it is told."""

from __future__ import annotations

import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection

from mailtui.host.errors import HostError
from mailtui.services.dovecot.index.checking import AGAIN_AFTER, confirmed, look
from mailtui.services.dovecot.index.damage import Look
from mailtui.services.dovecot.stores.model import Mailbox

_PORTION = 50
_FEW = 150
"""Up to so many are done sooner than another process is started."""

Progress = Callable[[int, int], None]
"""Hears how many are done, of how many."""
Stop = Callable[[], bool]


def check_many(
    mailboxes: Sequence[Mailbox],
    *,
    progress: Progress = lambda _done, _of: None,
    stop: Stop = lambda: False,
    again_after: float = AGAIN_AFTER,
) -> tuple[Look, ...]:
    """A look at each, in their order; damage counts that was seen twice, ``again_after`` seconds apart.

    When stopped, those that were done. What cannot be read is said in its
    look. Raises HostError when one of the processes is killed.
    """
    looks: list[Look] = []
    for some in _first_looks(mailboxes, stop):
        looks += some
        progress(len(looks), len(mailboxes))
    suspects = [at for at, one in enumerate(looks) if one.damages]
    if suspects:
        time.sleep(again_after)
    for at in suspects:
        if stop():
            break
        looks[at] = confirmed(looks[at])
    return tuple(looks)


def _first_looks(mailboxes: Sequence[Mailbox], stop: Stop) -> Iterator[list[Look]]:
    portions = [mailboxes[at : at + _PORTION] for at in range(0, len(mailboxes), _PORTION)]
    number = 1 if len(mailboxes) <= _FEW else os.cpu_count() or 1
    if number == 1:
        yield from _while_wanted(map(_looks, portions), stop)
        return
    with ExitStack() as stack:
        children = [stack.enter_context(_child(portions[first::number])) for first in range(number)]
        answers = (_received(children[at % number]) for at in range(len(portions)))
        yield from _while_wanted(answers, stop)


@contextmanager
def _child(portions: Sequence[Sequence[Mailbox]]) -> Iterator[Connection]:
    """A process that looks at its portions, and where its answers arrive, one for each portion.

    Forked, though this process may have threads: the child touches nothing but files and its pipe. What would start a
    process from scratch asks for a terminal's file descriptors, which the console has taken.
    """
    context = get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(portions, theirs), daemon=True)
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


def _answer(portions: Sequence[Sequence[Mailbox]], theirs: Connection) -> None:
    """The child's whole life."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    for portion in portions:
        theirs.send(_looks(portion))


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


def _looks(mailboxes: Sequence[Mailbox]) -> list[Look]:
    return [look(one) for one in mailboxes]
