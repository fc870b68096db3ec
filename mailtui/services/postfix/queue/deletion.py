"""Deleting messages, which can be undone: a copy of each is on disk before postsuper(1) takes it out.

Undoing sends the copy again with its envelope. It gets a new queue ID, one Received line more and a new lifetime;
recipients that had it already are not in the envelope.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailtui.changes.plan import Json, Missed, Note, Outcome, Step
from mailtui.host.errors import HostError, MailtuiError, ToolFailed
from mailtui.services.postfix.queue.access import QueueAccess
from mailtui.services.postfix.queue.copies import Copies
from mailtui.services.postfix.queue.model import QueueEntry
from mailtui.services.postfix.queue.verify import GONE, verified

SEND_TIMEOUT = 60.0
MOST_AT_ONCE = 500
"""Recipients of one sendmail(1); more are sent in several."""


@dataclass(frozen=True, slots=True)
class Delete:
    """Copies, then deletes."""

    queue: QueueAccess
    copies: Copies

    def apply(self, step: Step, note: Note) -> Outcome:
        """Take those out that are still what they were and could be copied.

        Raises HostError where the disk takes no copy: then nothing is deleted.
        """
        self.copies.sweep()
        present, skipped = verified(step.targets, self.queue.listing())
        saved, failed = self._copied(present)
        names = [entry.queue_id for entry in present if entry.queue_id in saved]
        if names:
            note({"ids": names, "copies": saved})
        removed = self.queue.postsuper.run("-d", names)
        done = tuple(name for name in names if name in removed)
        lost = tuple(Missed(name, GONE) for name in names if name not in removed)
        return Outcome(done, (*skipped, *lost), failed, {"copies": {name: saved[name] for name in done}})

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """Send the copies again, one after the other; a crash in between repeats at most the one being sent."""
        known = outcome.memory.get("copies")
        copies = known if isinstance(known, Mapping) else {}
        done, failed = [], []
        for name in outcome.done:
            note({"ids": [name]})
            try:
                self._send(str(copies.get(name, "")))
            except MailtuiError as error:
                failed.append(Missed(name, error.message))
            else:
                done.append(name)
        return Outcome(tuple(done), failed=tuple(failed))

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """Those that were copied and are no longer in the queue."""
        copies = {name: path for note in notes for name, path in _copies(note).items()}
        targets = [target for target in step.targets if target.name in copies]
        present, missing = verified(targets, self.queue.listing())
        gone = tuple(missed.target for missed in missing)
        kept = tuple(Missed(entry.queue_id, "it is still in the queue") for entry in present)
        return Outcome(gone, kept, memory={"copies": {name: copies[name] for name in gone}})

    def _copied(self, present: Sequence[QueueEntry]) -> tuple[dict[str, str], tuple[Missed, ...]]:
        """Where the copies lie, and of what none could be made. A full disk ends it all."""
        saved: dict[str, str] = {}
        failed = []
        for entry in present:
            try:
                saved[entry.queue_id] = self.copies.save(entry).name
            except HostError:
                raise
            except ToolFailed as error:
                failed.append(Missed(entry.queue_id, f"no copy could be made: {error.stderr.strip()[-200:]}"))
            except MailtuiError as error:
                failed.append(Missed(entry.queue_id, error.message))
        return saved, tuple(failed)

    def _send(self, name: str) -> None:
        copied = self.copies.read(name)
        where = ("-C", self.queue.postfix.where[1]) if self.queue.postfix.where else ()
        for start in range(0, len(copied.recipients), MOST_AT_ONCE):
            some = copied.recipients[start : start + MOST_AT_ONCE]
            argv = ["sendmail", *where, "-i", "-f", copied.sender, "--", *some]
            self.queue.tools.run(argv, stdin=copied.content, timeout=SEND_TIMEOUT)


def _copies(note: Mapping[str, Json]) -> dict[str, str]:
    found = note.get("copies")
    return {str(name): str(path) for name, path in found.items()} if isinstance(found, Mapping) else {}
