"""Folders in somebody else's tree, opened so that no symbolic link can lead out of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def opened_folder(path: Path | str | bytes, folder: int | None = None) -> Iterator[int]:
    """A folder, opened, not through a symbolic link at its end. Raises OSError."""
    fd = os.open(path, _FLAGS, dir_fd=folder)
    try:
        yield fd
    finally:
        os.close(fd)


@contextmanager
def opened_below(root: Path | str, *parts: str | bytes, follow: bool = False) -> Iterator[int]:
    """A folder below ``root``, reached part by part, none of them a symbolic link.

    ``root`` itself may be one with ``follow`` only; what lies above it is trusted. Raises OSError, and ValueError
    for a part that is no name in a folder.
    """
    for part in parts:
        if os.fsencode(part) in (b"", b".", b"..") or b"/" in os.fsencode(part):
            raise ValueError(f"{part!r} is no name of a folder")
    fd = os.open(root, _FLAGS & ~os.O_NOFOLLOW if follow else _FLAGS)
    try:
        for part in parts:
            above, fd = fd, os.open(part, _FLAGS, dir_fd=fd)
            os.close(above)
        yield fd
    finally:
        os.close(fd)
