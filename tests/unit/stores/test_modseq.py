"""Counting modifications in a log; that the sums are Dovecot's is shown in the lab."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.services.dovecot.index import log_file, log_layout
from mailtui.services.dovecot.index.modseq import highest

EXTERNAL = log_layout.EXTERNAL
INTRO = struct.pack("<IIIIIHH", 0xFFFFFFFF, 0, 16, 8, 8, 1, 6) + b"modseq\0\0"


def log(*records: tuple[int, bytes], initial: int = 5, minor: int = 3) -> bytes:
    header = struct.pack("<BBHIIIIIQB3xI", 1, minor, 40, 7, 2, 0, 0, 7, initial, 1, 0)
    return header + b"".join(_size(len(body) + 8) + struct.pack("<I", kind) + body for kind, body in records)


def _size(size: int) -> bytes:
    """Seven bits a byte, the top one always set, in units of four."""
    units = size >> 2
    return bytes(0x80 | units >> shift & 0x7F for shift in (21, 14, 7, 0))


def flags(add: int, shown: int = 0) -> tuple[int, bytes]:
    return log_layout.FLAGS | EXTERNAL, struct.pack("<IIBBBB", 1, 1, add, 0, shown, 0)


@pytest.mark.parametrize(
    ("record", "more"),
    [
        ((log_layout.APPEND | EXTERNAL, b"\1\0\0\0\0\0\0\0"), 1),
        (flags(0x08), 1),
        (flags(0x40), 0),
        (flags(0x40, shown=1), 1),
        ((log_layout.EXPUNGE, bytes(8)), 0),
        ((log_layout.EXPUNGE | EXTERNAL, bytes(8)), 1),
        ((0x8000 | EXTERNAL, struct.pack("<III", 1, 100, 0)), 95),
        ((0x8000 | EXTERNAL, struct.pack("<III", 1, 2, 0)), 0),
        ((log_layout.HEADER_UPDATE | EXTERNAL, bytes(8)), 0),
    ],
)
def test_what_increases_it(record: tuple[int, bytes], more: int) -> None:
    found = log_file.parse(log(record))
    assert not found.flaws
    assert highest(found) == 5 + more


def test_before_2_3_a_flag_of_dovecots_own_counted_too() -> None:
    assert highest(log_file.parse(log(flags(0x40), minor=2))) == 6


def test_nothing_is_counted_before_counting_was_asked_for() -> None:
    append = (log_layout.APPEND | EXTERNAL, b"\1\0\0\0\0\0\0\0")
    assert highest(log_file.parse(log(append, initial=0))) is None
    assert highest(log_file.parse(log(append, (0x40 | EXTERNAL, INTRO), append, initial=0))) == 2


@given(st.binary(max_size=400), st.booleans())
def test_no_log_makes_it_fail(data: bytes, with_header: bool) -> None:
    found = log_file.parse((log() if with_header else b"") + data)
    modseq = highest(found)
    assert modseq is None or modseq > 0
