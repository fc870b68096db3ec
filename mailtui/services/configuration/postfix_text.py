"""New texts of main.cf and master.cf, made by Postfix's own editor on a private copy: postconf(1), ``-e -X -P``.

Comments, order and everything else stays as postconf leaves it. The files themselves are not touched here.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from mailtui.host.errors import HostError, UsageError
from mailtui.host.files import read_file
from mailtui.host.tools import Tools
from mailtui.services.configuration.model import Setting
from mailtui.services.postfix.config import PostfixConfig
from mailtui.text import clean

FILES = ("main.cf", "master.cf")


@dataclass(frozen=True, slots=True)
class Edited:
    """A file with its new text."""

    path: Path
    data: bytes


def edited(tools: Tools, postfix: PostfixConfig, settings: Sequence[Setting]) -> tuple[Edited, ...]:
    """The files that change, with what they will hold.

    A name like ``submission/inet/smtpd_tls_security_level`` is one of master.cf's. Raises UsageError for what postconf
    cannot write, HostError for what Postfix would then complain of and does not complain of now.
    """
    folder = Path(postfix.get("config_directory"))
    before = {name: read_file(folder / name).data for name in FILES}
    with TemporaryDirectory(prefix="mailtui-") as private:
        copy = Path(private)
        for name, data in before.items():
            (copy / name).write_bytes(data)
        known = _complaints(tools, copy)
        for setting in settings:
            _edit(tools, copy, setting)
        new = _complaints(tools, copy) - known
        if new:
            raise HostError(f"Postfix would complain: {clean(sorted(new)[0])}", unlock="nothing was changed")
        after = {name: (copy / name).read_bytes() for name in FILES}
    return tuple(Edited(folder / name, after[name]) for name in FILES if after[name] != before[name])


def _edit(tools: Tools, folder: Path, setting: Setting) -> None:
    if "\n" in setting.name + (setting.value or "") or "=" in setting.name or setting.name.startswith("-"):
        raise UsageError(f"{clean(setting.name)} cannot be set so: a name and one line is what Postfix takes")
    kind = ("-P",) if "/" in setting.name else ()
    if setting.value is None:
        tools.run(["postconf", "-c", str(folder), *kind, "-X", setting.name])
    else:
        tools.run(["postconf", "-c", str(folder), *kind, "-e", f"{setting.name}={setting.value}"])


def _complaints(tools: Tools, folder: Path) -> set[str]:
    """What Postfix says on reading both files, without where they lie."""
    for name in FILES:
        os.utime(folder / name, (0, 0))  # Postfix waits for two seconds before it reads a file just written
    said = [tools.run(["postconf", "-c", str(folder), option], check=False).error_text for option in ("-n", "-M", "-P")]
    return {line.replace(f"{folder}/", "") for text in said for line in text.splitlines()}
