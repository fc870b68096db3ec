"""New texts of Dovecot's configuration files.

The last assignment wins, so a setting that stands somewhere is changed where it stands last; a new one joins its block
where there is such a block, and goes otherwise into a file of ours that is read after the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mailtui.host.errors import UsageError
from mailtui.services.configuration.dovecot_text import ASSIGN, INCLUDE, Place, Sources, included_path, path_of
from mailtui.services.configuration.model import Setting
from mailtui.text import clean

DROP_IN = "99-mailtui.conf"


def edited(sources: Sources, setting: Setting) -> Sources:
    """The configuration with one setting changed. Raises UsageError for a name or value that cannot be one."""
    *blocks, name = path_of(setting.name)
    if not name or "\n" in setting.name + (setting.value or "") or any(not block for block in blocks):
        raise UsageError(f"{clean(setting.name)} cannot be set so: a name and one line is what Dovecot takes")
    place = sources.find(setting.name)
    if place is not None:
        return sources.with_text(place.file, _replaced(sources.texts[place.file], place, setting.value))
    if setting.value is None:
        raise UsageError(f"{clean(setting.name)} is not set", unlock="mailtui config diff dovecot shows what is")
    for depth in range(len(blocks), 0, -1):
        neighbour = sources.last_in(tuple(blocks[:depth]))
        if neighbour is not None:
            new = block_text(blocks[depth:], name, setting.value)
            return sources.with_text(neighbour.file, _inserted(sources.texts[neighbour.file], neighbour, new))
    file = drop_in(sources)
    text = sources.texts.get(file, "# Written by mailtui; what is set here is set nowhere else.\n")
    return sources.with_text(file, text.rstrip("\n") + "\n" + block_text(blocks, name, setting.value))


def drop_in(sources: Sources) -> Path:
    """The file that takes new settings: one of a folder that is included whole, else the main file."""
    for place in sources.lines:
        match = INCLUDE.match(place.text)
        if match and match[2].endswith("/*.conf") and not place.blocks:
            return included_path(match[2], place.file).parent / DROP_IN
    return sources.main


def block_text(blocks: Sequence[str], name: str, value: str) -> str:
    """A setting with its blocks around it, as it is written."""
    opening = "".join(f"{'  ' * depth}{block} {{\n" for depth, block in enumerate(blocks))
    closing = "".join(f"{'  ' * depth}}}\n" for depth in reversed(range(len(blocks))))
    return f"{opening}{'  ' * len(blocks)}{name} = {value}\n{closing}"


def _inserted(text: str, place: Place, new: str) -> str:
    """More lines behind a setting, in the same block."""
    lines = text.split("\n")
    match = ASSIGN.match(lines[place.line])
    assert match is not None
    behind = _end_of(lines, place.line) + 1
    lines[behind:behind] = [f"{match[1]}{line}" for line in new.splitlines()]
    return "\n".join(lines)


def _end_of(lines: Sequence[str], line: int) -> int:
    """The last physical line of a setting: one that ends in a backslash goes on."""
    while lines[line].endswith("\\") and line + 1 < len(lines):
        line += 1
    return line


def _replaced(text: str, place: Place, value: str | None) -> str:
    lines = text.split("\n")
    last = _end_of(lines, place.line)
    match = ASSIGN.match(lines[place.line])
    assert match is not None
    lines[place.line : last + 1] = [] if value is None else [f"{match[1]}{match[2]}{match[3]}{value}"]
    return "\n".join(lines)
