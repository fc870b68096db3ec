"""The logs of a lab put aside as logrotate(8) does: renamed, or copied and truncated (copytruncate), in turns."""

from __future__ import annotations

import shutil
from pathlib import Path

from mailtui.lab import Lab

_KEPT = 4
"""Rotated files of each log."""
_MESSAGE = b": message-id=<"
"""cleanup(8) logs it once a message."""


class Rotation:
    """Rotates, and counts what it puts aside."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.times = 0
        self.lines = 0
        self.messages = 0

    def rotate(self) -> None:
        """Put both logs aside; the programs are told to open new ones where the old ones were renamed."""
        renamed = self.times % 2 == 0
        for log in (self._lab.log, self._lab.dovecot_log):
            self._count(log)
            for number in range(_KEPT, 1, -1):
                _numbered(log, number - 1).rename(_numbered(log, number)) if _numbered(
                    log, number - 1
                ).exists() else None
            if renamed:
                log.rename(_numbered(log, 1))
            else:
                shutil.copyfile(log, _numbered(log, 1))
                with log.open("r+b") as file:
                    file.truncate()
        if renamed:
            self._lab.command("postfix", "reload")
            self._lab.command("doveadm", "log", "reopen")
        self.times += 1

    def count_rest(self) -> None:
        """Count what was never put aside."""
        for log in (self._lab.log, self._lab.dovecot_log):
            self._count(log)

    def _count(self, log: Path) -> None:
        with log.open("rb") as file:
            for line in file:
                self.lines += 1
                self.messages += _MESSAGE in line


def _numbered(log: Path, number: int) -> Path:
    return log.with_name(f"{log.name}.{number}")
