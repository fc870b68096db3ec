"""The action ``debug-mark``: what a debug switch found before it was thrown, for the day somebody edits that file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mailtui.changes.history import Change
from mailtui.changes.plan import Json, Note, Outcome, Step
from mailtui.services.configuration.model import PROGRAMS, Program, Setting

NAME = "debug-mark"


class DebugMark:
    """Changes nothing; see ``mailtui.changes.plan.Action``."""

    def apply(self, step: Step, note: Note) -> Outcome:
        """Nothing to do: the journal has it now."""
        return Outcome(done=(step.why,))

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """Nothing to put back."""
        return Outcome(done=outcome.done)

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """It is in the journal."""
        return Outcome(done=(step.why,))


def mark_step(program: Program, before: Sequence[Setting]) -> Step:
    """A step that remembers what was set."""
    values: dict[str, Json] = {one.name: one.value for one in before}
    return Step(NAME, {"program": program, "before": values}, "remember what was set before", undo="nothing more")


def end_step(change: str) -> Step:
    """A step that remembers that a switch is off, though its own undo could not do it."""
    return Step(NAME, {"ends": change}, f"remember that {change} is over", undo="nothing more")


def ended(changes: Iterable[Change]) -> frozenset[str]:
    """The changes that others ended."""
    records = (record for change in changes for record in change.steps if record.standing)
    return frozenset(
        str(record.step.arguments["ends"])
        for record in records
        if record.step.action == NAME and "ends" in record.step.arguments
    )


def marked(change: Change) -> tuple[Program, tuple[Setting, ...]] | None:
    """What a change found before it; None where it threw no switch."""
    for record in change.steps:
        before = record.step.arguments.get("before")
        if record.step.action == NAME and isinstance(before, Mapping):
            program = next(one for one in PROGRAMS if one == record.step.arguments["program"])
            return program, tuple(
                Setting(name, None if value is None else str(value)) for name, value in before.items()
            )
    return None
