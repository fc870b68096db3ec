"""What the journal's records say happened: changes with their steps, and what of them still stands.

Records, each with ``record``, ``change`` and ``time``: ``begin`` (who, host, pid, plan; for an undo the change and the
steps it undoes), then for each step ``intent``, any ``note``, ``outcome``; ``back`` and ``backed`` around undoing it
when a later step failed; ``end``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from mailtui.changes.encoding import Record, read_outcome, read_plan
from mailtui.changes.plan import Ending, Json, Missed, Plan, Receipt
from mailtui.changes.step_record import StepRecord
from mailtui.changes.telling import SHOWN_TARGETS
from mailtui.host.errors import MailtuiError

State = Literal["running", "interrupted", "undone", "applied", "partly", "failed", "nothing"]


@dataclass(slots=True)
class Change:
    """One change of the machine: who made it, when, and what became of it."""

    id: str
    time: float
    who: str
    host: str
    pid: int
    plan: Plan
    steps: tuple[StepRecord, ...]
    undoes: str = ""
    """The change whose steps ``of`` this one undoes or, where that was an undo, does again."""
    of: tuple[int, ...] = ()
    is_undo: bool = False
    ended: float | None = None
    running: bool = False
    """Whether it is being made right now."""
    undone_by: str = ""

    @property
    def interrupted(self) -> bool:
        """Whether it was begun and nobody ends it any more."""
        return self.ended is None and not self.running

    @property
    def state(self) -> State:
        """In one word."""
        if self.ended is None:
            return "running" if self.running else "interrupted"
        if self.undone_by and not any(record.standing for record in self.steps):
            return "undone"
        return self.ending

    @property
    def ending(self) -> Ending:
        """How it ended, by what its steps brought."""
        kept = any(record.kept for record in self.steps)
        whole = not self.failed and all(record.outcome is not None for record in self.steps)
        if kept:
            return "applied" if whole else "partly"
        return "nothing" if whole and not any(record.back for record in self.steps) else "failed"

    @property
    def done(self) -> tuple[str, ...]:
        """Names that were changed and not put back by the change itself, each once."""
        return tuple(dict.fromkeys(name for record in self.steps for name in record.kept))

    @property
    def skipped(self) -> tuple[Missed, ...]:
        """What was not touched, or was put back."""
        return tuple(missed for record in self.steps for missed in record.skipped)

    @property
    def failed(self) -> tuple[Missed, ...]:
        """What did not work."""
        return tuple(missed for record in self.steps for missed in record.failed)

    @property
    def now(self) -> Mapping[str, str]:
        """What those in ``done`` are called since that have another name by it."""
        return {name: new for record in self.steps if record.outcome for name, new in record.outcome.now.items()}

    @property
    def undoable(self) -> str:
        """Why it cannot be undone; ``""`` when it can."""
        if self.ended is None:
            return "it is being made" if self.running else "it was interrupted: recover it first"
        standing = [record for record in self.steps if record.standing]
        if not standing:
            return f"it has been undone by {self.undone_by}" if self.undone_by else "it changed nothing that stands"
        if not any(record.step.reversible for record in standing):
            return "; ".join(filter(None, (record.step.undo for record in standing))) or "there is no undo for it"
        return ""

    @property
    def temporary(self) -> bool:
        """Whether it stands, and only for a time."""
        return self.plan.until is not None and not self.is_undo and not self.undoable

    @property
    def recovery(self) -> str:
        """What ending it does once it was interrupted."""
        then = "keeps it, to be undone if you like"
        if self.is_undo:
            then = "finishes it"
        elif self.plan.all_or_nothing:
            then = "puts it back unless all of it was done"
        return f"This change was interrupted. mailtui finds out what of it was done, {then}, and ends it."

    def receipt(self) -> Receipt:
        """What became of it, for people."""
        undo = self.undoable or f"mailtui undo {self.id}"
        return Receipt(self.id, self.plan, self.ending, self.done, self.skipped, self.failed, self.now, undo)


def read_history(records: Iterable[Record], *, busy: bool = False, told: bool = False) -> dict[str, Change]:
    """All changes by name, oldest first; with ``busy`` the last one that has no end is being made.

    With ``told`` only what people are told of them is kept: such a change can be neither undone nor recovered.
    """
    changes: dict[str, Change] = {}
    for record in records:
        add_record(changes, {**record, "memory": {}} if told else record)
        if told and record.get("record") == "begin":
            _leave_out(changes, str(record.get("change", "")))
    last = next(reversed(changes.values()), None)
    if busy and last is not None and last.ended is None:
        last.running = True
    return changes


def add_record(changes: dict[str, Change], record: Record) -> None:
    """Let ``changes`` know of one record more; one that belongs to nothing is left out."""
    name = str(record.get("change", ""))
    if record.get("record") == "begin":
        try:
            changes[name] = _begun(name, record)
        except MailtuiError:
            return
    change = changes.get(name)
    if change is None:
        return
    if record.get("record") == "end":
        change.ended = float(record.get("time", 0.0))
        _mark_undone(changes, change)
    index = record.get("step")
    if isinstance(index, int) and 0 <= index < len(change.steps):
        _add_to_step(change.steps[index], record)


def _begun(name: str, record: Record) -> Change:
    plan = read_plan(record.get("plan") or {})
    return Change(
        name,
        float(record.get("time", 0.0)),
        str(record.get("who", "")),
        str(record.get("host", "")),
        int(record.get("pid", 0)),
        plan,
        tuple(StepRecord(step) for step in plan.steps),
        str(record.get("undoes", "")),
        tuple(int(one) for one in record.get("of", ())),
        bool(record.get("is_undo")),
    )


def _leave_out(changes: Mapping[str, Change], name: str) -> None:
    change = changes.get(name)
    if change is not None:
        change.plan = change.plan.told(SHOWN_TARGETS)
        change.steps = tuple(StepRecord(step) for step in change.plan.steps)


def _add_to_step(step: StepRecord, record: Record) -> None:
    match record.get("record"):
        case "intent":
            step.begun = True
        case "note":
            step.notes.append(cast(Mapping[str, Json], record.get("note") or {}))
        case "outcome":
            step.outcome = read_outcome(record)
            step.notes.clear()  # only what was cut off is found out by them
        case "backed":
            step.back = read_outcome(record)


def _mark_undone(changes: Mapping[str, Change], change: Change) -> None:
    """What was undone, or an undo that was undone, does not stand any more."""
    was = changes.get(change.undoes)
    if was is None:
        return
    for index, record in zip(change.of, change.steps, strict=False):
        if record.outcome is not None and record.outcome.done and index < len(was.steps):
            was.steps[index].undone.update(record.outcome.done)
            was.undone_by = change.id
