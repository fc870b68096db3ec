"""Live traffic keeps its pace, whatever a single thing takes."""

from __future__ import annotations

from mailtui.lab.traffic.driver import Schedule


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_whoever_asks_next_gets_the_next_moment_though_nobody_has_finished() -> None:
    schedule = Schedule(60.0, Clock())
    assert [schedule.take() for _ in range(3)] == [0.0, 1.0, 2.0]


def test_what_was_missed_is_made_up_for_and_the_pace_goes_on() -> None:
    clock = Clock()
    schedule = Schedule(60.0, clock)
    schedule.take()
    clock.now += 3.5
    assert [schedule.take() for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


def test_a_server_that_stood_still_for_long_is_not_flooded_afterwards() -> None:
    clock = Clock()
    schedule = Schedule(60.0, clock)
    clock.now += 3600.0
    late = [schedule.take() for _ in range(20)].count(0.0)
    assert late == 6
