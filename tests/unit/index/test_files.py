"""Each of Dovecot's files, read from bytes; whatever the bytes are, reading ends and raises nothing."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtui.services.dovecot.index import cache_file, index_file, index_layout, log_file, log_layout, messages, uidlist
from mailtui.services.dovecot.index.damage import kinds
from mailtui.services.dovecot.index.replay import replay
from tests.unit.index import building

INDEX = building.index(keywords=("Work", "$Label1"))
LOG = building.log(
    building.appended((6, 0), (7, 8)),
    building.keyword("Urgent", 6, 7),
    building.expunged(2, 2),
    building.flagged(5, 7, 2, 8),
)
UIDLIST = b"3 V4711 N8 G0123456789abcdef0123456789abcdef\n1 :a.host,S=10\n5 W20 :b.host\n7 :c.host\n"


def kinds_of(flaws: object) -> set[str]:
    assert isinstance(flaws, tuple)
    return {flaw.kind for flaw in flaws}


def test_an_index() -> None:
    found = index_file.parse(INDEX)
    assert found.flaws == () and found.usable and found.header is not None
    assert (found.header.uid_validity, found.header.next_uid, found.header.messages_count) == (4711, 6, 3)
    assert found.keywords() == ["Work", "$Label1"]
    assert [(uid, flags) for uid, flags, _ in found.messages()] == [(1, 8), (2, 0), (5, 12)]


@pytest.mark.parametrize(
    ("offset", "value", "kind"),
    [
        (0, b"\x06", "index.version"),
        (12, b"\0", "index.byte-order"),
        (4, struct.pack("<I", 10**6), "index.header"),
        (8, struct.pack("<I", 0), "index.header"),
        (20, struct.pack("<I", 1), "index.corrupted"),
        (24, struct.pack("<I", 0), "index.uidvalidity"),
        (28, struct.pack("<I", 0), "index.next-uid"),
        (28, struct.pack("<I", 5), "index.next-uid"),
        (32, struct.pack("<I", 2**31), "index.count"),
        (40, struct.pack("<I", 1), "index.counters"),
        (44, struct.pack("<I", 9), "index.counters"),
        (64, struct.pack("<I", 99), "index.log-offset"),
        (120, struct.pack("<I", 2**31), "index.extension"),
        (len(INDEX) - 8, struct.pack("<I", 2), "index.order"),
    ],
)
def test_a_wrong_number_in_an_index_is_found(offset: int, value: bytes, kind: str) -> None:
    data = INDEX[:offset] + value + INDEX[offset + len(value) :]
    assert kind in kinds_of(index_file.parse(data).flaws)


def test_a_log() -> None:
    found = log_file.parse(LOG)
    assert found.flaws == () and found.whole_history and found.end == len(LOG)
    assert [log_layout.TYPES[one.type] for one in found.records()] == ["append", "keyword", "expunge", "flags"]
    assert found.begins(building.HEADER_SIZE) and found.begins(len(LOG)) and not found.begins(50)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "log.empty"),
        (LOG[:20], "log.header"),
        (bytes(len(LOG)), "log.header"),
        (LOG[:4] + bytes(4) + LOG[8:], "log.corrupted"),
        (LOG + b"\xfe\xed" * 20, "log.tail"),
        (LOG[:-5], "log.tail"),
        (LOG + bytes(40), "log.uncommitted"),
    ],
)
def test_a_damaged_log_is_found(data: bytes, kind: str) -> None:
    assert kinds_of(log_file.parse(data).flaws) == {kind}


def test_what_stands_before_a_damaged_tail_is_read() -> None:
    found = log_file.parse(LOG + b"\xfe\xed" * 20)
    assert found.end == len(LOG) and len(found.starts) == 4


def test_a_log_brings_an_index_up_to_date() -> None:
    state = replay(index_file.parse(INDEX), [log_file.parse(LOG)])
    assert state.complete and (state.uidvalidity, state.next_uid) == (4711, 8)
    assert {uid: state.names(uid) for uid in sorted(state.flags)} == {
        1: {"\\Seen", "Work", "$Label1"},
        5: {"\\Deleted", "\\Flagged", "Work", "$Label1"},
        6: {"\\Flagged", "Urgent"},
        7: {"\\Flagged", "Urgent"},
    }


def test_a_log_of_the_whole_history_needs_no_index() -> None:
    data = building.log(
        building.header_update(24, 99),
        building.appended((1, 0), (2, 0), (3, 0)),
        building.keyword("Old", 1, 3),
        building.keyword("New", 2, 2, 2),
        building.keyword("Old", 3, 3, 1),
        building.expunged(1, 1, external=False),
    )
    state = replay(None, [log_file.parse(data)])
    assert state.complete and state.uidvalidity == 99
    assert {uid: set(state.names(uid)) for uid in state.flags} == {1: {"Old"}, 2: {"New"}, 3: set()}


def test_an_older_log_from_before_a_rebuild_counts_no_more() -> None:
    former = building.log(building.appended((1, 0), (2, 0)), sequence=2)
    rebuilt = building.log(building.appended((2, 0)), sequence=4)
    state = replay(None, [log_file.parse(former), log_file.parse(rebuilt)])
    assert state.complete and set(state.flags) == {2}


def test_a_log_goes_on_from_the_one_before() -> None:
    first = building.log(building.appended((1, 0), (2, 0)))
    second = building.log(building.expunged(1, 1), sequence=2, previous=(1, len(first)))
    logs = [log_file.parse(second), log_file.parse(first)]
    assert set(replay(None, logs).flags) == {2}
    assert set(replay(index_file.parse(building.index(head=len(first))), logs[:1]).flags) == {2, 5}
    lost = replay(index_file.parse(building.index(sequence=7)), logs)
    assert not lost.complete


def test_a_cache() -> None:
    header, fields, flaws = cache_file.parse(building.cache())
    assert header is not None and header.indexid == building.INDEXID and flaws == ()
    assert [(one.name, one.type, one.decision) for one in fields] == [("hdr.subject", "variable size", "temporary")]


@pytest.mark.parametrize("damage", [b"", b"\0" * 60, b"\x07" + building.cache()[1:], building.cache(sequence=0)])
def test_a_damaged_cache_is_found(damage: bytes) -> None:
    assert kinds_of(cache_file.parse(damage)[2]) == {"cache.header"}


def test_a_uidlist() -> None:
    found = uidlist.parse(UIDLIST)
    assert found.flaws == () and (found.uidvalidity, found.next_uid) == (4711, 8)
    assert found.files == {1: b"a.host,S=10", 5: b"b.host", 7: b"c.host"}
    assert uidlist.parse(UIDLIST + b"12 :new.host\n").next_uid == 13


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "uidlist.empty"),
        (b"9" + UIDLIST[1:], "uidlist.header"),
        (UIDLIST.replace(b"5 W20 :b", b"noise"), "uidlist.line"),
        (UIDLIST.replace(b"\n5 ", b"\n1 "), "uidlist.order"),
        (UIDLIST[:-3], "uidlist.torn"),
        (UIDLIST.replace(b"\n7 ", b"\n4294967295 "), "uidlist.line"),
    ],
)
def test_a_damaged_uidlist_is_found(data: bytes, kind: str) -> None:
    assert kinds_of(uidlist.parse(data).flaws) == {kind}


def test_letters_of_file_names() -> None:
    assert messages.maildir_flags(b"FRSab") == 2 | 1 | 8
    assert messages.keyword_letters(b"FRSab") == {0, 1}
    assert messages.keyword_names(b"0 Work\n1 $Label1\nnoise\n") == ({0: "Work", 1: "$Label1"}, 1)


def mutated(original: bytes) -> st.SearchStrategy[bytes]:
    """The file with a few bytes changed, cut, or followed by something else."""
    edits = st.lists(st.tuples(st.integers(0, len(original) - 1), st.binary(min_size=1, max_size=8)), max_size=5)

    def build(parts: tuple[list[tuple[int, bytes]], int, bytes]) -> bytes:
        data = bytearray(original)
        for at, piece in parts[0]:
            data[at : at + len(piece)] = piece
        return bytes(data[: parts[1]]) + parts[2]

    return st.tuples(edits, st.integers(0, len(original) * 2), st.binary(max_size=40)).map(build)


@settings(max_examples=300)
@given(mutated(INDEX) | st.binary(max_size=400), mutated(LOG) | st.binary(max_size=400))
def test_hostile_bytes_are_read_to_an_end(index: bytes, log: bytes) -> None:
    found, read = index_file.parse(index), log_file.parse(log)
    replay(found, [read])
    replay(None, [read])
    assert kinds_of(found.flaws) | kinds_of(read.flaws) <= kinds().keys()


@settings(max_examples=200)
@given(mutated(building.cache()) | st.binary(max_size=200), mutated(UIDLIST) | st.binary(max_size=200))
def test_hostile_caches_and_uidlists_too(cache: bytes, listed: bytes) -> None:
    assert kinds_of(cache_file.parse(cache)[2]) | kinds_of(uidlist.parse(listed).flaws) <= kinds().keys()
    messages.keyword_names(listed)


def test_a_log_that_asks_for_too_much_is_given_up() -> None:
    everything = [(uid, 0) for uid in range(1, 5001)]
    data = building.log(building.appended(*everything), *[building.flagged(0, 2**32 - 1, 8, 0)] * 20_000)
    assert not replay(None, [log_file.parse(data)]).complete


def test_a_range_as_wide_as_can_be_costs_nothing() -> None:
    data = building.log(building.appended((1, 0)), *[building.flagged(0, 2**32 - 1, 8, 0)] * 1000)
    state = replay(None, [log_file.parse(data)])
    assert state.names(1) == {"\\Seen"} and state.work <= 3000


def test_a_header_that_ends_beyond_what_was_read_is_damage() -> None:
    data = struct.pack("<BBHII", 7, 3, 120, 150 * 2**20, 8) + INDEX[12:120]
    extension = struct.pack("<IIHHHH", 100 * 2**20, 0, 0, 0, 1, 4) + b"evil"
    assert kinds_of(index_file.parse((data + extension).ljust(4096, b"\0"), 200 * 2**20).flaws) == {"index.header"}


@settings(max_examples=200)
@given(mutated(INDEX), mutated(LOG), st.integers(0, 2**40))
def test_files_larger_than_what_is_read_of_them_are_read_to_an_end(index: bytes, log: bytes, more: int) -> None:
    replay(index_file.parse(index, len(index) + more), [log_file.parse(log, len(log) + more)])


def test_a_number_of_thousands_of_digits_is_no_keyword() -> None:
    assert messages.keyword_names(b"9" * 5000 + b" evil\n0 Work\n") == ({0: "Work"}, 1)


def test_pieces_of_a_header_update_are_padded_to_four_bytes() -> None:
    pieces = struct.pack("<HHB3x", 88, 1, 7) + struct.pack("<HHI", 24, 4, 777)
    data = building.log(building.record(0x20, pieces), building.appended((1, 0)))
    assert replay(None, [log_file.parse(data)]).uidvalidity == 777


def test_names_that_overlap_do_not_grow_without_end() -> None:
    count = 4000
    places = b"".join(struct.pack("<II", 0, 0) for _ in range(count))
    names = index_layout.keyword_names(struct.pack("<I", count) + places + b"x" * 100_000)
    assert sum(map(len, names)) <= count * 256


def test_keywords_of_too_many_messages_are_given_up() -> None:
    names = [f"k{number}" for number in range(8)]
    index = index_file.parse(building.index([(uid, 0) for uid in range(1, 3_000_000, 1000)], keywords=names))
    assert replay(index, [log_file.parse(LOG)]).complete
    log = building.log(
        building.appended(*((uid, 0) for uid in range(1, 5001))),
        *(building.keyword(f"k{number}", 0, 2**32 - 1) for number in range(5000)),
    )
    assert not replay(None, [log_file.parse(log)]).complete


def test_a_log_too_large_to_be_read_whole_proves_nothing() -> None:
    found = log_file.parse(LOG, len(LOG) + 100)
    assert found.cut and found.flaws == ()
    assert not replay(index_file.parse(INDEX), [found]).complete


def test_a_log_of_millions_of_tiny_records_is_not_read_to_its_end() -> None:
    data = building.log() + building.record(0x80000, b"") * 4_000_000
    found = log_file.parse(data)
    assert found.cut and found.flaws == ()
    assert len(found.starts) < 600_000
    assert not replay(None, [found]).complete
