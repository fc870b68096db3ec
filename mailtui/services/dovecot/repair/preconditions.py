"""What must be so before a mailbox is touched: a repair on a full disk is how empty UID lists are made."""

from __future__ import annotations

import os
from pathlib import Path

from mailtui.host.errors import HostError, PermissionDenied
from mailtui.services.dovecot.stores.model import Store

_UNTOUCHED = "nothing was touched"
_ROOM = 4 * 2**20
"""Bytes beside those of the files themselves."""


def require(store: Store, folder: Path) -> None:
    """Refuse a folder of a store whose files cannot be mended now. Raises PermissionDenied or HostError."""
    if os.geteuid() not in (0, store.uid):
        raise PermissionDenied(f"only root and user {store.uid} may mend these files", unlock="sudo mailtui")
    if store.alt is not None and not store.alt.is_dir():
        raise HostError(f"the alternative storage {store.alt} is not mounted", unlock=f"mount it first: {_UNTOUCHED}")
    try:
        facts = os.statvfs(folder)
    except OSError as error:
        raise HostError(f"{folder}: {error.strerror}", unlock=_UNTOUCHED) from error
    if facts.f_flag & os.ST_RDONLY:
        raise HostError(f"the file system of {folder} is read-only", unlock=f"look at dmesg first: {_UNTOUCHED}")
    if facts.f_bavail * facts.f_frsize < _ROOM or (facts.f_files and not facts.f_favail):
        raise HostError(f"the disk of {folder} is full", unlock=f"free space or inodes first: {_UNTOUCHED}")
