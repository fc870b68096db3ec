"""The type of a compiled table is told from its first bytes, whoever named it and wherever it was made."""

from __future__ import annotations

import fcntl
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.services.postfix.maps.formats import Index, look_into, written_as
from mailtui.services.postfix.opening import why_not_opened


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0" * 12 + struct.pack("<I", 0x061561) + b"\0" * 16, "hash"),
        (b"\0" * 12 + struct.pack(">I", 0x053162) + b"\0" * 16, "btree"),
        (b"\0" * 16 + struct.pack("=I", 0xBEEFC0DE) + b"\0" * 12, "lmdb"),
        (b"\0" * 12 + struct.pack("=I", 0xBEEFC0DE) + b"\0" * 16, "lmdb"),  # on a machine of 32 bits
        (b"", ""),
        (b"\0" * 4096, ""),
    ],
)
def test_types_are_told_apart(tmp_path: Path, head: bytes, kind: str) -> None:
    path = tmp_path / "index"
    path.write_bytes(head)
    assert written_as(path) == kind


@given(st.binary(max_size=64))
def test_any_bytes_are_answered(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any-index"
    path.write_bytes(data)
    assert written_as(path) in ("", "hash", "btree", "lmdb")


def test_what_is_not_there_has_no_type(tmp_path: Path) -> None:
    assert written_as(tmp_path / "none") == ""
    assert look_into(tmp_path / "none") == Index("")


def _berkeley(path: Path, *numbers: int) -> Path:
    """A hash of pages with these numbers behind its first."""
    head = struct.pack("<12xIIIIII", 0x061561, 0, 512, 0, 0, len(numbers)).ljust(512, b"\0")
    path.write_bytes(head + b"".join(struct.pack("<8xI", number).ljust(512, b"\0") for number in numbers))
    return path


def test_an_index_is_opened_once_for_its_type_and_its_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    real = Path.open

    def counted(path: Path, *args: Any, **more: Any) -> Any:
        opened.append(path)
        return real(path, *args, **more)

    whole, torn = _berkeley(tmp_path / "whole.db", 1, 0), _berkeley(tmp_path / "torn.db", 1, 7)
    monkeypatch.setattr(Path, "open", counted)
    assert look_into(whole) == Index("hash")
    assert look_into(torn) == Index("hash", "page 2 says it is page 7")
    assert (why_not_opened(f"hash:{tmp_path}/whole"), look_into(torn).flaw) == ("", "page 2 says it is page 7")
    assert why_not_opened(f"btree:{tmp_path}/whole").endswith("Invalid argument")
    assert opened == [whole, torn], "what was seen of a file holds until it changes"


def test_one_that_is_being_built_has_a_type_and_is_looked_into_again_afterwards(tmp_path: Path) -> None:
    torn = _berkeley(tmp_path / "torn.db", 7)
    with torn.open("rb") as builder:
        fcntl.flock(builder, fcntl.LOCK_EX)
        assert look_into(torn) == Index("hash")
    assert look_into(torn).flaw
