"""New texts of main.cf and master.cf, made by Postfix's own editor on a private copy: postconf(1), ``-e -X -M -F -P``.

Comments, order and everything else stays as postconf leaves it. The files themselves are not touched here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from mailtui.host.errors import HostError, UsageError
from mailtui.host.files import read_file
from mailtui.host.tools import Tools
from mailtui.services.configuration.lint.fatal import fatal_findings
from mailtui.services.configuration.model import Setting
from mailtui.services.postfix.config import PostfixConfig, pairs
from mailtui.text import clean

FILES = ("main.cf", "master.cf")
_LONG_AGO = 1.0
"""When a copy was last changed: Postfix waits up to two seconds before it reads what was changed just now."""
_LINE = re.compile(r"^\S*postconf: (?:warning: |fatal: )?|(?:, |: )line \d+")
_FIELDS = frozenset(("service", "type", "private", "unprivileged", "chroot", "wakeup", "process_limit", "command"))


@dataclass(frozen=True, slots=True)
class Edited:
    """New texts, and what postconf reads in them."""

    files: tuple[tuple[Path, bytes], ...]
    """The files that change, with what they will hold."""
    expected: Mapping[str, str]
    """What the settings will be when they are read back."""


def edited(tools: Tools, postfix: PostfixConfig, settings: Sequence[Setting]) -> Edited:
    """What comes of setting them.

    Raises UsageError for what postconf cannot write, HostError for what Postfix would then complain of and does not
    complain of now.
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
        _refuse_fatal(tools, postfix, PostfixConfig(tools, copy))
        after = {name: (copy / name).read_bytes() for name in FILES}
        set_to = {one.name: written(tools, ("-c", private), one.name) for one in settings if one.value is not None}
    files = tuple((folder / name, after[name]) for name in FILES if after[name] != before[name])
    return Edited(files, {name: value for name, value in set_to.items() if value is not None})


def written(tools: Tools, where: tuple[str, ...], name: str) -> str | None:
    """What stands there, as it is written, or the default; None for what Postfix does not know.

    ``where`` are the arguments that point postconf at a configuration. Raises what ``Tools.run`` raises.
    """
    kind = kind_of(name)
    said = tools.run(["postconf", *where, *kind, "--", name], check=False).text
    return " ".join(said.split()) or None if kind == ("-M",) else pairs(said).get(name)


def kind_of(name: str) -> tuple[str, ...]:
    """The option that makes postconf take a name for a service, for a field or for a parameter of one."""
    slashes = name.count("/")
    if slashes < 2:
        return ("-M",) if slashes else ()
    return ("-F",) if name.rpartition("/")[2] in _FIELDS else ("-P",)


def _edit(tools: Tools, folder: Path, setting: Setting) -> None:
    if "\n" in setting.name + (setting.value or "") or "=" in setting.name or setting.name.startswith("-"):
        raise UsageError(f"{clean(setting.name)} cannot be set so: a name and one line is what Postfix takes")
    kind = kind_of(setting.name)
    if setting.value is not None:
        tools.run(["postconf", "-c", str(folder), *kind, "-e", f"{setting.name}={setting.value}"])
    elif kind == ("-F",):
        raise UsageError(f"{clean(setting.name)} is a field of the service and cannot be taken away")
    else:
        tools.run(["postconf", "-c", str(folder), *kind, "-X", setting.name])


def _refuse_fatal(tools: Tools, before: PostfixConfig, after: PostfixConfig) -> None:
    """Raises HostError for what a daemon would end with and does not end with now."""
    found = tuple(fatal_findings(tools, after))
    known = {one.id for one in fatal_findings(tools, before.again())} if found else set()
    for one in found:
        if one.id not in known:
            raise HostError(f"{one.subject}: {one.title}", unlock=f"nothing was changed. {one.advice}")


def _complaints(tools: Tools, folder: Path) -> set[str]:
    """What Postfix says on reading both files, without where they lie and in which line."""
    for name in FILES:
        os.utime(folder / name, (_LONG_AGO, _LONG_AGO))
    said = [tools.run(["postconf", "-c", str(folder), option], check=False).error_text for option in ("-n", "-M", "-P")]
    return {_LINE.sub("", line.replace(f"{folder}/", "")) for text in said for line in text.splitlines()}
