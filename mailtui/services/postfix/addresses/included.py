"""Files that ``:include:`` names: which of them local(8) reads (aliases(5); src/local/include.c)."""

from __future__ import annotations

import stat
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file


class NotIncluded(Exception):
    """A file that local(8) refuses; the text says why."""


def included(name: str) -> tuple[str, int]:
    """Text and owner (a user ID) of a file; raises NotIncluded."""
    path = Path(name)
    try:
        if not path.is_absolute():
            raise NotIncluded(f"{name} is a relative path")
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise NotIncluded(f"{name} is not a regular file")
        if status.st_mode & stat.S_IWOTH:
            raise NotIncluded(f"{name} may be written by everybody")
        return read_file(path).data.decode("utf-8", "surrogateescape"), status.st_uid
    except OSError as error:
        raise NotIncluded(f"{name}: {error.strerror or error}") from error
    except MailtuiError as error:
        raise NotIncluded(error.message) from error
