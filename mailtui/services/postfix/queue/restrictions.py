"""The plans' other half of a rule: main.cf and master.cf must ask the table.

The new text of both is made by postconf(1) itself, on a copy; what is planned is to replace the files by it, so that
undoing puts back every byte. The table is asked first in its list: HOLD lets the rest be asked too (access(5)).
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from mailtui.changes.files import replace_step
from mailtui.changes.plan import Step
from mailtui.host.errors import PermissionDenied
from mailtui.host.files import errors_named, read_file
from mailtui.host.tools import Tools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.access import Place
from mailtui.services.postfix.queue.privilege import sudo_rule

_FILES = ("main.cf", "master.cf")


def asking_steps(tools: Tools, postfix: PostfixConfig, place: Place) -> tuple[Step, ...]:
    """Replace main.cf and master.cf where a list does not ask the table yet; empty where all do.

    Raises PermissionDenied or HostError where the files cannot be read, and what ``Tools.run`` raises.
    """
    folder = Path(postfix.get("config_directory"))
    with tempfile.TemporaryDirectory(prefix="mailtui-") as scratch, errors_named(folder):
        copy = Path(scratch)
        for name in _FILES:
            (copy / name).write_bytes(read_file(folder / name).data)
        _edit(tools, copy, f"{place.check} texthash:{folder / place.file}", place.parameter)
        changed = [name for name in _FILES if (copy / name).read_bytes() != read_file(folder / name).data]
        return tuple(
            replace_step(folder / name, (copy / name).read_bytes(), f"{place.parameter} asks {place.file} first")
            for name in changed
        )


def _edit(tools: Tools, copy: Path, asked: str, parameter: str) -> None:
    """Put ``asked`` in front of every list of this name: main.cf's, and those that services set for themselves."""
    where = ["-c", str(copy)]
    _cool(copy)
    (line,) = tools.run(["postconf", *where, parameter]).text.splitlines()
    value = line.partition("=")[2].strip()
    if asked not in value:
        tools.run(["postconf", *where, "-e", f"{parameter} = {_in_front(asked, value)}"])
        _cool(copy)
    for override in tools.run(["postconf", *where, "-P"]).text.splitlines():
        name, _, value = (part.strip() for part in override.partition("="))
        if name.endswith(f"/{parameter}") and asked not in value:
            tools.run(["postconf", *where, "-P", f"{name} = {_in_front(asked, value)}"])


def _cool(copy: Path) -> None:
    """Let the files seem old: Postfix waits two seconds before it believes one that was written just now."""
    for name in _FILES:
        os.utime(copy / name, (0, 0))


def _in_front(asked: str, value: str) -> str:
    return f"{asked}, {value}" if value else asked


def table_text(folder: Path, place: Place) -> str:
    """The table as it is; ``""`` where there is none yet. Raises PermissionDenied or HostError."""
    path = folder / place.file
    try:
        return read_file(path).data.decode("utf-8", "surrogateescape") if path.exists() else ""
    except PermissionDenied as error:
        raise PermissionDenied(error.message, unlock=f"sudo rule: {sudo_rule()}") from error


def table_step(folder: Path, place: Place, text: str, why: str, risk: str = "") -> Step:
    """Write the table, readable by all as Postfix's daemons must. Raises PermissionDenied or HostError."""
    return replace_step(folder / place.file, text.encode("utf-8", "surrogateescape"), why, risk=risk)
