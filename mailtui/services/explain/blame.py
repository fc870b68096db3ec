"""The entries of tables that made a message fail, of which only the queue ID is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from mailtui.maillog.model import Recipient, Story
from mailtui.services.explain.findings import Blamed, Explanation
from mailtui.services.postfix.maps.files import EDITED
from mailtui.services.postfix.tables import file_of, kind_of

MOST_EXPLAINED = 20
"""Recipients whose cause is looked up; each may cost some runs of postmap."""


class _Explains(Protocol):
    def cause(self, recipient: Recipient, story: Story) -> Explanation:
        """Why a recipient did not get a message."""


class _Remembers(Protocol):
    def story(self, name: str) -> Story | None:
        """A message of late."""


class _Traces(Protocol):
    def trace(self, query: str) -> Sequence[Story]:
        """Messages out of the whole log, oldest first."""


def editable(entries: Iterable[Blamed]) -> list[Blamed]:
    """Those that stand in a file, as text."""
    return [entry for entry in entries if file_of(entry.table) and kind_of(entry.table) in EDITED]


def blamed_for(queue_id: str, explainer: _Explains, late: _Remembers, history: _Traces) -> list[Blamed]:
    """The entries in files, each once; none where no message came to be.

    Runs tools and may read the whole log; raises MailtuiError.
    """
    story = (late.story(queue_id) or next(reversed(history.trace(queue_id)), None)) if queue_id else None
    if story is None:
        return []
    causes = (explainer.cause(recipient, story) for recipient in story.failed[:MOST_EXPLAINED])
    return editable(dict.fromkeys(entry for cause in causes for entry in cause.entries))
