"""Messages that were deleted and put back since a change touched them: an undo finds them under their names of today.

Putting a message back gives it another short queue ID, since that names its file. The copies know which (``Copies``);
that it is the same message is verified as for every other, by arrival, sender and size. What cannot be shown to be the
same is never touched, and the receipt says under which name it was looked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from mailtui.changes.plan import Json, Missed, Note, Outcome, Target
from mailtui.services.postfix.queue.copies import Copies
from mailtui.services.postfix.queue.looking import ANOTHER, GONE
from mailtui.services.postfix.queue.postsuper import Postsuper

_NOTED = "now"
"""What the journal calls the names of today, by those in the change."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Targets under their names of today."""

    targets: tuple[Target, ...]
    before: Mapping[str, str]
    """Names in the change, by those of today; only of those that have another now."""

    @classmethod
    def noted(cls, targets: Sequence[Target], notes: Sequence[Mapping[str, Json]]) -> Followed:
        """As an apply that was cut off had found them."""
        now: dict[str, str] = {}
        for note in notes:
            now.update(cast(Mapping[str, str], note.get(_NOTED) or {}))
        return _renamed(targets, now)

    def was(self, name: str) -> str:
        """The name in the change."""
        return self.before.get(name, name)

    def told(self, outcome: Outcome) -> Outcome:
        """``outcome`` by the names in the change."""
        if not self.before:
            return outcome
        done = tuple(map(self.was, outcome.done))
        return replace(outcome, done=done, skipped=self._missed(outcome.skipped), failed=self._missed(outcome.failed))

    def _missed(self, missed: Sequence[Missed]) -> tuple[Missed, ...]:
        return tuple(self._named(one) if one.target in self.before else one for one in missed)

    def _named(self, missed: Missed) -> Missed:
        why = f"{missed.why} (deleted and put back meanwhile, as {missed.target})"
        return Missed(self.was(missed.target), why)


class Following:
    """Finds messages that were put back under another name."""

    def __init__(self, postsuper: Postsuper, copies: Copies) -> None:
        self._postsuper = postsuper
        self._copies = copies

    def now(self, targets: Sequence[Target], note: Note) -> Followed:
        """The targets as they are called now; other names are noted. Raises what ``note`` and looking raise."""
        alike = self._copies.names_alike()
        known = [target for target in targets if target.name in alike]
        if not known:
            return Followed(tuple(targets), {})
        look = self._postsuper.look(())
        lost = {missed.target for missed in look.at(known).missed if missed.why in (GONE, ANOTHER)}
        others = {
            target.name: [replace(target, name=name) for name in reversed(alike[target.name]) if name != target.name]
            for target in known
            if target.name in lost
        }
        there = {id(one.target) for one in look.at([other for found in others.values() for other in found]).found}
        # Where none is the same message, its newest name is asked for, which then says what became of it.
        now = {
            name: next((one.name for one in found if id(one) in there), found[0].name)
            for name, found in others.items()
            if found
        }
        if now:
            note({_NOTED: now})
        return _renamed(targets, now)


def _renamed(targets: Sequence[Target], now: Mapping[str, str]) -> Followed:
    renamed = tuple(replace(one, name=now[one.name]) if one.name in now else one for one in targets)
    return Followed(renamed, {new: old for old, new in now.items()})
