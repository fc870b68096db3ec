"""What extensions keep in an index, out of snapshot and log."""

from __future__ import annotations

import struct
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mailtui.host.folders import opened_folder
from mailtui.services.dovecot.index import log_layout as log
from mailtui.services.dovecot.index.extension import Kept, kept
from mailtui.services.dovecot.index.set_reading import read_set
from mailtui.services.dovecot.stores.list_index import Listed, listed
from tests.unit.index import building

NEW = 0xFFFFFFFF
GUIDS = tuple(bytes([number] * 16) for number in (1, 2, 3))


def padded(kind: int, body: bytes) -> bytes:
    return building.record(kind, body.ljust(len(body) + 3 & ~3, b"\0"))


def intro(name: bytes, *, place: int = NEW, reset: int = 0, header: int = 0, record: int = 0) -> bytes:
    return padded(log.EXT_INTRO, struct.pack("<IIIHHHH", place, reset, header, record, 1, 0, len(name)) + name)


def header(data: bytes, offset: int = 0) -> bytes:
    return padded(log.EXT_HEADER, struct.pack("<HH", offset, len(data)) + data)


def records(*pairs: tuple[int, bytes]) -> bytes:
    return building.record(log.EXT_RECORD, b"".join(struct.pack("<I", uid) + data for uid, data in pairs))


def of(folder: Path, name: str, *changes: bytes, prefix: str = "dovecot.index") -> Kept:
    (folder / f"{prefix}.log").write_bytes(building.log(*changes))
    with opened_folder(folder) as fd:
        return kept(read_set(fd, prefix), name)


def test_what_is_written_after_an_intro_is_of_that_extension(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        "mine",
        intro(b"other", header=4, record=4),
        header(b"oooo"),
        intro(b"mine", header=8, record=4),
        header(b"mi"),
        header(b"ne", 2),
        records((1, b"aaaa"), (2, b"bbbb")),
        intro(b"", place=0, record=4),
        records((1, b"oooo")),
        intro(b"", place=1, header=8, record=4),
        records((2, b"cccc")),
    )
    assert bytes(found.header) == b"mine\0\0\0\0"
    assert found.records == {1: b"aaaa", 2: b"cccc"}


def test_what_was_written_before_a_reset_is_gone_and_late_writers_are_not_heard(tmp_path: Path) -> None:
    reset = building.record(log.EXT_RESET, struct.pack("<IB3x", 7, 0))
    found = of(
        tmp_path,
        "mine",
        intro(b"mine", record=4),
        records((1, b"aaaa")),
        reset,
        intro(b"", place=0, reset=0, record=4),
        records((2, b"late")),
        intro(b"", place=0, reset=7, record=4),
        records((3, b"cccc")),
    )
    assert found.records == {3: b"cccc"}


def tree(*nodes: tuple[int, int, int, bytes]) -> bytes:
    return records(*((uid, struct.pack("<II", name, parent) + guid) for uid, name, parent, guid in nodes))


def listed_in(folder: Path, names: bytes, *nodes: tuple[int, int, int, bytes], flags: int = 0) -> list[Listed]:
    appended = building.appended(*((uid, flags) for uid, *_ in nodes))
    of(folder, "list", appended, intro(b"list", header=len(names), record=24), header(names), tree(*nodes),
       prefix="dovecot.list.index")  # fmt: skip
    with opened_folder(folder) as fd:
        return list(listed(fd))


def named(*names: bytes) -> bytes:
    return b"\0" + b"".join(struct.pack("<I", number) + name + b"\0" for number, name in enumerate(names, 1))


def test_mailboxes_of_the_list_index_by_their_whole_name(tmp_path: Path) -> None:
    found = listed_in(tmp_path, named(b"A", b"B"), (1, 1, 0, GUIDS[0]), (2, 2, 1, GUIDS[1]))
    assert found == [Listed(("A",), "01" * 16), Listed(("A", "B"), "02" * 16)]


def test_what_has_no_name_no_guid_or_is_its_own_parent_is_left_out(tmp_path: Path) -> None:
    nodes = (1, 9, 0, GUIDS[0]), (2, 1, 2, GUIDS[1]), (3, 1, 0, bytes(16))
    assert listed_in(tmp_path, named(b"A"), *nodes) == []


def test_what_only_has_mailboxes_below_it_is_none(tmp_path: Path) -> None:
    assert listed_in(tmp_path, named(b"A"), (1, 1, 0, GUIDS[0]), flags=4) == []


@given(names=st.binary(max_size=80), nodes=st.binary(max_size=200), places=st.lists(st.integers(0, NEW), max_size=5))
def test_hostile_bytes_are_read_to_an_end(names: bytes, nodes: bytes, places: list[int]) -> None:
    intros = [intro(b"list", place=place, header=place, record=24) for place in places]
    changes = [padded(log.EXT_RECORD, nodes), padded(log.EXT_HEADER32, nodes), padded(log.EXT_INTRO, nodes)]
    with tempfile.TemporaryDirectory() as folder:
        first = building.appended((1, 0)), intro(b"list", header=80, record=24), header(names)
        of(Path(folder), "list", *first, *intros, *changes, prefix="dovecot.list.index")
        with opened_folder(Path(folder)) as fd:
            assert len(list(listed(fd))) <= 1
