"""Nothing is done before the operator saw what, and said so; by keyboard."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from mailtui.changes.plan import Plan, Receipt
from mailtui.host.errors import HostError
from mailtui.screens.dialogs import PlanDialog, Proposal
from tests.screens.fake_changes import FakeChanges, hold_plan, map_plan
from tests.screens.test_console import text_of, until

HOSTILE = "\x1b]0;pwned\x07[red]bold[/][/x]"


class Host(App[None]):
    """Shows one dialog and remembers its answer."""

    CSS_PATH = "../../styles/app.tcss"

    next: Plan | None = None

    def __init__(self, plan: Plan, changes: FakeChanges) -> None:
        super().__init__()
        self.answers: list[Receipt | None] = []
        proposal = Proposal(
            plan, lambda progress, stop: changes.apply(plan, progress=progress, stop=stop), then=lambda: self.next
        )
        self.dialog = PlanDialog(proposal, changes)

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.answers.append)


@asynccontextmanager
async def asking(plan: Plan, changes: FakeChanges, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    app = Host(plan, changes)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot


def answers(pilot: Pilot[None]) -> list[Receipt | None]:
    assert isinstance(pilot.app, Host)
    return pilot.app.answers


async def test_enter_does_not_do_it() -> None:
    changes = FakeChanges()
    async with asking(hold_plan(), changes) as pilot:
        text = text_of(pilot)
        for part in ("Hold 3 messages", "3 targets", "4dXz2k2PqRz", "$ postsuper -h -", "risk:", "undo: release them"):
            assert part in text
        await pilot.press("enter")
        await until(pilot, lambda: answers(pilot) == [None])
    assert changes.done == []


@pytest.mark.parametrize("key", ["escape", "n", "q"])
async def test_no_is_no(key: str) -> None:
    changes = FakeChanges()
    async with asking(hold_plan(), changes) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: answers(pilot) == [None])
    assert changes.done == []


async def test_yes_does_it_tells_and_undoes_on_the_spot() -> None:
    changes = FakeChanges()
    async with asking(hold_plan(), changes) as pilot:
        await pilot.press("y")
        await until(pilot, lambda: "Done: 3" in text_of(pilot))
        assert "20260304-0009" in text_of(pilot)
        await pilot.press("y")  # a second yes does nothing more
        await pilot.press("u")
        await until(pilot, lambda: "Undo" in text_of(pilot) or "release them" in text_of(pilot))
        assert changes.done == [("apply", "Hold 3 messages")]
        await pilot.press("y")
        await until(pilot, lambda: len(changes.done) == 2)
        await until(pilot, lambda: "Done: 3" in text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: len(answers(pilot)) == 1)
        receipt = answers(pilot)[0]
        assert receipt is not None and receipt.plan.title == "Hold 3 messages"
    assert [verb for verb, _ in changes.done] == ["apply", "undo"]


async def test_many_are_confirmed_by_their_number() -> None:
    changes = FakeChanges()
    async with asking(hold_plan(197), changes) as pilot:
        assert "Type 197" in text_of(pilot)
        await pilot.press("y", *"19", "enter")
        await until(pilot, lambda: "That is not 197" in text_of(pilot))
        assert changes.done == []
        pilot.app.screen.query_one(Input).value = ""
        await pilot.press(*"197", "enter")
        await until(pilot, lambda: changes.done == [("apply", "Hold 197 messages")])


async def test_the_number_can_be_typed_at_once_and_escape_leaves_it() -> None:
    changes = FakeChanges()
    async with asking(hold_plan(2, reversible=False), changes) as pilot:
        assert "no undo: they are gone" in text_of(pilot)
        await pilot.press("2")
        assert pilot.app.screen.query_one(Input).value == "2"
        await pilot.press("escape")
        await until(pilot, lambda: answers(pilot) == [None])
    assert changes.done == []


async def test_no_digit_is_lost_however_quickly_they_are_typed() -> None:
    async with asking(hold_plan(123), FakeChanges()) as pilot:
        await pilot.press("1", "2", "3")
        assert pilot.app.screen.query_one(Input).value == "123"


async def test_a_diff_is_shown_and_strangers_cannot_paint() -> None:
    async with asking(map_plan(), FakeChanges()) as pilot:
        assert "-a@b c" in text_of(pilot) and "+a@b d" in text_of(pilot)
    async with asking(hold_plan(1, label=HOSTILE), FakeChanges()) as pilot:
        assert "␛]0;pwned␇[red]bold[/][/x]" in text_of(pilot)


async def test_a_long_plan_scrolls_and_its_answers_stay_in_sight() -> None:
    async with asking(hold_plan(60), FakeChanges()) as pilot:
        text = text_of(pilot)
        assert "y Do it" in text and "esc Cancel" in text and "$ postsuper -h -" in text and "40 more" not in text
        await pilot.press("pagedown", "pagedown", "down")
        await until(pilot, lambda: "and 40 more" in text_of(pilot))


async def test_escape_stops_between_two_targets() -> None:
    changes = FakeChanges(gate=threading.Event())
    async with asking(hold_plan(), changes) as pilot:
        await pilot.press("y")
        await until(pilot, lambda: "keep them from being delivered …" in text_of(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "Done in part: 1" in text_of(pilot))
        assert "failed 2" in text_of(pilot) and "stopped by the operator" in text_of(pilot)
    assert changes.done == []


async def test_what_could_not_be_begun_is_said() -> None:
    problem = HostError("there is no room left", unlock="free space")
    async with asking(hold_plan(), FakeChanges(problem=problem)) as pilot:
        await pilot.press("y")
        await until(pilot, lambda: "there is no room left; free space" in text_of(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: answers(pilot) == [None])


async def test_the_console_ends_only_after_the_change_did() -> None:
    changes = FakeChanges(gate=threading.Event())
    async with asking(hold_plan(), changes) as pilot:
        await pilot.press("y")
        await until(pilot, lambda: "keep them from being delivered …" in text_of(pilot))
        (thread,) = [thread for thread in threading.enumerate() if thread.name == "change"]
        assert not thread.daemon
    thread.join(5)
    assert not thread.is_alive() and changes.done == []


async def test_what_comes_next_is_offered_shown_as_a_plan_and_done_on_a_yes_alone() -> None:
    changes = FakeChanges()
    async with asking(map_plan(), changes) as pilot:
        assert isinstance(pilot.app, Host)
        pilot.app.next = hold_plan()
        await pilot.press("F")  # nothing was done yet: there is nothing after it
        assert "Hold 3 messages" not in text_of(pilot)
        await pilot.press("y")
        await until(pilot, lambda: "F next: Hold 3 messages" in text_of(pilot))
        await pilot.press("F")
        await until(pilot, lambda: "$ postsuper -h -" in text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: bool(answers(pilot)))
    assert [title for _, title in changes.done] == [map_plan().title]
    (first,) = answers(pilot)
    assert first is not None and first.plan.title == map_plan().title


async def test_where_nothing_comes_next_nothing_is_offered() -> None:
    async with asking(map_plan(), FakeChanges()) as pilot:
        await pilot.press("y")
        await until(pilot, lambda: "Done" in text_of(pilot))
        await pilot.press("F")
        assert "F next" not in text_of(pilot)
