"""What postsuper(1) does to many messages at once: their IDs go to its standard input, never onto its command line.

It tells of each message on standard error (``postsuper: ID: placed on hold``) and sums up
(``Placed on hold: 2 messages``); an ID it does not find it passes over in silence. It needs root, but no running
Postfix.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailtui.changes.plan import Missed, Note, Outcome, Target
from mailtui.host.errors import ToolTimeout
from mailtui.host.feed import Feed
from mailtui.host.tools import Tools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.atwork import at_work, wait_for_others
from mailtui.services.postfix.queue.ids import checked_id
from mailtui.services.postfix.queue.looking import GONE, Found, Look
from mailtui.services.postfix.queue.spool import HOLD

FIRST = 250
BATCH = 5000
"""Messages between two records of the journal, in the beginning and at most."""
TIMEOUT = 300.0
NOT_TRIED = "not tried, since those before it failed"
_TOLD = re.compile(r"^postsuper: (\w+): (?:placed on hold|released from hold|requeued|expired|removed)$", re.MULTILINE)

State = Callable[[Found | None], bool]


@dataclass(frozen=True, slots=True)
class Verb:
    """One of the things postsuper can do."""

    name: str
    """Of the action in the journal."""
    option: str
    words: str
    """What a user without the right may not do."""
    reached: State
    """Whether a message, None when gone, is where the verb brings it."""
    already: str
    """Why a message that is there already is skipped."""
    queues: tuple[str, ...] = ()
    """The only queues postsuper may look in; empty for the option's own default."""
    wakes: str = ""
    """The service that goes on with them, and would look for itself only after its ``wakeup`` of master(5)."""

    def argv(self, postfix: PostfixConfig) -> tuple[str, ...]:
        """The command, whose standard input is the IDs."""
        return ("postsuper", *postfix.where, self.option, "-", *self.queues)

    def commands(self, postfix: PostfixConfig) -> tuple[tuple[str, ...], ...]:
        """Everything that is run."""
        wake = (("postkick", *postfix.where, "public", self.wakes, "W"),) if self.wakes else ()
        return (self.argv(postfix), *wake)


HOLD_THEM = Verb(
    "queue-hold",
    "-h",
    "put mail on hold",
    lambda found: found is not None and found.queue_name == HOLD,
    "already on hold",
)
RELEASE = Verb(
    "queue-release",
    "-H",
    "release mail",
    lambda found: found is None or found.queue_name != HOLD,
    "no longer on hold",
)
REQUEUE = Verb("queue-requeue", "-r", "requeue mail", lambda found: found is None, GONE, wakes="pickup")
EXPIRE = Verb("queue-expire", "-e", "expire mail", lambda found: found is not None and found.expired, "already expired")
DELETE_HELD = Verb("queue-delete", "-d", "delete mail", lambda found: found is None, GONE, (HOLD,))


class Postsuper:
    """postsuper on one instance."""

    def __init__(self, tools: Tools, postfix: PostfixConfig) -> None:
        self.tools = tools
        self.postfix = postfix

    def look(self, targets: Sequence[Target]) -> Look:
        """See ``Look``."""
        return Look(self.tools, self.postfix, targets)

    def run(self, verb: Verb, targets: Sequence[Target], note: Note) -> Outcome:
        """Do it to those that are still what they were, a portion after the other.

        While postsuper is at one portion and the next is noted, the one after it is looked at; each is noted before
        postsuper is given it. Raises what ``Tools.feed`` raises, and what ``note`` raises.
        """
        look = self.look(targets)
        skipped: list[Missed] = []
        with self._work(verb) as work, ThreadPoolExecutor(1) as writer:
            ready: list[Target] = []
            noted: Future[None] | None = None
            for portion in (*portions(targets), ()):
                looked = look.at(portion)
                if noted is not None:
                    noted.result()
                    work.give(ready)
                    noted = None
                if work.ended:
                    skipped += [Missed(target.name, NOT_TRIED) for target in portion]
                    continue
                skipped += looked.missed
                skipped += [Missed(one.target.name, verb.already) for one in looked.found if verb.reached(one)]
                ready = [one.target for one in looked.found if not verb.reached(one)]
                if ready:
                    noted = writer.submit(note, {"ids": [target.name for target in ready]})
        outcome = self._brought(verb, work)
        self._wake(verb, outcome)
        return joined([Outcome(skipped=tuple(skipped)), outcome])

    def batch(self, verb: Verb, targets: Sequence[Target]) -> Outcome:
        """Do it to these, which have just been looked at and noted."""
        with self._work(verb) as work:
            work.give(targets)
        return self._brought(verb, work)

    @contextmanager
    def _work(self, verb: Verb) -> Iterator[_Work]:
        """postsuper, started when it is given something; in the end it has done everything it was given."""
        with ExitStack() as stack:
            yield _Work(self.tools, self.postfix, verb, stack)

    def _wake(self, verb: Verb, outcome: Outcome) -> None:
        """A Postfix that does not run finds them when it starts."""
        if outcome.done:
            for command in verb.commands(self.postfix)[1:]:
                with contextlib.suppress(ToolTimeout):
                    self.tools.run(command, check=False)

    def _brought(self, verb: Verb, work: _Work) -> Outcome:
        """What came of it; those that postsuper does not tell of are looked at again."""
        told = work.told()
        names = [target.name for target in work.given]
        rest = [target for target in work.given if target.name not in told]
        if not rest:
            return Outcome(tuple(names))
        looked = self.look(rest).at(rest)
        skipped = [*looked.missed]
        skipped += [Missed(one.target.name, verb.already) for one in looked.found if verb.reached(one)]
        failed = [Missed(one.target.name, work.complaint) for one in looked.found if not verb.reached(one)]
        return Outcome(tuple([name for name in names if name in told]), tuple(skipped), tuple(failed))

    def reached(self, verb: Verb, targets: Sequence[Target]) -> tuple[tuple[str, ...], tuple[Missed, ...]]:
        """The names of the targets that are where the verb brings them; and of the others why they are not there.

        Waits for a postsuper that has survived its mailtui. Raises HostError where it does not end.
        """
        wait_for_others(Path(self.postfix.get("queue_directory")))
        looked = self.look(targets).at(targets)
        done = [one.target.name for one in looked.found if verb.reached(one)]
        if verb.reached(None):
            done += [missed.target for missed in looked.missed if missed.why == GONE]
        return tuple(done), tuple(missed for missed in looked.missed if missed.target not in set(done))


class _Work:
    """One postsuper and the messages it was given."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, verb: Verb, stack: ExitStack) -> None:
        self.given: list[Target] = []
        self.ended = False
        """Whether it has ended by itself: what it is given now it does not take."""
        self._tools = tools
        self._postfix = postfix
        self._verb = verb
        self._stack = stack
        self._feed: Feed | None = None

    def give(self, targets: Sequence[Target]) -> None:
        """Raises what ``Tools.feed`` and ``Feed.give`` raise."""
        names = [checked_id(target.name).encode("ascii") for target in targets]
        if self._feed is None:
            lock = self._stack.enter_context(at_work(Path(self._postfix.get("queue_directory"))))
            argv = self._verb.argv(self._postfix)
            self._feed = self._stack.enter_context(self._tools.feed(argv, timeout=TIMEOUT, keeps=(lock,)))
        self.given += targets
        self.ended = not self._feed.give(names)

    def told(self) -> frozenset[str]:
        """The names of which it told that it was done."""
        output = self._feed.output if self._feed else b""
        return frozenset(_TOLD.findall(output.decode("ascii", "replace")))

    @property
    def complaint(self) -> str:
        """Why it did not do the others."""
        if self._feed is None or self._feed.code == 0:
            return "postsuper passed it over"
        lines = self._feed.output.decode("utf-8", "surrogateescape").splitlines()
        lines = [line for line in lines if "fatal:" in line or "error:" in line] or lines
        return lines[-1] if lines else "postsuper failed without a word"


def portions(targets: Sequence[Target]) -> Iterator[Sequence[Target]]:
    """The targets, few at first, so that postsuper soon has something to do, then ever more."""
    start, size = 0, FIRST
    while start < len(targets):
        yield targets[start : start + size]
        start, size = start + size, min(size * 3 // 2, BATCH)


def batches(targets: Sequence[Target]) -> Iterator[Sequence[Target]]:
    """The targets, ``BATCH`` at a time."""
    return (targets[start : start + BATCH] for start in range(0, len(targets), BATCH))


def joined(outcomes: Sequence[Outcome]) -> Outcome:
    """All of them as one."""
    return Outcome(
        tuple([name for outcome in outcomes for name in outcome.done]),
        tuple([missed for outcome in outcomes for missed in outcome.skipped]),
        tuple([missed for outcome in outcomes for missed in outcome.failed]),
    )
