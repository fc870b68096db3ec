"""An action to test with: it switches names on, each a file in a folder, as Postfix holds messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from mailtui.changes.plan import Json, Missed, Note, Outcome, Plan, Step, Target
from mailtui.host.errors import HostError


class Switches:
    """Switching on is creating the file; what is on already is skipped, what is named ``broken`` fails."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def on(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}

    def apply(self, step: Step, note: Note) -> Outcome:
        if step.arguments.get("refuse"):
            raise HostError("the service is down", unlock="start it")
        done, skipped, failed = [], [], []
        for target in step.targets:
            path = self.folder / target.name
            if path.exists():
                skipped.append(Missed(target.name, "on already"))
            elif target.name == "broken":
                failed.append(Missed(target.name, "it is broken"))
            else:
                note({"switching": target.name})
                path.touch()
                done.append(target.name)
                if target.name == "raises":
                    raise ValueError("a bug in the action")
        return Outcome(tuple(done), tuple(skipped), tuple(failed))

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        note({"switching off": list(outcome.done)})
        for name in outcome.done:
            (self.folder / name).unlink(missing_ok=True)
        return Outcome(outcome.done)

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        noted = [str(note["switching"]) for note in notes]
        return Outcome(tuple(name for name in noted if (self.folder / name).exists()))


def switch_on(*names: str, refuse: bool = False, reversible: bool = True) -> Step:
    targets = tuple(Target(name, {"size": 1}, name) for name in names)
    return Step("switch", {"refuse": refuse}, f"switch on {', '.join(names)}", targets=targets, reversible=reversible)


def plan_of(*steps: Step, whole: bool = False) -> Plan:
    return Plan("Switch things on", steps, all_or_nothing=whole)
