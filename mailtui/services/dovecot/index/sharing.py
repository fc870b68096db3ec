"""Work on many things shared out among forked processes, one for each core; their answers come in order.

Forked, though this process may have threads: a child touches nothing but files and its pipe. What would start a process
from scratch asks for a terminal's file descriptors, which the console has taken.
"""

from __future__ import annotations

import os
import pickle
import signal
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, BinaryIO, TypeVar

from mailtui.host.errors import HostError

PORTION = 50

Stop = Callable[[], bool]
Thing = TypeVar("Thing")
Answer = TypeVar("Answer")
Work = Callable[[Sequence[Thing]], Answer]


def shared_out(things: Sequence[Thing], work: Work[Thing, Answer], stop: Stop, *, few: int) -> Iterator[Answer]:
    """What ``work`` says of each ``PORTION`` of them, until ``stop`` does; up to ``few`` are worked on right here.

    Raises what ``work`` raises, HostError when one of the processes is killed.
    """
    portions = [things[at : at + PORTION] for at in range(0, len(things), PORTION)]
    number = 1 if len(things) <= few else len(os.sched_getaffinity(0))
    with ExitStack() as stack:
        if number == 1:
            answers: Iterator[Answer] = map(work, portions)
        else:
            children = [stack.enter_context(_child(portions[first::number], work)) for first in range(number)]
            answers = (_received(children[at % number]) for at in range(len(portions)))
        for answer in answers:
            yield answer
            if stop():
                return


@contextmanager
def _child(portions: Sequence[Sequence[Thing]], work: Work[Thing, Answer]) -> Iterator[BinaryIO]:
    """A process that works on its portions, and where its answers arrive, one for each portion."""
    reader, writer = os.pipe2(os.O_CLOEXEC)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _answer(portions, work, writer)
    os.close(writer)
    try:
        with os.fdopen(reader, "rb") as answers:
            yield answers
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _answer(portions: Sequence[Sequence[Thing]], work: Work[Thing, Answer], writer: int) -> None:
    """The child's whole life. Whatever ends it reaches the parent, unless that has gone."""
    try:
        os.setsid()  # a console's session may be served first, see ``host.priority``: not for this
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        with os.fdopen(writer, "wb") as answers:
            for portion in portions:
                try:
                    answer: object = work(portion)
                except Exception as error:
                    answer = error
                pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
                answers.flush()
    finally:
        os._exit(0)


def _received(answers: BinaryIO) -> Any:
    try:
        answer = pickle.load(answers)  # noqa: S301 - of our own child
    except (EOFError, pickle.UnpicklingError):  # it ends within an answer, or between two
        raise HostError("a process that looked at mailboxes was killed") from None
    if isinstance(answer, Exception):
        raise answer
    return answer
