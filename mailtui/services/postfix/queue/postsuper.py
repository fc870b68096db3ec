"""What postsuper(1) does to many messages at once: their IDs go to its standard input, never onto its command line.

It tells of each message on standard error (``postsuper: ID: placed on hold``) and sums up
(``Placed on hold: 2 messages``); an ID it does not find it passes over in silence. It needs root, but no running
Postfix.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mailtui.changes.plan import Missed, Note, Outcome, Target
from mailtui.host.errors import ToolTimeout
from mailtui.host.tools import Tools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.atwork import wait_for_others
from mailtui.services.postfix.queue.looking import GONE, Look
from mailtui.services.postfix.queue.verbs import Verb
from mailtui.services.postfix.queue.work import Work, working

FIRST = 100
BATCH = 5000
"""Messages between two records of the journal, in the beginning and at most."""
NOT_TRIED = "not tried, since those before it failed"


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

        While postsuper is at one portion and is given the next, the one after it is looked at. Raises what
        ``Tools.feed`` raises, and what ``note`` raises.
        """
        look = self.look(targets)
        skipped: list[Missed] = []
        with working(self.tools, self.postfix, verb) as work, ThreadPoolExecutor(1) as writer:
            # Of many, some are ready surely: postsuper reads its configuration while the first of them are looked at.
            handing = writer.submit(work.begin) if len(targets) > FIRST else None
            for portion in portions(targets):
                looked = look.at(portion)
                if handing is not None:
                    handing.result()
                if work.ended:
                    skipped += [Missed(target.name, NOT_TRIED) for target in portion]
                    continue
                skipped += looked.missed
                skipped += [Missed(one.target.name, verb.already) for one in looked.found if verb.reached(one)]
                ready = [one.target for one in looked.found if not verb.reached(one)]
                if ready:
                    handing = writer.submit(_hand_over, work, ready, note)
            if handing is not None:
                handing.result()
        outcome = self._brought(verb, work)
        self._wake(verb, outcome)
        return joined([Outcome(skipped=tuple(skipped)), outcome])

    def batch(self, verb: Verb, targets: Sequence[Target]) -> Outcome:
        """Do it to these, which have just been looked at and noted."""
        with working(self.tools, self.postfix, verb) as work:
            work.give(targets)
        return self._brought(verb, work)

    def _wake(self, verb: Verb, outcome: Outcome) -> None:
        """A Postfix that does not run finds them when it starts."""
        if outcome.done:
            for command in verb.commands(self.postfix)[1:]:
                with contextlib.suppress(ToolTimeout):
                    self.tools.run(command, check=False)

    def _brought(self, verb: Verb, work: Work) -> Outcome:
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


def _hand_over(work: Work, targets: Sequence[Target], note: Note) -> None:
    """Note them before postsuper is given them; it reads its configuration meanwhile."""
    work.begin()
    note({"ids": [target.name for target in targets]})
    work.give(targets)


def portions(targets: Sequence[Target]) -> Iterator[Sequence[Target]]:
    """The targets, few at first, so that postsuper soon has something to do, then ever more."""
    start, size = 0, FIRST
    while start < len(targets):
        yield targets[start : start + size]
        start, size = start + size, min(size * 2, BATCH)


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
