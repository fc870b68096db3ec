"""Who may read the files of a certificate: a private key is root's alone, or a group's made for it.

Both servers read keys as root before they give their rights up, and look at no mode.
"""

from __future__ import annotations

import grp
import pwd
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from mailtui.findings import Finding
from mailtui.services.tls.inventory.model import FileMode
from mailtui.services.tls.words import finding
from mailtui.text import clean


def file_mode(file: str, *, has_key: bool, source: str = "") -> FileMode | None:
    """Mode and owner of a file; None where it is not there, or not to be seen."""
    try:
        status = Path(file).stat()
    except (OSError, ValueError):
        return None
    owner, group = _user(status.st_uid), _group(status.st_gid)
    mode = stat.S_IMODE(status.st_mode)
    return FileMode(clean(file), mode, owner, group, has_key, exposed(Path(file)), clean(source))


def exposed(file: Path) -> bool:
    """Whether every user of the machine may read a file: its own mode, and a way to it."""
    try:
        real = file.resolve(strict=True)
        way = all(parent.stat().st_mode & stat.S_IXOTH for parent in real.parents)
        return bool(real.stat().st_mode & stat.S_IROTH) and way
    except (OSError, RuntimeError):
        return False


def permission_findings(modes: Sequence[FileMode]) -> Iterator[Finding]:
    """Keys that others may read or replace."""
    for mode in modes:
        if mode.has_key and mode.exposed:
            told = (f"mode {mode.mode:04o}, {mode.owner}:{mode.group}",)
            kind = "exposed-table" if mode.source else "exposed"
            yield finding(kind, mode.path, told, file=mode.path, source=mode.source)
        elif mode.has_key and mode.mode & stat.S_IWOTH:
            yield finding("writable", mode.path, (f"mode {mode.mode:04o}",), file=mode.path)


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
