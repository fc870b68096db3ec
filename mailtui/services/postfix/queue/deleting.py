"""Delete queued mail: hold it, copy it, look again, and only then delete it out of ``hold``.

On hold nothing can be delivered, so that neither the copy nor the queue ID can become another message's meanwhile
(postsuper(1) warns of that race). All copies are on disk before the first message is deleted: where one cannot be
written, as on a full disk, nothing is deleted and everything goes back to where it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from mailtui.changes.plan import Json, Missed, Note, Outcome, Step, Target
from mailtui.host.errors import UsageError
from mailtui.services.postfix.queue.copies import Copies
from mailtui.services.postfix.queue.following import Followed, Following
from mailtui.services.postfix.queue.looking import Found, require_root
from mailtui.services.postfix.queue.naming import noted_names, of_names
from mailtui.services.postfix.queue.postsuper import Postsuper, batches, joined
from mailtui.services.postfix.queue.restoring import restore
from mailtui.services.postfix.queue.spool import HOLD
from mailtui.services.postfix.queue.verbs import DELETE_HELD, HOLD_THEM, RELEASE

NOT_HELD = "somebody released it meanwhile"


class DeleteForGood:
    """Without copies: for what is too large for one. It cannot be undone."""

    name = "queue-delete-for-good"

    def __init__(self, postsuper: Postsuper) -> None:
        self._postsuper = postsuper

    def apply(self, step: Step, note: Note) -> Outcome:
        """Raises PermissionDenied for everybody but root; HostError where no copies can be kept."""
        require_root(self._postsuper.postfix, DELETE_HELD.words)
        held: list[Target] = []
        skipped: list[Missed] = []
        memory: dict[str, Any] = {"copies": {}, "was_held": []}
        for batch in batches(step.targets):
            found, missed = self._hold(batch, note, memory)
            kept, busy = self._keep(found, note, memory)
            held += kept
            skipped += [*missed, *busy]
        outcome = joined([Outcome(skipped=tuple(skipped)), self._delete(held, note)])
        left = [one.target for one in (*outcome.skipped, *outcome.failed)]
        self._let_go(left, step, memory["was_held"])
        return replace(outcome, memory=_of(memory, outcome.done))

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """There is none. Raises UsageError."""
        raise UsageError(step.undo)

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """What was to be deleted and is gone, was; what is still on hold goes back to where it was."""
        require_root(self._postsuper.postfix, DELETE_HELD.words)
        memory: dict[str, Any] = {"copies": {}, "was_held": noted_names(notes, "was_held")}
        for one in notes:
            memory["copies"].update(cast(Mapping[str, Json], one.get("copies") or {}))
        begun = of_names(step.targets, noted_names(notes, "deleting"))
        done, _ = self._postsuper.reached(DELETE_HELD, begun)
        left = [name for name in noted_names(notes, "holding") if name not in set(done)]
        self._let_go(left, step, memory["was_held"])
        return Outcome(done, memory=_of(memory, done))

    def _hold(self, batch: Sequence[Target], note: Note, memory: dict[str, Any]) -> tuple[list[Found], list[Missed]]:
        """Those of the batch that are on hold now."""
        looked = self._postsuper.look(batch).at(batch)
        before = [one.target.name for one in looked.found if one.queue_name == HOLD]
        memory["was_held"] += before
        moving = [one.target for one in looked.found if one.queue_name != HOLD]
        missed = [*looked.missed]
        note({"holding": [target.name for target in moving], "was_held": before})
        if moving:
            outcome = self._postsuper.batch(HOLD_THEM, moving)
            missed += [*(one for one in outcome.skipped if one.why != HOLD_THEM.already), *outcome.failed]
        gone = {one.target for one in missed}
        now = [target for target in batch if target.name not in gone]
        again = self._postsuper.look(now).at(now)
        return [one for one in again.found if one.queue_name == HOLD], [*missed, *again.missed, *_not_held(again.found)]

    def _keep(self, found: list[Found], note: Note, memory: dict[str, Any]) -> tuple[list[Target], list[Missed]]:
        """Those that may be deleted; here all."""
        return [one.target for one in found], []

    def _delete(self, targets: Sequence[Target], note: Note) -> Outcome:
        """Those that are still on hold."""
        outcomes: list[Outcome] = []
        for batch in batches(targets):
            looked = self._postsuper.look(batch).at(batch)
            ready = [one.target for one in looked.found if one.queue_name == HOLD]
            outcome = Outcome()
            if ready:
                note({"deleting": [target.name for target in ready]})
                outcome = self._postsuper.batch(DELETE_HELD, ready)
            outcomes.append(outcome)
            outcomes.append(Outcome(skipped=(*looked.missed, *_not_held(looked.found))))
        return joined(outcomes)

    def _let_go(self, names: Sequence[str], step: Step, was_held: Sequence[str]) -> None:
        """Release those that were put on hold only to be deleted."""
        targets = of_names(step.targets, set(names) - set(was_held))
        for batch in batches(targets):
            found = self._postsuper.look(batch).at(batch).found
            held = [one.target for one in found if one.queue_name == HOLD]
            if held:
                self._postsuper.batch(RELEASE, held)


class Delete(DeleteForGood):
    """With a copy of each, from which it is put back."""

    name = "queue-delete"

    def __init__(self, postsuper: Postsuper, following: Following, copies: Copies) -> None:
        super().__init__(postsuper)
        self._following = following
        self._copies = copies

    def apply(self, step: Step, note: Note) -> Outcome:
        """See ``DeleteForGood.apply``; copies that were kept long enough go first."""
        require_root(self._postsuper.postfix, DELETE_HELD.words)
        self._copies.purge()
        followed = self._following.now(step.targets, note)
        return _told(followed, super().apply(replace(step, targets=followed.targets), note))

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """Put the queue files back, on hold where they were on hold; what is put back already is not put back again."""
        require_root(self._postsuper.postfix, "put deleted mail back")
        return restore(self._postsuper, self._copies, outcome, note)

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """See ``DeleteForGood.recover``."""
        followed = Followed.noted(step.targets, notes)
        return _told(followed, super().recover(replace(step, targets=followed.targets), notes))

    def _keep(self, found: list[Found], note: Note, memory: dict[str, Any]) -> tuple[list[Target], list[Missed]]:
        if not found:
            return [], []
        copies, missed = self._copies.keep({one.target.name: one.path for one in found})
        kept = {name: copy.json() for name, copy in copies.items()}
        memory["copies"].update(kept)
        note({"copies": kept})
        return [one.target for one in found if one.target.name in kept], [Missed(*pair) for pair in missed.items()]


def _not_held(found: Sequence[Found]) -> list[Missed]:
    return [Missed(one.target.name, NOT_HELD) for one in found if one.queue_name != HOLD]


def _told(followed: Followed, outcome: Outcome) -> Outcome:
    """By the names in the change, as undoing asks for them."""
    copies = cast(Mapping[str, Json], outcome.memory["copies"])
    memory: dict[str, Json] = {
        "copies": {followed.was(name): copy for name, copy in copies.items()},
        "was_held": [followed.was(name) for name in cast(Sequence[str], outcome.memory["was_held"])],
    }
    return replace(followed.told(outcome), memory=memory)


def _of(memory: Mapping[str, Any], done: Sequence[str]) -> dict[str, Json]:
    """What undoing these needs."""
    wanted = set(done)
    return {
        "copies": {name: copy for name, copy in memory["copies"].items() if name in wanted},
        "was_held": [name for name in memory["was_held"] if name in wanted],
    }
