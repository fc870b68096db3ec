"""Plan, Step, Outcome, Receipt: a change of the machine as values that are shown before it and told after it.

A step carries no function: what it does is named by ``action`` and ``arguments``, both of which stand in the journal,
so that another process, after a crash or a week later, can finish the story or undo it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
Ending = Literal["applied", "partly", "failed", "nothing"]

BULK = 100
"""From this many targets on a plan asks for their number to be typed."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing a step touches, bound to what it was when the plan was made."""

    name: str
    """Queue ID, file name, user, …"""
    identity: Mapping[str, Json]
    """What must still be so just before it is touched: arrival time, sender and size; a file's SHA-256."""
    label: str = ""
    """How a dialog names it; cleaned text."""


@dataclass(frozen=True, slots=True)
class Step:
    """One action of a plan."""

    action: str
    """Name under which the action is registered."""
    arguments: Mapping[str, Json]
    """All that the action needs, to undo it too; no secrets."""
    why: str
    """What it is for, one line."""
    commands: tuple[tuple[str, ...], ...] = ()
    """The exact commands, as argv."""
    diff: str = ""
    """Unified diff, where it changes a file."""
    risk: str = ""
    undo: str = ""
    """How it is undone or, where ``reversible`` is false, why it cannot be."""
    reversible: bool = True
    targets: tuple[Target, ...] = ()
    undo_commands: tuple[tuple[str, ...], ...] = ()
    """The exact commands of undoing it, where they are known beforehand."""
    content: bytes | None = field(default=None, repr=False)
    """What it writes where that is too large or too secret for the journal; only until it is done."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done, in this order; the first step that fails ends it."""

    title: str
    steps: tuple[Step, ...]
    all_or_nothing: bool = False
    """Whether, when a step fails, everything done before it is undone in reverse order."""
    until: float | None = None
    """When it is to be undone by itself, by whichever mailtui runs then; None for a change that stays."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """Every target of every step, each name once."""
        return tuple({target.name: target for step in self.steps for target in step.targets}.values())

    @property
    def reversible(self) -> bool:
        """Whether all of it can be undone."""
        return all(step.reversible for step in self.steps)

    def told(self, named: int) -> Plan:
        """All that people are told of it where ``named`` targets of a step are named; not to be carried out or undone.

        What verifies a target is left out, and beyond those named its label: a tenth of the memory.
        """
        return replace(self, steps=tuple(replace(step, targets=_told(step.targets, named)) for step in self.steps))

    @property
    def must_be_typed(self) -> bool:
        """Whether an operator confirms by typing the number of targets instead of one key."""
        count = len(self.targets)
        return count >= BULK or (count > 1 and not self.reversible)


def _told(targets: tuple[Target, ...], named: int) -> tuple[Target, ...]:
    return tuple(Target(one.name, {}, one.label if at < named else "") for at, one in enumerate(targets))


@dataclass(frozen=True, slots=True)
class Missed:
    """A target that was not changed, and why."""

    target: str
    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one step."""

    done: tuple[str, ...] = ()
    skipped: tuple[Missed, ...] = ()
    """Gone, changed or already so: nothing had to be or could rightly be done."""
    failed: tuple[Missed, ...] = ()
    memory: Mapping[str, Json] = field(default_factory=dict)
    """What undoing needs beyond the step's arguments, such as where a copy lies."""
    now: Mapping[str, str] = field(default_factory=dict)
    """What those in ``done`` are called from now on that have another name by it, such as mail that was put back."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a plan."""

    change: str
    """The journal's name for it, as ``mailtui undo`` takes it."""
    plan: Plan
    outcome: Ending
    done: tuple[str, ...] = ()
    skipped: tuple[Missed, ...] = ()
    failed: tuple[Missed, ...] = ()
    now: Mapping[str, str] = field(default_factory=dict)
    """See ``Outcome.now``."""
    undo: str = ""
    """The command that undoes it, or the sentence that says why there is none."""


Note = Callable[[Mapping[str, Json]], None]
"""Writes what is about to be done, or was done, to the journal and returns when it is on disk.

Raises MailtuiError when that is impossible or when the operator wants to stop: then nothing more may be touched.
"""


class Action(Protocol):
    """One kind of step. ``apply`` verifies each target's identity itself, just before touching it."""

    def apply(self, step: Step, note: Note) -> Outcome:
        """Do it, with a ``note`` before each part that a crash may cut in two; what is gone or changed is skipped.

        Whatever it raises after its first note makes ``recover`` find out what was done; before that, nothing was.
        """

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """Put back what ``apply`` did to ``outcome.done``; what changed meanwhile is skipped, never overwritten.

        After a crash inside it, it is called again.
        """

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """After a crash inside ``apply``: what was really done, by ``notes`` and by looking at the machine."""
