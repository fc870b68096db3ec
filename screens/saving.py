"""What is on screen, into a new file of the operator's."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path

NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._@-]+")


def suggested_path(stem: str, now: float) -> str:
    """``~/mailtui-4ZxQ1c2d-20260304-140322.txt``."""
    name = NOT_IN_NAMES.sub("-", stem).strip("-")[:60] or "text"
    return f"~/mailtui-{name}-{datetime.fromtimestamp(now):%Y%m%d-%H%M%S}.txt"


def refusal(name: str) -> str:
    """Why ``name`` can't be written to, or ``""``."""
    path = Path(name).expanduser()
    if os.path.lexists(path):
        return f"{path} exists; nothing is overwritten"
    if not path.parent.is_dir():
        return f"there is no directory {path.parent}"
    if not os.access(path.parent, os.W_OK):
        return f"this user may not write to {path.parent}"
    return ""


def write_new(name: str, text: str) -> Path:
    """Write a file that did not exist; only its owner may read it, since logs name people."""
    path = Path(name).expanduser()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(text if text.endswith("\n") else text + "\n")
    return path
