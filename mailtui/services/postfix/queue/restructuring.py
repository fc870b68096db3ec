"""Let postsuper(1) put the queue in order: files to where Postfix looks, names as their inodes, leftovers away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailtui.changes.plan import Json, Missed, Note, Outcome, Step
from mailtui.host.errors import UsageError
from mailtui.services.postfix.queue.looking import require_root
from mailtui.services.postfix.queue.postsuper import Postsuper
from mailtui.services.postfix.queue.structure import structure
from mailtui.services.postfix.queue.work import TIMEOUT

OPTIONS = ("-s", "-p")


class Restructure:
    """All queues at once, as Postfix itself does at its start."""

    name = "queue-structure"

    def __init__(self, postsuper: Postsuper) -> None:
        self._tools = postsuper.tools
        self._postfix = postsuper.postfix

    def apply(self, step: Step, note: Note) -> Outcome:
        """Raises PermissionDenied for everybody but root, and what ``Tools.run`` raises."""
        require_root(self._postfix, "put the queue in order")
        note({"options": OPTIONS})
        self._tools.run(["postsuper", *self._postfix.where, *OPTIONS], timeout=TIMEOUT)
        return self._outcome(step, "postsuper left it as it is")

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """There is none. Raises UsageError."""
        raise UsageError(step.undo)

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """By what is in order now."""
        return self._outcome(step, "mailtui was stopped before it was done")

    def _outcome(self, step: Step, why: str) -> Outcome:
        left = [finding for finding in structure(self._postfix) if finding.fix]
        return Outcome((step.why,) if not left else (), failed=tuple(Missed(one.title, why) for one in left))
