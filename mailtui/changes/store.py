"""Contents kept for undoing: each under its SHA-256, for root or the operator alone."""

from __future__ import annotations

import os
import re
from pathlib import Path

from mailtui.host.errors import HostError
from mailtui.host.files import digest, read_file

LARGEST = 512 * 2**20
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Store:
    """Contents by their digest, below the state folder."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "contents"

    def keep(self, data: bytes) -> str:
        """Write ``data`` to disk unless it is there; returns its digest. Raises HostError, and then it is not kept."""
        name = digest(data)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(self._folder / name, data)
        except OSError as error:
            raise HostError(
                f"{self._folder}: {error.strerror}", unlock="nothing was changed: undo needs a copy first"
            ) from error
        return name

    def get(self, name: str) -> bytes:
        """The content of a digest. Raises HostError where it is not kept, or is not what it was."""
        if not _DIGEST.fullmatch(name):
            raise HostError(f"{name!r} is no digest")
        found = read_file(self._folder / name, limit=LARGEST, follow=False)
        if found.digest != name:
            raise HostError(f"{found.path} is not what was kept there")
        return found.data

    def _write(self, path: Path, data: bytes) -> None:
        if os.path.lexists(path):
            return
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(fd, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.rename(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
