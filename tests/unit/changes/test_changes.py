"""Plans are carried out step by step, told truly, and undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtui.changes.changes import Changes
from mailtui.changes.plan import Missed
from mailtui.host.errors import HostError, PermissionDenied, UsageError
from tests.unit.changes.switches import Switches, plan_of, switch_on


@pytest.fixture
def switches(tmp_path: Path) -> Switches:
    return Switches(tmp_path / "switches")


@pytest.fixture
def changes(tmp_path: Path, switches: Switches) -> Changes:
    return Changes(tmp_path / "state", {"switch": switches}, who="tester")


def test_a_plan_is_carried_out_and_stands_in_the_journal(changes: Changes, switches: Switches) -> None:
    told: list[str] = []
    receipt = changes.apply(plan_of(switch_on("a", "b"), switch_on("c")), progress=told.append)
    assert (receipt.outcome, receipt.done, receipt.failed) == ("applied", ("a", "b", "c"), ())
    assert receipt.undo == f"mailtui undo {receipt.change}"
    assert told == ["switch on a, b", "switch on c"]
    (change,) = changes.changes()
    assert (change.id, change.who, change.state, change.done) == (receipt.change, "tester", "applied", ("a", "b", "c"))
    assert switches.on() == {"a", "b", "c"}


def test_what_is_so_already_is_skipped_and_stays_on_undo(changes: Changes, switches: Switches) -> None:
    changes.apply(plan_of(switch_on("a")))
    receipt = changes.apply(plan_of(switch_on("a", "b")))
    assert (receipt.outcome, receipt.done) == ("applied", ("b",))
    assert receipt.skipped == (Missed("a", "on already"),)
    changes.undo(receipt.change)
    assert switches.on() == {"a"}


def test_nothing_to_be_done_is_said(changes: Changes) -> None:
    changes.apply(plan_of(switch_on("a")))
    receipt = changes.apply(plan_of(switch_on("a")))
    assert (receipt.outcome, receipt.done) == ("nothing", ())
    with pytest.raises(UsageError, match="changed nothing"):
        changes.undo(receipt.change)


def test_the_first_step_that_fails_ends_it(changes: Changes, switches: Switches) -> None:
    receipt = changes.apply(plan_of(switch_on("a"), switch_on("b", "broken"), switch_on("c")))
    assert (receipt.outcome, receipt.done) == ("partly", ("a", "b"))
    assert receipt.failed == (Missed("broken", "it is broken"),)
    assert receipt.skipped == (Missed("c", "not reached"),)
    assert switches.on() == {"a", "b"}


def test_all_or_nothing_puts_everything_back(changes: Changes, switches: Switches) -> None:
    receipt = changes.apply(plan_of(switch_on("a"), switch_on("b", "broken"), whole=True))
    assert (receipt.outcome, receipt.done, switches.on()) == ("failed", (), set())
    assert Missed("a", "was done and put back") in receipt.skipped
    assert "changed nothing that stands" in receipt.undo


def test_what_cannot_be_put_back_is_told(changes: Changes, switches: Switches) -> None:
    receipt = changes.apply(plan_of(switch_on("a", reversible=False), switch_on("b", refuse=True), whole=True))
    assert (receipt.outcome, receipt.done, switches.on()) == ("partly", ("a",), {"a"})
    assert any("could not be put back" in missed.why for missed in receipt.failed)


def test_a_step_that_refuses_has_done_nothing(changes: Changes, switches: Switches) -> None:
    receipt = changes.apply(plan_of(switch_on("a", refuse=True)))
    assert (receipt.outcome, receipt.failed) == ("failed", (Missed("a", "the service is down; start it"),))
    assert switches.on() == set()


def test_an_action_that_breaks_midway_is_asked_what_it_did(changes: Changes, switches: Switches) -> None:
    receipt = changes.apply(plan_of(switch_on("a", "raises", "b")))
    assert (receipt.outcome, receipt.done) == ("partly", ("a", "raises"))
    assert receipt.failed == (Missed("b", "ValueError: a bug in the action"),)
    changes.undo(receipt.change)
    assert switches.on() == set()


def test_stopping_keeps_what_was_done_and_tells_the_rest(changes: Changes, switches: Switches) -> None:
    receipt = changes.apply(plan_of(switch_on("a", "b"), switch_on("c")), stop=lambda: "a" in switches.on())
    assert (receipt.outcome, receipt.done) == ("partly", ("a",))
    assert Missed("b", "stopped by the operator") in receipt.failed
    assert Missed("c", "not reached") in receipt.skipped


def test_stopping_what_is_all_or_nothing_puts_it_back(changes: Changes, switches: Switches) -> None:
    plan = plan_of(switch_on("a"), switch_on("b", "c"), whole=True)
    receipt = changes.apply(plan, stop=lambda: "b" in switches.on())
    assert (receipt.outcome, receipt.done, switches.on()) == ("failed", (), set())


def test_undo_is_stopped_between_steps(changes: Changes, switches: Switches) -> None:
    done = changes.apply(plan_of(switch_on("a"), switch_on("b", "c")))
    receipt = changes.undo(done.change, stop=lambda: "b" not in switches.on())
    assert (receipt.outcome, receipt.done, switches.on()) == ("partly", ("b", "c"), {"a"})
    assert changes.undo(done.change).done == ("a",)
    assert changes.change(done.change).state == "undone"


def test_that_nobody_listens_any_more_stops_nothing(changes: Changes, switches: Switches) -> None:
    def gone(_what: str) -> None:
        raise BrokenPipeError

    assert changes.apply(plan_of(switch_on("a"), switch_on("b")), progress=gone).outcome == "applied"
    assert switches.on() == {"a", "b"}


def test_undo_goes_backwards_and_can_be_undone(changes: Changes, switches: Switches) -> None:
    done = changes.apply(plan_of(switch_on("a"), switch_on("b")))
    plan = changes.undo_plan(done.change)
    assert (plan.title, [step.targets[0].name for step in plan.steps]) == ("Undo: Switch things on", ["b", "a"])
    undone = changes.undo(done.change)
    assert (undone.outcome, undone.done, switches.on()) == ("applied", ("b", "a"), set())
    assert changes.change(done.change).state == "undone"
    with pytest.raises(UsageError, match=f"undone by {undone.change}"):
        changes.undo(done.change)
    again = changes.undo(undone.change)
    assert (again.plan.title, again.done, switches.on()) == ("Switch things on", ("a", "b"), {"a", "b"})
    assert changes.change(undone.change).state == "undone"
    changes.undo(again.change)
    assert switches.on() == set()


def test_what_cannot_be_undone_says_why(changes: Changes) -> None:
    receipt = changes.apply(plan_of(switch_on("a", reversible=False)))
    with pytest.raises(UsageError, match="there is no undo"):
        changes.undo(receipt.change)


def test_read_only_refuses_with_the_reason(tmp_path: Path, switches: Switches) -> None:
    changes = Changes(tmp_path / "state", {"switch": switches}, read_only=True)
    with pytest.raises(PermissionDenied, match="read-only"):
        changes.apply(plan_of(switch_on("a")))
    with pytest.raises(PermissionDenied, match="read-only"):
        changes.undo("x")
    with pytest.raises(PermissionDenied, match="read-only"):
        changes.recover("x")
    assert (changes.changes(), switches.on()) == ((), set())
    assert not (tmp_path / "state").exists()


def test_an_action_nobody_knows_fails_and_does_nothing(tmp_path: Path) -> None:
    receipt = Changes(tmp_path / "state", {}).apply(plan_of(switch_on("a")))
    assert receipt.outcome == "failed"
    assert "no action 'switch'" in receipt.failed[0].why


def test_names_may_be_shortened(changes: Changes) -> None:
    receipt = changes.apply(plan_of(switch_on("a")))
    assert changes.change(receipt.change[:-1]).id == receipt.change
    changes.apply(plan_of(switch_on("b")))
    with pytest.raises(UsageError, match="several changes"):
        changes.change(receipt.change[:8])
    with pytest.raises(UsageError, match="no change"):
        changes.change("--help")
    with pytest.raises(UsageError, match="no change"):
        changes.change("")


def test_an_empty_plan_is_refused(changes: Changes) -> None:
    with pytest.raises(UsageError, match="nothing to do"):
        changes.apply(plan_of())


def test_another_console_waits_for_its_turn(tmp_path: Path, changes: Changes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.changes.journal.PATIENCE", 0.0)
    other = Changes(tmp_path / "state", {"switch": Switches(tmp_path / "switches")})
    seen: list[tuple[str, ...]] = []

    def meanwhile(_step: str) -> None:
        seen.append(tuple(change.state for change in other.changes()))
        with pytest.raises(HostError, match="another mailtui"):
            other.apply(plan_of(switch_on("b")))

    receipt = changes.apply(plan_of(switch_on("a")), progress=meanwhile)
    assert (receipt.outcome, seen, other.interrupted()) == ("applied", [("running",)], ())
