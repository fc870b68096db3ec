"""Labs whose keeper was killed: their daemons still run, and nobody else will stop them."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from mailtui.lab import daemons
from mailtui.lab.layout import Layout

PREFIX = "mailtui-lab-"
"""How the names of all labs' folders begin."""


def stop_forsaken() -> None:
    """Stop labs whose keeper was killed; their lock is free."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        layout = Layout(folder)
        try:
            # Anybody may make such a folder: one that another user could change is not ours to act on.
            if folder.lstat().st_uid != os.geteuid():
                continue
            with layout.keeper_lock.open("r") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                daemons.stop(layout)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue  # kept, or gone meanwhile
