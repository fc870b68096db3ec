"""One run of postsuper(1), which is given messages while it is at those before, and what it tells of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from mailtui.changes.plan import Target
from mailtui.host.feed import Feed
from mailtui.host.tools import Tools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.atwork import at_work
from mailtui.services.postfix.queue.ids import checked_id
from mailtui.services.postfix.queue.verbs import Verb

TIMEOUT = 300.0
"""Seconds postsuper may take nothing, or need for the last it was given."""
_TOLD = re.compile(r"^postsuper: (\w+): (?:placed on hold|released from hold|requeued|expired|removed)$", re.MULTILINE)


@contextmanager
def working(tools: Tools, postfix: PostfixConfig, verb: Verb) -> Iterator[Work]:
    """postsuper, started when it is given something; in the end it has done everything it was given."""
    with ExitStack() as stack:
        yield Work(tools, postfix, verb, stack)


class Work:
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

    def begin(self) -> None:
        """Start it: it reads its configuration before it is given anything. Raises what ``Tools.feed`` raises."""
        if self._feed is None:
            lock = self._stack.enter_context(at_work(Path(self._postfix.get("queue_directory"))))
            argv = self._verb.argv(self._postfix)
            self._feed = self._stack.enter_context(self._tools.feed(argv, timeout=TIMEOUT, keeps=(lock,)))

    def give(self, targets: Sequence[Target]) -> None:
        """Raises what ``Tools.feed`` and ``Feed.give`` raise."""
        names = [checked_id(target.name).encode("ascii") for target in targets]
        self.begin()
        self.given += targets
        self.ended = self._feed is None or not self._feed.give(names)

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
