"""Many mailboxes looked at, by one process for each core; what seems wrong is looked at again before it is told."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

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

    When stopped, those that were done. Raises nothing: what cannot be read is said in its look.
    """
    looks: list[Look] = []
    for some in _first_looks(mailboxes, stop):
        looks += some
        progress(len(looks), len(mailboxes))
    suspects = [at for at, one in enumerate(looks) if one.damages]
    if suspects:
        time.sleep(again_after)
    for at in suspects:
        looks[at] = confirmed(looks[at])
    return tuple(looks)


def _first_looks(mailboxes: Sequence[Mailbox], stop: Stop) -> Iterator[list[Look]]:
    portions = [mailboxes[at : at + _PORTION] for at in range(0, len(mailboxes), _PORTION)]
    if len(mailboxes) <= _FEW:
        yield from _while_wanted(map(_looks, portions), stop)
        return
    # A process with threads must not fork; a server that does it starts in the time of a hundred looks.
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("forkserver")) as pool:
        running: list[Future[list[Look]]] = [pool.submit(_looks, portion) for portion in portions]
        yield from _while_wanted((one.result() for one in running), stop)
        for one in running:
            one.cancel()


def _while_wanted(found: Iterator[list[Look]], stop: Stop) -> Iterator[list[Look]]:
    for some in found:
        yield some
        if stop():
            return


def _looks(mailboxes: Sequence[Mailbox]) -> list[Look]:
    return [look(one) for one in mailboxes]
