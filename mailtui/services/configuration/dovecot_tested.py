"""Whether Dovecot would start with a configuration, asked before it is installed: ``doveconf -c candidate``.

An unknown or misspelt setting stops Dovecot at its next start; a reload with one is refused and the old one stays.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from mailtui.host.errors import HostError, ToolFailed, UsageError
from mailtui.host.tools import Tools
from mailtui.services.configuration.dovecot_edit import block_text
from mailtui.services.configuration.dovecot_names import advice
from mailtui.services.configuration.dovecot_read import value_of
from mailtui.services.configuration.dovecot_text import Sources, path_of
from mailtui.services.configuration.model import Setting
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.text import clean

_UNKNOWN = re.compile(r"[Uu]nknown setting: (\S+)")


def tested(tools: Tools, text: str, *, opening: bool = True) -> None:
    """Raises HostError with Dovecot's words where it would not start; ``opening``: with the files that are named."""
    with _candidate(text) as file:
        _run(tools, file, opening=opening)


def taken(tools: Tools, sources: Sources, setting: Setting) -> str | None:
    """What Dovecot will make of a setting that ``sources`` hold; None where it stands in a block without a name.

    Raises UsageError where something else would hold, and HostError where Dovecot would not start.
    """
    *blocks, name = path_of(setting.name)
    if setting.value is None or any(" " not in block for block in blocks):
        return None
    with _candidate(sources.flat()) as file:
        holds = value_of(DovecotConfig(tools, file), setting.name)
    if "$" in setting.value:
        return holds  # it is made of what it was: written once more it would be something else
    with _candidate(sources.flat() + "\n" + block_text(blocks, name, setting.value)) as file:
        wanted = value_of(DovecotConfig(tools, file), setting.name)
    if holds != wanted:
        raise UsageError(
            f"{clean(setting.name)} would be {clean(str(holds))!r} and not {clean(str(wanted))!r}: another file or "
            "block sets it as well"
        )
    return holds


def _run(tools: Tools, file: Path, *, opening: bool) -> None:
    dovecot = DovecotConfig(tools, file)
    try:
        tools.run(dovecot.test(opening=opening))
    except ToolFailed as error:
        place = rf"(?:Error in configuration file )?{re.escape(str(file))} line \d+"
        words = re.sub(place, "the new configuration", error.message)
        unknown = _UNKNOWN.search(words)
        renamed = advice(unknown[1], dovecot.new_names) if unknown else ""
        unlock = f"nothing was changed. {renamed}" if renamed else "nothing was changed"
        raise HostError(f"Dovecot would not start: {clean(words)}", unlock=unlock) from error


@contextmanager
def _candidate(text: str) -> Iterator[Path]:
    """A private file with this text."""
    with TemporaryDirectory(prefix="mailtui-") as private:
        file = Path(private, "dovecot.conf")
        file.touch(mode=0o600)
        file.write_bytes(os.fsencode(text))
        yield file
