"""The type of a compiled table is told from its first bytes, whoever named it and wherever it was made."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.services.postfix.maps.formats import written_as


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
