"""Whether the files of a mend were written to since: then putting the old ones back would lose that.

What an undoing that was killed halfway did itself is known by what it puts there.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Mapping, Sequence

from mailtui.host.folders import opened_folder
from mailtui.services.dovecot.repair.place import Place
from mailtui.services.dovecot.repair.quarantine import quarantine
from mailtui.services.dovecot.repair.restoring import in_quarantine
from mailtui.services.dovecot.repair.whole import alike, copies, is_back

Fingerprints = dict[str, list[int]]
"""Inode, size and time of modification of each file there is."""


def fingerprints(place: Place, names: Sequence[str]) -> Fingerprints:
    """Those of files as they are now."""
    found = {}
    with opened_folder(place.folder) as folder:
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
                found[name] = [facts.st_ino, facts.st_size, facts.st_mtime_ns]
    return found


def is_as_left(
    places: Sequence[Place], names: Sequence[str], left: Mapping[str, list[int]], inodes: Mapping[str, int]
) -> bool:
    """Whether each file that is there is as it was left, or back already out of one of the quarantines."""
    found = fingerprints(places[0], names)
    others = {name for name in found if found[name] != left.get(name)}
    for place in places:
        if others and in_quarantine(place.quarantine):
            with opened_folder(place.folder) as folder, quarantine(place.quarantine) as kept, copies(kept) as before:
                others -= {name for name in others if is_back(folder, before, name, inodes)}
    return not others


def is_as_before(place: Place) -> bool:
    """Whether the index and its logs are what was copied before the mend."""
    names = place.index_files
    if not in_quarantine(place.quarantine):
        return False
    with opened_folder(place.folder) as folder, quarantine(place.quarantine) as kept, copies(kept) as before:
        if before is None:
            return False
        known = set(os.listdir(before))  # noqa: PTH208 - an open folder has no path
        return all(alike(folder, before, name) if name in known else not _is_file(folder, name) for name in names)


def _is_file(folder: int, name: str) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    return False
