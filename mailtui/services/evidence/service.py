"""One failure with everything that is known of it, as one text."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from mailtui.changes.changes import Changes
from mailtui.findings import Finding
from mailtui.maillog.model import Incident, Story
from mailtui.services.evidence import sections
from mailtui.services.evidence.redaction import Redactor
from mailtui.services.explain import Explainer
from mailtui.services.postfix.addresses.resolver import Resolver
from mailtui.services.postfix.queue.service import Queue
from mailtui.text import clean_lines

Part = tuple[str, Callable[[], Iterable[str]]]


class Evidence:
    """Gathers; changes nothing."""

    def __init__(
        self,
        explainer: Explainer,
        queue: Queue,
        resolver: Resolver,
        changes: Changes,
        findings: Callable[[], Sequence[Finding]],
    ) -> None:
        self._explainer = explainer
        self._queue = queue
        self._resolver = resolver
        self._changes = changes
        self._findings = findings

    def of(self, stories: Sequence[Story], incident: Incident | None = None, *, redacted: bool = True) -> str:
        """A text of everything known of ``stories``. What cannot be had is said in it, nothing is raised."""
        text = clean_lines("\n".join(sections.written(self._parts(stories, incident, redacted))).strip("\n"))
        return Redactor(_names(stories)).text(text) if redacted else text

    def _parts(self, stories: Sequence[Story], incident: Incident | None, redacted: bool) -> Iterator[Part]:
        now, told = time.time(), stories[: sections.MOST]
        hosts = sorted({story.host for story in stories})
        yield "Mail that was not delivered", partial(sections.heading, now, hosts, redacted)
        if incident is not None:
            yield "Failure", partial(sections.incident, incident)
        for story in told:
            yield f"Message {story.queue_ids[0] if story.queue_ids else story.key}", partial(sections.story, story)
            yield "Why, on this machine's evidence", partial(sections.explained, self._explainer, story)
        yield "Still in the queue", partial(sections.waiting, self._queue, told)
        for address, sender in dict.fromkeys(_failed(told)):
            yield f"Lookups for {address}", partial(self._looked_up, address, sender)
        yield "What is wrong on this machine", lambda: sections.found_wrong(self._findings())
        yield "Changed here in the last week", lambda: sections.changed(self._changes.recent(), now)

    def _looked_up(self, address: str, sender: str) -> Iterator[str]:
        return sections.looked_up(self._resolver.resolve(address, sender))


def _failed(stories: Iterable[Story]) -> Iterator[tuple[str, str]]:
    """Address and sender of each recipient that did not get it, as the client named it."""
    for story in stories:
        for recipient in story.failed[: sections.MOST]:
            yield recipient.orig_to or recipient.to, story.sender or ""


def _names(stories: Iterable[Story]) -> Iterator[str]:
    for story in stories:
        yield from filter(None, (story.sender, story.sasl_username))
        for recipient in story.recipients:
            yield from filter(None, (recipient.to, recipient.orig_to))
