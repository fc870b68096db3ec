"""Files that come into being or go away, with the same promises as replacing one: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from mailtui.host.files import TEMPORARY, FileChanged, errors_named, opened, refuse_changed, refuse_replaced


def create(path: Path, data: bytes, *, mode: int, owner: tuple[int, int] | None = None) -> None:
    """Make the file ``path``; ``owner`` is user and group ID, None whoever this is.

    Raises FileChanged where the name is taken, PermissionDenied or HostError, and has then changed nothing.
    """
    with errors_named(path), opened(path.parent, os.O_RDONLY | os.O_DIRECTORY) as folder:
        name = TEMPORARY.format(secrets.token_hex(8))
        try:
            _write_new(folder, name, data, mode, owner)
            os.link(name, path.name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
        except FileExistsError as error:
            raise FileChanged(f"{path} is there by now", unlock="look at it, then repeat") from error
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)
        os.fsync(folder)


def put(path: Path, data: bytes, *, mode: int) -> None:
    """Make the file ``path``, or put ``data`` in its place whatever it holds; the last to write wins.

    Raises PermissionDenied or HostError, and has then changed nothing.
    """
    with errors_named(path), opened(path.parent, os.O_RDONLY | os.O_DIRECTORY) as folder:
        name = TEMPORARY.format(secrets.token_hex(8))
        try:
            _write_new(folder, name, data, mode, None)
            os.rename(name, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)
            raise
        os.fsync(folder)


def remove(path: Path, *, expected: str) -> None:
    """Take the regular file ``path`` away if its content's SHA-256 is ``expected``.

    Raises FileChanged, PermissionDenied or HostError, and has then changed nothing.
    """
    with errors_named(path), opened(path.parent, os.O_RDONLY | os.O_DIRECTORY) as folder:
        with opened(path, os.O_RDONLY | os.O_NOFOLLOW) as old:
            refuse_changed(path, old, expected)
            refuse_replaced(path, old, folder)
            os.unlink(path.name, dir_fd=folder)
        os.fsync(folder)


def _write_new(folder: int, name: str, data: bytes, mode: int, owner: tuple[int, int] | None) -> None:
    """A new file with these rights; until it is whole nobody but us may open it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, 0o600, dir_fd=folder), "wb") as file:
        file.write(data)
        file.flush()
        if owner is not None and owner != (os.geteuid(), os.getegid()):
            os.fchown(file.fileno(), *owner)
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def sweep(folder: Path) -> None:
    """Remove this user's files in ``folder`` that never got their names, since a crash came between."""
    head, tail = TEMPORARY.split("{}")
    with errors_named(folder), os.scandir(folder) as entries:
        for entry in entries:
            mine = entry.name.startswith(head) and entry.name.endswith(tail)
            if (
                mine
                and entry.is_file(follow_symlinks=False)
                and entry.stat(follow_symlinks=False).st_uid == os.geteuid()
            ):
                with contextlib.suppress(FileNotFoundError):
                    Path(entry.path).unlink()
