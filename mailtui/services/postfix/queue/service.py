"""The queue of one Postfix instance: listing, one message, and what is known of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.beside import beside
from mailtui.services.postfix.queue.joining import join
from mailtui.services.postfix.queue.listing import Hear, queue_in_portions, read_queue
from mailtui.services.postfix.queue.logfacts import LogFacts, Lookup, facts_of_logs, facts_of_stories
from mailtui.services.postfix.queue.model import Part, QueueEntry, QueueListing, QueueMessage
from mailtui.services.postfix.queue.schedule import Schedule, file_times, schedule_of
from mailtui.services.postfix.queue.why import why

LogFiles = Callable[[float], Sequence[Path]]
"""The log files that hold lines since a time, oldest first."""


class Queue:
    """Reads the queue; ``story`` knows messages at hand, ``log_files`` where to look for the others.

    Everything raises what ``read_queue`` and ``read_message`` say.
    """

    def __init__(
        self, tools: Tools, postfix: PostfixConfig, story: Lookup | None = None, log_files: LogFiles | None = None
    ) -> None:
        self._tools = tools
        self._postfix = postfix
        self._story = story
        self._log_files = log_files
        self._last: tuple[QueueEntry, ...] = ()

    @cached_property
    def schedule(self) -> Schedule:
        """When this instance tries again and gives up."""
        return schedule_of(self._postfix)

    def read(self, hear: Hear | None = None) -> QueueListing:
        """What postqueue tells, at once; ``hear`` is given the entries as they come.

        Nothing is joined to them, but a message that is as it was last time keeps what it was joined with then.
        """
        return read_queue(self._tools, self._postfix, hear, {entry.queue_id: entry for entry in self._last})

    def portions(self) -> Iterator[Sequence[QueueEntry]]:
        """What ``read`` reads, without keeping it."""
        return queue_in_portions(self._tools, self._postfix)

    def list(self, *, thorough: bool = False) -> QueueListing:
        """The queue, joined; see ``joined``."""
        return self.joined(self.read(), thorough=thorough)

    def joined(self, listing: QueueListing, *, thorough: bool = False) -> QueueListing:
        """``listing`` with next attempts, expiry, causes, and what the log knows.

        That is what the stories at hand hold; if ``thorough``, the log files are searched for all other messages too.
        """
        entries, problems = [*listing.entries], [*listing.problems]
        listing = replace(listing, entries=())  # of a long queue each entry goes as soon as the joined one is there
        facts = facts_of_stories(entries, self._story) if self._story else {}
        if thorough and self._log_files and entries:
            found, missing = self._search([entry for entry in entries if entry.queue_id not in facts])
            facts = {**found, **facts}
            problems += missing
        times = self._retry_times([entry.queue_id for entry in entries if entry.queue_name == "deferred"])
        join(entries, self.schedule, times, facts)
        self._last = tuple(entries)
        return replace(listing, entries=self._last, problems=tuple(problems))

    def show(self, queue_id: str, part: Part = "all") -> QueueMessage:
        """One message, or a part of it."""
        from mailtui.services.postfix.queue.show import read_message

        return read_message(self._tools, self._postfix, queue_id, part)

    def beside(self) -> tuple[str, ...]:
        """What is in no listing of this queue: damaged files, other instances; a sentence each."""
        return beside(self._postfix)

    def why(self, entry: QueueEntry) -> str:
        """Why it is here and when it is tried again."""
        return why(entry, self.schedule)

    def _search(self, entries: Sequence[QueueEntry]) -> tuple[dict[str, LogFacts], tuple[str, ...]]:
        if not entries or self._log_files is None:
            return {}, ()
        try:
            files = self._log_files(min(entry.arrival_time for entry in entries))
        except MailtuiError as error:
            return {}, (f"client, login and attempts are not known: {error.message}",)
        return facts_of_logs(entries, files, self._tools)

    def _retry_times(self, deferred: Sequence[str]) -> dict[str, float]:
        wanted = dict(zip(deferred, deferred, strict=True))
        return file_times(Path(self._postfix.get("queue_directory")) / "deferred", wanted) if wanted else {}
