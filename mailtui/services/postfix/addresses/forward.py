"""A user's own list of where mail goes: ``forward_path``, local(8) "USER-SPECIFIED DELIVERY" (src/local/dotforward.c).

The first file that is there counts; one that is somebody else's, or that everybody may write, is none at all.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.services.postfix.addresses.filled import filled, lacks_a_name, uses_name
from mailtui.services.postfix.tables import words

_LONGEST = 2**16
"""Bytes that are read."""


@dataclass(frozen=True, slots=True)
class OwnList:
    """The file a user's mail is looked up in."""

    path: str
    text: str | None
    """None where local(8) does not take it for a list."""
    names_extension: bool
    """Whether it is the list of one extension alone, which then is put after no address."""


def own_list(forward_path: str, names: Mapping[str, str], uid: int) -> OwnList | None:
    """The first file that is there; None without one. ``uid``: whose it must be, if not root's."""
    for path in words(forward_path):
        if lacks_a_name(path, names):
            continue
        place = filled(path, names)
        if os.path.lexists(place):
            return OwnList(place, _text(Path(place), uid), uses_name(path, "extension"))
    return None


def _text(path: Path, uid: int) -> str | None:
    try:
        status = path.lstat()
        if status.st_uid not in (0, uid) or status.st_mode & stat.S_IWOTH:
            return None
        return read_file(path, limit=_LONGEST, follow=False).data.decode("utf-8", "surrogateescape")
    except (MailtuiError, OSError):
        return None
