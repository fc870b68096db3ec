"""Plans and receipts in lines for people, the same on the command line and in the console; all text is cleaned."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from mailtui.changes.plan import Missed, Plan, Receipt, Step
from mailtui.text import clean, clean_lines, local

Kind = Literal[
    "target", "step", "command", "context", "added", "removed", "hunk", "risk", "undo", "good", "fair", "bad"
]

SHOWN_TARGETS = 20
"""So many are named; the rest is counted."""
SHOWN_DIFF = 400
"""Lines of a diff."""
_DIFF_KINDS: dict[str, Kind] = {"+": "added", "-": "removed", "@": "hunk"}
_ENDINGS: dict[str, tuple[Kind, str]] = {
    "applied": ("good", "Done"),
    "partly": ("fair", "Done in part"),
    "failed": ("bad", "Failed: nothing is changed"),
    "nothing": ("fair", "Nothing was done"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and what it is."""

    kind: Kind
    text: str


def plan_lines(plan: Plan) -> Iterator[Line]:
    """With which commands, at what risk, with which way back, and to whom."""
    for number, step in enumerate(plan.steps, 1):
        yield Line("step", f"{number}. {clean(step.why)}" if len(plan.steps) > 1 else clean(step.why))
        yield from _step_lines(step)
    if plan.all_or_nothing and len(plan.steps) > 1:
        yield Line("undo", "when a step fails, those before it are undone")
    if plan.until is not None:
        yield Line("undo", f"it is undone by itself at {local(plan.until)}, by whichever mailtui runs then")
    targets = plan.targets
    if targets:
        yield Line("step", f"this touches {len(targets):,}:" if len(targets) > 1 else "this touches:")
    for target in targets[:SHOWN_TARGETS]:
        yield Line("target", clean(target.label or target.name))
    if len(targets) > SHOWN_TARGETS:
        yield Line("target", f"and {len(targets) - SHOWN_TARGETS:,} more")


def _step_lines(step: Step) -> Iterator[Line]:
    for argv in step.commands:
        yield Line("command", f"$ {command_text(argv)}")
    diff = clean_lines(step.diff).splitlines()
    for row in diff[:SHOWN_DIFF]:
        yield Line(_DIFF_KINDS.get(row[:1], "context"), row)
    if len(diff) > SHOWN_DIFF:
        yield Line("context", f"… {len(diff) - SHOWN_DIFF:,} lines more")
    if step.risk:
        yield Line("risk", f"risk: {clean(step.risk)}")
    if not step.reversible:
        yield Line("risk", f"no undo: {clean(step.undo)}" if step.undo else "it cannot be undone")
    elif step.undo:
        yield Line("undo", f"undo: {clean(step.undo)}")


def receipt_lines(receipt: Receipt) -> Iterator[Line]:
    """What became of it."""
    kind, word = _ENDINGS[receipt.outcome]
    done = [f"{name}, now {receipt.now[name]}" if name in receipt.now else name for name in receipt.done]
    yield Line(kind, f"{word}: {counted_names(done)}" if done else word)
    for title, missed, kind in (("skipped", receipt.skipped, "fair"), ("failed", receipt.failed, "bad")):
        for why, names in _by_reason(missed).items():
            yield Line(kind, f"{title} {counted_names(names)}: {clean(why)}")
    yield Line("undo", f"undo: {clean(receipt.undo)}")


def counted_names(names: Sequence[str]) -> str:
    """How many and, as far as there is room, which."""
    more = ", …" if len(names) > SHOWN_TARGETS else ""
    return f"{len(names):,} ({', '.join(map(clean, names[:SHOWN_TARGETS]))}{more})"


def _by_reason(missed: Sequence[Missed]) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for one in missed:
        reasons.setdefault(one.why, []).append(one.target)
    return reasons


def command_text(argv: Sequence[str]) -> str:
    """``argv`` as one would type it."""
    return clean(shlex.join(argv))
