"""A store known by its folder alone: what mail looks like in each format and layout, where nobody tells which it is."""

from __future__ import annotations

import os
from pathlib import Path

from mailtui.host.errors import HostError
from mailtui.host.files import errors_named
from mailtui.host.folders import opened_folder
from mailtui.services.dovecot.stores import walking
from mailtui.services.dovecot.stores.model import Store
from mailtui.text import clean

_SEPARATORS = {"maildir++": ".", "index": "~"}
"""By layout, where the namespace says nothing (``mailbox_list_get_hierarchy_sep``)."""


def separator_of(layout: str) -> str:
    """What separates the levels of names where the namespace does not say."""
    return _SEPARATORS.get(layout, "/")


def by_path(path: Path, user: str = "") -> Store:
    """The store in a folder, known by what is in it; whose it is tells its owner on disk. Raises HostError."""
    root = path.absolute()
    with errors_named(root), opened_folder(root) as fd:
        facts, inside = os.fstat(fd), walking.folders(fd)
        dotted = walking.has_maildir(fd, (name for name in inside if name.startswith(".")))
        nested = not dotted and walking.has_maildir(fd, walking.tree(fd, ""))
        if dotted or nested or not {"cur", "new"}.isdisjoint(inside):
            by_guid = nested and walking.has_maildir(fd, walking.by_guid(fd))
            name, layout = "maildir", "index" if by_guid else "fs" if nested else "maildir++"
        elif "mailboxes" in inside:
            with walking.inside(fd, "mailboxes") as folder:
                by_guid = any(walking.by_guid(folder))
            name, layout = "mdbox" if "storage" in inside else "sdbox", "index" if by_guid else "fs"
        elif walking.has_mbox(fd):
            name, layout = "mbox", "fs"
        else:
            raise HostError(
                f"there is no mail in {clean(str(root))}", unlock="name the folder of cur, mailboxes or mbox files"
            )
    return Store(
        user, facts.st_uid, facts.st_gid, root.parent, name, root,
        layout=layout, separator=separator_of(layout), by_path=True,
    )  # fmt: skip
