"""Queue files: found, read, and never believed where they are damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.services.postfix.queue.queuefile import read_head
from mailtui.services.postfix.queue.spool import QUEUES, Spool


def record(kind: bytes, value: bytes) -> bytes:
    """As Postfix's rec_put writes it."""
    length, size = b"", len(value)
    while True:
        length += bytes([size & 0x7F | (0x80 if size > 0x7F else 0)])
        size >>= 7
        if not size:
            return kind + length + value


def queue_file(sender: bytes = b"a@b.example", user: bytes = b"", extra: bytes = b"") -> bytes:
    return (
        record(b"C", b"            430             840               2               0")
        + record(b"T", b"1795222308 209805")
        + extra
        + (record(b"A", b"sasl_username=" + user) if user else b"")
        + record(b"S", sender)
        + record(b"M", b"")
    )


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    for name in QUEUES:
        (tmp_path / name).mkdir()
    return Spool(tmp_path)


def put(spool: Spool, place: str, data: bytes, mode: int = 0o700) -> Path:
    path = spool.folder / place
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("place", ["hold/ABCDEF1", "deferred/A/ABCDEF1", "active/ABCDEF1"])
def test_found_in_every_queue_hashed_or_not(spool: Spool, place: str) -> None:
    put(spool, place, queue_file(user=b"anna"))
    found = spool.find({"ABCDEF1", "ABCDEF2"})
    assert {name: one.queue_name for name, one in found.items()} == {"ABCDEF1": place.split("/")[0]}
    head = read_head(found["ABCDEF1"].path)
    assert head and (head.arrival_time, head.message_size, head.sender) == (1795222308, 430, "a@b.example")
    assert (head.sasl_username, head.expired) == ("anna", False)


# Of 123456 microseconds, as a short queue ID has them in hexadecimal and a long one with 52 digits (mail_queue.h).
@pytest.mark.parametrize(
    ("queue_id", "depth", "folder"),
    [("1E240ABC", 1, "1"), ("1E240ABC", 2, "1/E"), ("3Pt2mN0sf8z1bc", 1, "1"), ("3Pt2mN0sf8z1bc", 3, "1/E/2")],
)
def test_it_is_read_where_postfix_would_look_for_it(tmp_path: Path, queue_id: str, depth: int, folder: str) -> None:
    spool = Spool(tmp_path, ["deferred"], depth)
    assert spool.read(queue_id) is None
    place = tmp_path / "deferred" / folder / queue_id
    place.parent.mkdir(parents=True)
    place.write_bytes(queue_file())
    place.chmod(0o700)
    found = spool.read(queue_id)
    assert found and (*found[:2], found[2].sender) == ("deferred", str(place), "a@b.example")
    moved = tmp_path / "hold" / queue_id
    moved.parent.mkdir()
    place.rename(moved)
    again = spool.read(queue_id)
    assert again and again[:2] == ("hold", str(moved))


def test_a_sender_behind_many_attributes_is_read(spool: Spool) -> None:
    extra = b"".join(record(b"A", b"x=" + b"y" * 200) for _ in range(100))
    head = read_head(str(put(spool, "hold/ABCDEF1", queue_file(extra=extra))))
    assert head and head.sender == "a@b.example"


def test_the_mode_tells_what_is_complete_and_what_is_expired(spool: Spool) -> None:
    assert read_head(str(put(spool, "hold/ABCDEF1", queue_file(), mode=0o600))) is None
    head = read_head(str(put(spool, "hold/ABCDEF2", queue_file(), mode=0o710)))
    assert head and head.expired
    assert read_head(str(spool.folder / "hold/ABCDEF3")) is None


@pytest.mark.parametrize("sender", ['"a b"@lab.example', '"a\\"b"@lab.example'])
def test_the_sender_is_compared_without_its_quoting(spool: Spool, sender: str) -> None:
    raw = {'"a b"@lab.example': b"a b@lab.example", '"a\\"b"@lab.example': b'a"b@lab.example'}[sender]
    head = read_head(str(put(spool, "hold/ABCDEF1", queue_file(raw))))
    assert head and head.is_({"arrival_time": 1795222308.0, "message_size": 430, "sender": sender})
    assert not head.is_({"arrival_time": 1795222308.0, "message_size": 430, "sender": "b@lab.example"})
    assert not head.is_({"arrival_time": "x", "message_size": 430, "sender": sender})


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_head_or_damage(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(data)
    path.chmod(0o700)
    with pytest.raises(ValueError, match=r".*"):
        read_head(str(path))
