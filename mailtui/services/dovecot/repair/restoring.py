"""How what the rungs did is put back out of quarantine, as the mail user and under Dovecot's locks.

Functions here run inside ``as_user`` and answer in JSON values. Each may be killed and be begun again.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from mailtui.host.folders import opened_folder
from mailtui.services.dovecot.repair.locks import index_locked, uidlist_locked
from mailtui.services.dovecot.repair.place import UIDLIST, Place, entered
from mailtui.services.dovecot.repair.quarantine import link_back, moved_away, put_back, quarantine
from mailtui.services.dovecot.repair.whole import alike, is_back, put_all_back


def linked_back(place: Place, names: Sequence[str]) -> list[str]:
    """Make those names mean the same files again."""
    with ExitStack() as stack:
        folder, kept = entered(stack, place)
        for name in names:
            link_back(folder, kept, name)
        return list(names)


def restore(place: Place, names: Sequence[str], inodes: Mapping[str, int], *, all_files: bool) -> list[str]:
    """Put files back out of quarantine, or with ``all_files`` the whole index; which of them are back now.

    ``inodes`` are those of ``names``, by which is known what one that was killed has put back.
    """
    if not in_quarantine(place.quarantine):
        return []
    with ExitStack() as stack:
        folder, kept = entered(stack, place)
        lock = uidlist_locked(folder) if UIDLIST in names else index_locked(folder, place.log, method=place.lock_method)
        stack.enter_context(lock)
        done = put_all_back(folder, kept, place.index_files, inodes) if all_files else []
        if done:  # what Dovecot wrote to it since belongs to no record of this index
            moved_away(folder, kept, f"{place.index}.cache")
        present = set(os.listdir(kept))  # noqa: PTH208 - an open folder has no path
        for name in names:
            if name in done:
                moved_away(kept, kept, name)
            elif name in present:
                put_back(folder, kept, name)
                done.append(name)
            elif is_back(folder, None, name, inodes):
                done.append(name)
        return done


def make_way(place: Place, name: str) -> None:
    """Move what stands in a place where root will put something back."""
    with ExitStack() as stack:
        folder, kept = entered(stack, place)
        moved_away(folder, kept, name)


def in_quarantine(path: Path) -> list[str]:
    """Names of what lies in a quarantine; nothing where there is none, or none that its user could have filled."""
    try:
        with quarantine(path, create=False) as kept:
            return sorted(os.listdir(kept))  # noqa: PTH208 - an open folder has no path
    except OSError:
        return []


def moved(place: Place) -> dict[str, int]:
    """Inodes of what lies in quarantine, by name; not of what is still in its place, too."""
    found: dict[str, int] = {}
    with contextlib.suppress(OSError), ExitStack() as stack:
        folder = stack.enter_context(opened_folder(place.folder))
        kept = stack.enter_context(quarantine(place.quarantine, create=False))
        for name in sorted(os.listdir(kept)):  # noqa: PTH208 - an open folder has no path
            if not alike(folder, kept, name):
                found[name] = os.stat(name, dir_fd=kept, follow_symlinks=False).st_ino
    return found
