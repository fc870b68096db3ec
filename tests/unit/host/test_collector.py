"""The garbage collector rests while asked to, and works while nobody waits."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from mailtui.host import collector
from mailtui.host.collector import QuietCollector, collector_resting


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """Leave the collector of the other tests alone."""
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Ring:
    """Garbage that counting references does not find."""

    def __init__(self) -> None:
        self.itself = self


def test_it_rests_and_works_again_even_after_an_error() -> None:
    with pytest.raises(KeyError), collector_resting():
        assert not gc.isenabled()
        raise KeyError
    assert gc.isenabled()


def test_one_inside_another_ends_with_the_outer() -> None:
    with collector_resting():
        with collector_resting():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_garbage_waits_for_a_quiet_moment_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(collector, "time", clock)
    quiet = QuietCollector()
    ring = Ring()
    quiet.begin()
    gone = weakref.ref(ring)
    del ring
    clock.now += 20
    assert not quiet.look()  # too soon after the start
    clock.now += 20
    quiet.key()
    assert not quiet.look() and gone() is not None
    clock.now += 6
    assert quiet.look() and gone() is None
    for _ in range(11):
        clock.now += 4
        quiet.key()
        clock.now += 1
        assert not quiet.look()
    clock.now += 4
    quiet.key()
    clock.now += 1
    assert quiet.look()


def test_memory_is_given_back_after_each_collection(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, given = Clock(), []
    monkeypatch.setattr(collector, "time", clock)
    monkeypatch.setattr(collector, "give_back", lambda: given.append(clock.now))
    quiet = QuietCollector()
    quiet.begin()
    clock.now += 3
    assert not quiet.look() and not given
    clock.now += 2
    assert not quiet.look() and given == [clock.now]
    clock.now += 60
    assert quiet.look() and given[1:] == [clock.now]


def test_what_is_new_is_collected_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(collector, "time", clock)
    quiet = QuietCollector()
    quiet.begin()
    gone = weakref.ref(Ring())
    clock.now += 4
    quiet.key()
    assert not quiet.look() and gone() is not None
    clock.now += 1
    assert not quiet.look() and gone() is None


def test_it_leaves_other_programs_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(collector, "time", clock)
    quiet = QuietCollector()
    clock.now += 3600
    assert not quiet.look() and gc.get_freeze_count() == 0


def test_nothing_is_collected_in_full_by_itself() -> None:
    QuietCollector().begin()
    before = gc.get_stats()[2]["collections"]
    kept = [Ring() for _ in range(100_000)]
    assert kept and gc.get_stats()[2]["collections"] == before
