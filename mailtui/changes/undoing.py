"""The plan that undoes a change."""

from __future__ import annotations

import re
from dataclasses import replace

from mailtui.changes.history import Change
from mailtui.changes.plan import Outcome, Plan, Step
from mailtui.changes.step_record import StepRecord
from mailtui.host.errors import UsageError

_HUNK = re.compile(r"^@@ -(\S+) \+(\S+) @@")


def undo_plan(change: Change) -> tuple[Plan, tuple[int, ...]]:
    """What undoes all of ``change`` that stands and can be undone, and which of its steps that is.

    Undoing an undo does the thing again. Raises UsageError with the reason where there is nothing to be undone.
    """
    if change.undoable:
        raise UsageError(f"{change.id} cannot be undone: {change.undoable}")
    of = tuple(
        index
        for index in reversed(range(len(change.steps)))
        if change.steps[index].standing and change.steps[index].step.reversible
    )
    title = change.plan.title.removeprefix("Undo: ") if change.is_undo else f"Undo: {change.plan.title}"
    return Plan(title, tuple(_reversed(change.steps[index]) for index in of)), of


def standing_outcome(record: StepRecord) -> Outcome:
    """The outcome of a step without what has been put back already."""
    return replace(record.outcome or Outcome(), done=record.standing)


def _reversed(record: StepRecord) -> Step:
    step, standing = record.step, set(record.standing)
    targets = tuple(one for one in step.targets if {one.name, one.label} & standing)
    return replace(
        step,
        why=step.undo or f"undo: {step.why}",
        commands=step.undo_commands,
        undo_commands=step.commands,
        diff=reversed_diff(step.diff),
        risk="",
        undo=step.why,
        targets=targets or step.targets,
    )


def reversed_diff(diff: str) -> str:
    """A unified diff the other way round."""
    header: list[str] = []
    removed: list[str] = []
    lines: list[str] = []
    for line in diff.splitlines():
        if line.startswith(("--- ", "+++ ")) and not lines:
            header.append(line[4:])
        elif line.startswith("-"):
            removed.append("+" + line[1:])
        elif line.startswith("+"):
            lines.append("-" + line[1:])
        else:
            lines += [*removed, _HUNK.sub(r"@@ -\2 +\1 @@", line)]
            removed = []
    names = [f"{mark} {name}" for mark, name in zip(("---", "+++"), reversed(header), strict=False)]
    return "\n".join([*names, *lines, *removed])
