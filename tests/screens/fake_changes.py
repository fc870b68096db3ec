"""Changes that were made, and one that makes what it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mailtui.changes.history import Change
from mailtui.changes.plan import Missed, Outcome, Plan, Receipt, Step, Target
from mailtui.changes.running import Progress, Stop
from mailtui.changes.step_record import StepRecord
from mailtui.changes.undoing import undo_plan
from mailtui.host.errors import HostError, MailtuiError


def hold_plan(count: int = 3, *, label: str = "", reversible: bool = True) -> Plan:
    """Hold so many messages."""
    targets = tuple(
        Target(f"4dXz{n}k2PqRz", {"size": n}, label or f"4dXz{n}k2PqRz <news@shop.example> 1h 4 kB")
        for n in range(count)
    )
    step = Step(
        "queue-hold",
        {},
        "keep them from being delivered",
        (("postsuper", "-h", "-"),),
        targets=targets,
        risk="their senders are not told",
        undo="release them" if reversible else "they are gone",
        reversible=reversible,
        undo_commands=(("postsuper", "-H", "-"),),
    )
    return Plan(f"Hold {count} messages", (step,))


def map_plan() -> Plan:
    """Two steps, one with a diff."""
    diff = "--- /etc/postfix/virtual\n+++ /etc/postfix/virtual\n@@ -1 +1 @@\n-a@b c\n+a@b d"
    target = Target("/etc/postfix/virtual", {}, "/etc/postfix/virtual")
    replace = Step("file-replace", {}, "mail for a@b goes to d", diff=diff, undo="it is put back", targets=(target,))
    return Plan("Set a@b in virtual", (replace, Step("map-build", {}, "build", (("postmap", "virtual"),))), True)


def change(name: str, time: float, plan: Plan, *outcomes: Outcome, ended: bool = True, who: str = "anna") -> Change:
    """One that was made."""
    steps = tuple(StepRecord(step) for step in plan.steps)
    for record, outcome in zip(steps, outcomes, strict=False):
        record.begun, record.outcome = True, outcome
    return Change(name, time, who, "mx1", 811, plan, steps, ended=time + 1 if ended else None)


def history(now: float) -> tuple[Change, ...]:
    """One that stands, one of which a part failed, one that was cut off, and one with a hostile title."""
    names = tuple(target.name for target in hold_plan().targets)
    hostile = Plan("\x1b]0;pwned\x07[red]bold[/][/x]", hold_plan(1).steps)
    return (
        change("20260304-0004", now - 60, hold_plan(), Outcome(names)),
        change("20260304-0003", now - 600, hold_plan(), Outcome(names[:1], (), (Missed(names[1], "it is gone"),))),
        change("20260304-0002", now - 7200, map_plan(), ended=False, who="root"),
        change("20260303-0001", now - 90000, hostile, Outcome(names[:1])),
    )


@dataclass
class FakeChanges:
    """Does what it is asked for, or raises ``problem``; ``gate`` keeps it from coming to an end."""

    found: tuple[Change, ...] = ()
    problem: MailtuiError | None = None
    why_not: str = ""
    gate: threading.Event | None = None
    done: list[tuple[str, str]] = field(default_factory=list)

    def apply(self, plan: Plan, *, progress: Progress | None = None, stop: Stop | None = None) -> Receipt:
        return self._do("apply", plan, progress, stop)

    def undo(self, change_id: str, *, progress: Progress | None = None, stop: Stop | None = None) -> Receipt:
        return self._do("undo", self.undo_plan(change_id), progress, stop)

    def undo_plan(self, change_id: str) -> Plan:
        found = next((one for one in self.found if one.id == change_id), None)
        return undo_plan(found)[0] if found else hold_plan()

    def recover(self, change_id: str, *, progress: Progress | None = None) -> Receipt:
        self.found = tuple(one for one in self.found if one.id != change_id)
        return self._do("recover", map_plan(), progress, None)

    def latest(self, most: int) -> Sequence[Change]:
        if self.problem is not None:
            raise self.problem
        return self.found[:most]

    def change(self, change_id: str) -> Change:
        return next((one for one in self.found if one.id == change_id), None) or change(change_id, 0.0, hold_plan())

    def _do(self, verb: str, plan: Plan, progress: Progress | None, stop: Stop | None) -> Receipt:
        if self.problem is not None:
            raise self.problem
        if progress:
            progress(plan.steps[0].why)
        names = [target.name for target in plan.targets]
        if self.gate is not None:
            _wait(self.gate, stop or (lambda: False))
            if stop and stop():
                missed = tuple(Missed(name, "stopped by the operator") for name in names[1:])
                undo = "mailtui undo 20260304-0009"
                return Receipt("20260304-0009", plan, "partly", tuple(names[:1]), failed=missed, undo=undo)
        self.done.append((verb, plan.title))
        return Receipt("20260304-0009", plan, "applied", tuple(names), undo="mailtui undo 20260304-0009")


def _wait(gate: threading.Event, stop: Callable[[], bool]) -> None:
    for _ in range(1000):
        if stop() or gate.wait(0.01):
            return
    raise HostError("the test forgot to open the gate")
