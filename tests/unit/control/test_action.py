"""What becomes of a service that does not come back, and of a plan that was killed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from mailtui.changes.plan import Json, Step
from mailtui.host.errors import HostError, ToolFailed
from mailtui.services.control.action import NAME, ServiceControl
from mailtui.services.control.verbs import Verb

STEP = Step(NAME, {"service": "postfix", "verb": "restart"}, "restart it")


@dataclass
class _Deeds:
    now: str = "up"
    broken: bool = False
    lost: bool = False
    done: list[tuple[str, Verb]] = field(default_factory=list)

    def test(self, name: str, verb: Verb) -> None:
        if self.broken:
            raise ToolFailed(["postfix", "check"], 1, "fatal: main.cf")

    def carry_out(self, name: str, verb: Verb) -> None:
        self.done.append((name, verb))
        if self.lost:
            raise HostError("postfix does not run", unlock="its log says why")

    def state(self, name: str) -> str:
        return self.now


def _noted() -> tuple[list[Mapping[str, Json]], object]:
    notes: list[Mapping[str, Json]] = []
    return notes, notes.append


def test_a_broken_configuration_ends_it_before_anything_is_noted() -> None:
    deeds, (notes, note) = _Deeds(broken=True), _noted()
    with pytest.raises(ToolFailed):
        ServiceControl(deeds).apply(STEP, note)  # type: ignore[arg-type]
    assert not notes and not deeds.done


def test_a_service_that_does_not_come_back_has_failed() -> None:
    deeds, (notes, note) = _Deeds(lost=True), _noted()
    outcome = ServiceControl(deeds).apply(STEP, note)  # type: ignore[arg-type]
    assert not outcome.done
    assert [(one.target, one.why) for one in outcome.failed] == [("postfix", "postfix does not run; its log says why")]
    assert notes == [{"service": "postfix", "verb": "restart"}]


@pytest.mark.parametrize(("now", "done"), [("up", []), ("unknown", []), ("down", [("postfix", "start")])])
def test_what_was_killed_between_stop_and_start_is_started(now: str, done: list[tuple[str, Verb]]) -> None:
    deeds = _Deeds(now)
    outcome = ServiceControl(deeds).recover(STEP, ())  # type: ignore[arg-type]
    assert outcome.done == ("restart postfix",) or outcome.done == ("start postfix",)
    assert deeds.done == done
