"""A uidlist without the lines that Dovecot cannot read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.services.dovecot.index.uidlist_mended import mended

HEADER = b"3 V1795219075 N4 Gd3d774019318006b913d000083ecc375\n"
LINES = b"1 :1795.M1P1.vm,S=30,W=34\n2 W34 :1795.M2P1.vm\n3 :1795.M3P1.vm\n"


def without(data: bytes) -> bytes:
    """Mended, where no file tells what a damaged line meant."""
    return mended(data, [])


def test_a_sound_uidlist_stays_as_it_is() -> None:
    assert without(HEADER + LINES) == HEADER + LINES


@pytest.mark.parametrize("garbage", [b"garbage\n", b"\0\0\0\n", b"0 :file\n", b"4294967295 :file\n", b"9 K:\n", b"\n"])
def test_a_line_that_cannot_be_read_costs_only_itself(garbage: bytes) -> None:
    first, rest = LINES.split(b"\n", 1)
    assert without(HEADER + first + b"\n" + garbage + rest) == HEADER + LINES


def test_an_entry_that_was_appended_to_a_torn_line_is_told_apart() -> None:
    torn = HEADER + b"1 :1795.M1P1.vm\n2 :1795.M2P1.vm3 W3 :1795.M3P1.vm\n"
    names = [b"1795.M1P1.vm", b"1795.M2P1.vm", b"1795.M3P1.vm"]
    assert mended(torn, names) == HEADER + b"1 :1795.M1P1.vm\n2 :1795.M2P1.vm\n3 W3 :1795.M3P1.vm\n"
    assert mended(torn, names[:2]) == HEADER + b"1 :1795.M1P1.vm\n", "a name that is no file's proves nothing"


def test_a_torn_name_is_completed_where_only_one_file_begins_so() -> None:
    torn = HEADER + b"1 :1795.M1P1.vm\n2 :1795.M2P1."
    assert mended(torn, [b"1795.M1P1.vm", b"1795.M2P1.vm"]) == HEADER + b"1 :1795.M1P1.vm\n2 :1795.M2P1.vm\n"
    assert mended(torn, [b"1795.M2P1.vm", b"1795.M2P1.vn"]) == HEADER + b"1 :1795.M1P1.vm\n"


def test_lines_out_of_order_are_sorted_and_the_first_of_two_is_kept() -> None:
    result = without(HEADER + b"3 :c\n1 :a\n1 :b\n2 :c\n")
    assert result == HEADER + b"1 :a\n3 :c\n"


def test_the_next_uid_is_above_every_uid() -> None:
    assert without(HEADER + b"70 :a\n").startswith(b"3 V1795219075 N71 G")


def test_without_a_header_nothing_is_guessed() -> None:
    with pytest.raises(ValueError, match="header"):
        without(b"garbage\n" + LINES)


@given(st.binary(max_size=300))
def test_every_line_that_was_sound_survives_any_garbage_between(garbage: bytes) -> None:
    extra = b"x" + garbage.replace(b"\n", b"\nx") + b"\n"
    assert without(HEADER + LINES + extra) == HEADER + LINES
