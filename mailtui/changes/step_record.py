"""One step of a change, as far as it got, out of the journal's records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailtui.changes.plan import Json, Missed, Outcome, Step


@dataclass(slots=True)
class StepRecord:
    """One step, as far as it got."""

    step: Step
    begun: bool = False
    notes: list[Mapping[str, Json]] = field(default_factory=list)
    outcome: Outcome | None = None
    back: Outcome | None = None
    """What undoing it brought, when a later step failed."""
    undone: set[str] = field(default_factory=set)
    """Names that later changes undid."""

    @property
    def standing(self) -> tuple[str, ...]:
        """Names that are changed and not put back."""
        return tuple([name for name in self.kept if name not in self.undone])

    @property
    def kept(self) -> tuple[str, ...]:
        """Names the change itself left done, whatever later changes did."""
        if self.outcome is None:
            return ()
        if self.back is None:
            return self.outcome.done
        back = set(self.back.done)
        return tuple(name for name in self.outcome.done if name not in back)

    @property
    def skipped(self) -> tuple[Missed, ...]:
        """What was not touched, or was put back."""
        if self.outcome is None:
            names = [target.label or target.name for target in self.step.targets] or [self.step.why]
            return tuple(Missed(name, "not reached") for name in names)
        back = self.back.done if self.back else ()
        return (*self.outcome.skipped, *(Missed(name, "was done and put back") for name in back))

    @property
    def failed(self) -> tuple[Missed, ...]:
        """What did not work, in doing it or in putting it back."""
        failed = self.outcome.failed if self.outcome else ()
        if self.back is None:
            return failed
        missed = (*self.back.skipped, *self.back.failed)
        return (*failed, *(Missed(one.target, f"could not be put back: {one.why}") for one in missed))
