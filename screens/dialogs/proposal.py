"""What the plan dialog asks about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mailtui.changes.plan import Plan, Receipt
from mailtui.changes.running import Progress, Stop
from mailtui.changes.telling import Line, plan_lines
from mailtui.screens.ports import ChangesPort

Then = Callable[[], Plan | None]
Deed = Callable[[Progress, Stop], Receipt]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan, and what carries it out."""

    plan: Plan
    deed: Deed
    lead: str = ""
    """What is done instead, where that is not simply the plan."""
    then: Then | None = None
    """What may be done after it, such as trying the mail that waited; None where nothing is left to do."""

    @classmethod
    def of(cls, plan: Plan, changes: ChangesPort, then: Then | None = None) -> Proposal:
        """To carry ``plan`` out."""
        return cls(plan, lambda progress, stop: changes.apply(plan, progress=progress, stop=stop), then=then)

    @property
    def must_be_typed(self) -> bool:
        """Whether the operator must type how many it hits."""
        return self.plan.must_be_typed and not self.lead

    def lines(self) -> Iterator[Line]:
        """What the operator reads before saying yes."""
        if self.lead:
            yield Line("risk", self.lead)
        yield from plan_lines(self.plan)
