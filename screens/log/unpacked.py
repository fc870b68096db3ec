"""The lines of a packed log file: unpacked once, into a nameless file that is gone when it is closed."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from mailtui.host.errors import HostError
from mailtui.host.tools import Tools
from mailtui.services.logs import BlockIndex, read_lines
from mailtui.text import human_size

SPARED = 2**29
"""Bytes that stay free on the disk."""
EVERY = 20_000
"""Lines after which the room on the disk is looked at."""
_FOLDERS = ("/var/tmp", tempfile.gettempdir())  # noqa: S108 - nameless; /tmp may be memory
"""The first that is there is taken."""


class UnpackedLines(BlockIndex):
    """Random access to what was packed."""

    def __init__(self, path: Path, tools: Tools) -> None:
        folder = next((folder for folder in _FOLDERS if Path(folder).is_dir()), None)
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by close()
        try:
            for number, line in enumerate(read_lines(path, tools)):
                if number % EVERY == 0:
                    self._check_room(path)
                self._file.write(line + b"\n")
            self._file.flush()
            super().__init__(Path(f"/proc/self/fd/{self._file.fileno()}"))
        except OSError as error:
            self._file.close()
            raise HostError(f"{path} could not be unpacked: {error.strerror}") from error
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Let the file go."""
        super().close()
        if self._fd < 0 and getattr(self, "_lines", None) is not None:
            self._file.close()

    def _check_room(self, path: Path) -> None:
        if shutil.disk_usage(self._file.fileno()).free < SPARED:
            raise HostError(f"{path} does not fit on the disk unpacked: less than {human_size(SPARED)} would stay free")
