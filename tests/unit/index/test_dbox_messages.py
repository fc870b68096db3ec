"""Files of dbox messages: whole ones have no flaw, whatever else is in their place has one, and nothing is followed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtui.services.dovecot.index import dbox_file
from mailtui.services.dovecot.index.dbox_messages import Place, of_mdbox, of_sdbox

FIRST_LINE = b"2 M1e C6b017d2a\n"
TEXT = b"Subject: one\n\ntext\n"
METADATA = b"\n\x01\x03\nR6b017d2a\nG6f0d0b2a\n\n"


def message(text: bytes = TEXT, size: int | None = None) -> bytes:
    """As Dovecot writes it."""
    shown = b"%016X" % (len(text) if size is None else size)
    return b"\x01\x02N" + b" " * 10 + shown + b"\n" + text + METADATA


WHOLE = FIRST_LINE + message() + message(b"Subject: two\n\n")
PLACES = (
    Place(len(FIRST_LINE), len(message())),
    Place(len(FIRST_LINE) + len(message()), len(message(b"Subject: two\n\n"))),
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[int]:
    fd = os.open(tmp_path, os.O_RDONLY)
    yield fd
    os.close(fd)


def test_whole_files_have_no_flaw(folder: int, tmp_path: Path) -> None:
    (tmp_path / "u.1").write_bytes(FIRST_LINE + message())
    (tmp_path / "m.1").write_bytes(WHOLE)
    assert of_sdbox([folder], 1, thorough=True) is None
    assert of_mdbox([folder], 1, PLACES, thorough=True) is None


def test_a_file_may_be_in_the_second_storage(folder: int, tmp_path: Path) -> None:
    (tmp_path / "alt").mkdir()
    (tmp_path / "alt/m.1").write_bytes(WHOLE)
    second = os.open(tmp_path / "alt", os.O_RDONLY)
    try:
        assert of_mdbox([folder, second], 1, PLACES, thorough=True) is None
        found = of_mdbox([folder], 1, PLACES, thorough=True)
        assert found is not None and (found.kind, found.says) == ("dbox.lost", "2 messages were in it")
    finally:
        os.close(second)


HARMS: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.write_bytes(b""), "dbox.empty"),
    "a link": (lambda path: path.symlink_to("/etc/passwd"), "dbox.misplaced"),
    "a FIFO": (os.mkfifo, "dbox.misplaced"),
    "a folder": (Path.mkdir, "dbox.misplaced"),
    "noise": (lambda path: path.write_bytes(b"\xff" * len(WHOLE)), "dbox.header"),
    "zeros": (lambda path: path.write_bytes(bytes(len(WHOLE))), "dbox.header"),
    "version 1": (lambda path: path.write_bytes(b"1" + WHOLE[1:]), "dbox.header"),
    "headers of 4 GB": (lambda path: path.write_bytes(WHOLE.replace(b"M1e", b"Mfffffff0")), "dbox.header"),
    "headers too small": (lambda path: path.write_bytes(WHOLE.replace(b"M1e", b"M1d")), "dbox.header"),
    "no magic": (lambda path: path.write_bytes(WHOLE.replace(b"\x01\x02N", b"XXX")), "dbox.message"),
    "another size": (lambda path: path.write_bytes(FIRST_LINE + message(size=5)), "dbox.message"),
    "a negative size": (
        lambda path: path.write_bytes(WHOLE.replace(b"%016X" % len(TEXT), b"-000000000000001")),
        "dbox.message",
    ),
}


@pytest.mark.parametrize("harm", HARMS)
def test_what_is_damaged_has_a_flaw(folder: int, tmp_path: Path, harm: str) -> None:
    make, kind = HARMS[harm]
    make(tmp_path / "m.7")
    make(tmp_path / "u.7")
    of_one = of_sdbox([folder], 7, thorough=True)
    of_many = of_mdbox([folder], 7, PLACES[:1], thorough=True)
    assert of_one is not None and of_one.kind == kind
    assert of_many is not None and of_many.kind == kind


def test_a_file_that_was_cut_is_too_short(folder: int, tmp_path: Path) -> None:
    (tmp_path / "u.1").write_bytes((FIRST_LINE + message())[:60])
    (tmp_path / "m.1").write_bytes(WHOLE[:-10])
    of_one, of_many = of_sdbox([folder], 1, thorough=True), of_mdbox([folder], 1, PLACES, thorough=False)
    assert of_one is not None and of_one.kind == "dbox.short"
    assert of_many is not None and of_many.says.startswith("1 of 2 messages end beyond")


def test_without_need_no_message_is_read(folder: int, tmp_path: Path) -> None:
    (tmp_path / "u.1").write_bytes(b"noise")
    (tmp_path / "m.1").write_bytes(FIRST_LINE + bytes(len(WHOLE)))
    assert of_sdbox([folder], 1, thorough=False) is None
    assert of_mdbox([folder], 1, PLACES, thorough=False) is None


@settings(max_examples=200)
@given(st.binary(max_size=200), st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)), max_size=3))
def test_hostile_files_raise_nothing(tail: bytes, places: list[tuple[int, int]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name, "m.1").write_bytes(FIRST_LINE + tail)
        Path(name, "u.1").write_bytes(FIRST_LINE + tail)
        fd = os.open(name, os.O_RDONLY)
        try:
            of_sdbox([fd], 1, thorough=True)
            of_mdbox([fd], 1, [Place(*place) for place in places], thorough=True)
        finally:
            os.close(fd)


@given(st.binary(max_size=80))
def test_hostile_headers_raise_nothing(data: bytes) -> None:
    header = dbox_file.file_header(data)
    size = dbox_file.message_size(data)
    assert header is None or header.message_header_size <= 4096
    assert size is None or 0 <= size < 2**64
