"""A password, or a token in its place, by file descriptor: whole or not at all."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from mailtui.cli.password import password
from mailtui.host.errors import UsageError


def given(folder: Path, content: bytes) -> str:
    file = folder / "secret"
    file.write_bytes(content)
    with file.open("rb") as opened:
        return password(argparse.Namespace(password_fd=opened.fileno()), "alice")


@pytest.mark.parametrize(
    ("content", "secret"),
    [
        (b"pencil\n", "pencil"),
        (b"pencil\r\n", "pencil"),
        (b"pencil", "pencil"),
        (b" two words \nsecond line\n", " two words "),
        (b"", ""),
        (b"t" * 20_000 + b"\n", "t" * 20_000),
    ],
)
def test_the_first_line_is_the_secret(tmp_path: Path, content: bytes, secret: str) -> None:
    assert given(tmp_path, content) == secret


def test_a_line_without_an_end_is_not_cut_off_in_silence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="more than"):
        given(tmp_path, b"t" * 100_000)


def test_a_descriptor_that_is_not_open_is_told() -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        password(argparse.Namespace(password_fd=987), "alice")
