"""The garbage collector rests while asked to, and never for good."""

from __future__ import annotations

import gc

import pytest

from mailtui.host.collector import collector_resting, set_aside, take_back


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


def test_what_is_set_aside_is_taken_back() -> None:
    set_aside()
    assert gc.get_freeze_count() > 0
    take_back()
    assert gc.get_freeze_count() == 0
