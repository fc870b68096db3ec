"""The operator's own editor, on a private copy of a text: the file itself changes only by a plan."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from mailtui.host.errors import HostError, ToolMissing
from mailtui.host.files import read_file

LARGEST = 256 * 2**20
"""Bytes of a text that comes back."""
_FALLBACKS = ("sensible-editor", "vi", "nano")


def editor(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The editor's command: ``VISUAL``, ``EDITOR``, or what the system has. Raises ToolMissing."""
    for name in ("VISUAL", "EDITOR"):
        try:
            words = shlex.split(environment.get(name, ""))
        except ValueError as error:
            raise HostError(f"{name} is no command: {error}", unlock=f"set {name} to your editor") from error
        if words:
            return tuple(words)
    found = next((name for name in _FALLBACKS if shutil.which(name)), "")
    if not found:
        raise ToolMissing("EDITOR")
    return (found,)


def in_editor(data: bytes, name: str) -> bytes:
    """What the operator made of ``data``; the copy is called ``name``, and nobody else may read it.

    The terminal must be free. Raises HostError and ToolMissing; the text is then as it was.
    """
    command = editor()
    with TemporaryDirectory(prefix="mailtui-edit-") as folder:
        path = Path(folder) / (Path(name).name or "text")
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        try:
            code = subprocess.run([*command, str(path)], check=False).returncode
        except FileNotFoundError as error:
            raise ToolMissing(command[0]) from error
        except OSError as error:
            raise HostError(f"{command[0]}: {error.strerror}") from error
        if code != 0:
            raise HostError(f"{command[0]} ended with {code}: what it wrote is not taken over")
        return read_file(path, limit=LARGEST).data
