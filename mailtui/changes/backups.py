"""Contents that a change replaced or wrote, named by their SHA-256, so that it can be undone and done again.

They lie under ``backups`` in the state folder, readable by this user alone.
"""

from __future__ import annotations

from pathlib import Path

from mailtui.changes.private import make_private
from mailtui.host.errors import HostError
from mailtui.host.files import FileChanged, digest, read_file
from mailtui.host.presence import create, remove

FOLDER = "backups"
LARGEST = 512 * 2**20
"""Bytes of the largest file that is replaced or put back: a table of some million entries."""


class Backups:
    """The folder of them; it is made when the first is kept."""

    def __init__(self, state: Path) -> None:
        self._folder = state / FOLDER

    def path(self, name: str) -> Path:
        """Where the content with this SHA-256 lies. Raises HostError where that is no SHA-256."""
        if len(name) != 64 or set(name) - set("0123456789abcdef"):
            raise HostError(f"{name!r} is no backup's name")
        return self._folder / name

    def keep(self, data: bytes) -> str:
        """Keep ``data`` and return its SHA-256; it is on disk then. Raises PermissionDenied or HostError."""
        name = digest(data)
        make_private(self._folder.parent)
        make_private(self._folder)
        try:
            create(self.path(name), data, mode=0o600)
        except FileChanged:
            self._mend(name, data)
        return name

    def content(self, name: str) -> bytes:
        """What was kept under this SHA-256. Raises HostError where it is gone or damaged."""
        found = read_file(self.path(name), limit=LARGEST, follow=False)
        if found.digest != name:
            raise HostError(f"the backup {found.path} is damaged")
        return found.data

    def _mend(self, name: str, data: bytes) -> None:
        """One that is there already must be what its name says."""
        there = read_file(self.path(name), limit=LARGEST, follow=False)
        if there.digest != name:
            remove(there.path, expected=there.digest)
            create(there.path, data, mode=0o600)
