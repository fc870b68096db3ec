"""Events of several logs in one order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailtui.maillog.model import Event
from mailtui.services.logs.merge import merge

TIMES = st.one_of(st.none(), st.floats(0, 100))


def event(source: str, offset: int, time: float | None) -> Event:
    return Event(source, offset, time, "h", "p", "", "", "", None, "info", "", "unknown", {}, "")


def log(source: str, *times: float | None) -> list[Event]:
    return [event(source, offset, time) for offset, time in enumerate(times)]


def test_events_come_by_time() -> None:
    merged = merge(log("a", 1, 4, 5), log("b", 2, 3, 6))
    assert [e.time for e in merged] == [1, 2, 3, 4, 5, 6]


def test_lines_of_the_same_time_keep_the_order_of_the_logs() -> None:
    assert [e.source for e in merge(log("a", 1, 1), log("b", 1))] == ["a", "a", "b"]


def test_a_line_without_time_stays_behind_its_predecessor() -> None:
    merged = [(e.source, e.offset) for e in merge(log("a", 1, None, 9), log("b", 5))]
    assert merged == [("a", 0), ("a", 1), ("b", 0), ("a", 2)]


@given(st.lists(st.lists(TIMES)))
def test_every_log_keeps_its_own_order_and_nothing_is_lost(logs: list[list[float | None]]) -> None:
    merged = list(merge(*(log(str(n), *times) for n, times in enumerate(logs))))
    for number, times in enumerate(logs):
        assert [e.time for e in merged if e.source == str(number)] == times
