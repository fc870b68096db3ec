"""Paths that the operator names, of the kind they must be: a wrong one is said before anything is done with it."""

from __future__ import annotations

import shlex
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.host.errors import UsageError

if TYPE_CHECKING:
    from mailtui.settings import Settings


def check_kinds(settings: Settings) -> None:
    """Raises UsageError for a file where a folder is wanted, or the other way round; what is missing is not its."""
    postfix, dovecot = settings.postfix_config, settings.dovecot_config
    if _is_no_folder(settings.state):
        raise UsageError(
            f"{settings.state} is no folder: changes and backups are kept in one",
            unlock="name a folder with --state, or leave it out",
        )
    if postfix and _is_no_folder(postfix):
        raise UsageError(
            f"{postfix} is no folder: Postfix wants the one that main.cf is in",
            unlock=f"mailtui --postfix-config {shlex.quote(str(postfix.parent))}",
        )
    if dovecot and _is_folder(dovecot):
        raise UsageError(
            f"{dovecot} is a folder: Dovecot wants its main file",
            unlock=f"mailtui --dovecot-config {shlex.quote(str(dovecot / 'dovecot.conf'))}",
        )


def check_logs(paths: Iterable[Path]) -> None:
    """Raises UsageError for a log that is named and not there, or is a folder; ``-`` is standard input."""
    for path in paths:
        if str(path) == "-":
            continue
        mode = _mode(path)
        if mode == 0:
            raise UsageError(f"{path} does not exist", unlock="mailtui info tells which logs there are")
        if mode is not None and stat.S_ISDIR(mode):
            raise UsageError(f"{path} is a folder", unlock=f"name a log in it: ls -l {shlex.quote(str(path))}")


def _is_no_folder(path: Path) -> bool:
    mode = _mode(path)
    return bool(mode) and not stat.S_ISDIR(mode or 0)


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(_mode(path) or 0)


def _mode(path: Path) -> int | None:
    """What it is; 0 where it is not there, None where that cannot be told."""
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0
    except OSError:
        return None
