"""The action ``file-replace``: a file gets another content, comes into being, or goes away; whole or not at all."""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from mailtui.changes.backups import Backups
from mailtui.changes.plan import Json, Missed, Note, Outcome, Step, Target
from mailtui.host.errors import HostError, MailtuiError
from mailtui.host.files import FileChanged, atomic_replace, digest, read_file
from mailtui.host.presence import create, remove, sweep
from mailtui.text import clean, clean_lines

NAME = "file-replace"
ABSENT = ""
"""The digest of a file that is not there."""


def replace_step(
    path: Path, new: bytes | None, why: str, *, risk: str = "", mode: int = 0o644, secret: bool = False
) -> Step:
    """Put ``new`` into the file ``path``, or with None take it away; a symbolic link's target is meant.

    ``mode`` is for a file that is not there yet; of a ``secret`` one no diff is shown. Nothing is written yet.
    Raises PermissionDenied or HostError when the file cannot be read.
    """
    target = path.resolve()
    old = _read(target)
    before, after = (ABSENT if data is None else digest(data) for data in (old, new))
    rights: dict[str, Json] = {"mode": mode, "uid": None, "gid": None}
    if old is not None:
        facts = target.stat()
        rights = {"mode": stat.S_IMODE(facts.st_mode), "uid": facts.st_uid, "gid": facts.st_gid}
    shown = clean(str(target))
    verb = "put back" if old is not None else "removed"
    return Step(
        action=NAME,
        arguments={"path": str(target), "before": before, "after": after, **rights},
        why=why,
        diff=f"{shown} (its content is secret)" if secret else unified_diff(old, new, shown),
        risk=risk,
        undo=f"{shown} is {verb} as it was, unless somebody changed it meanwhile",
        targets=(Target(str(target), {"sha256": before}, shown),),
        content=new,
    )


def unified_diff(old: bytes | None, new: bytes | None, name: str) -> str:
    """What changes, for people: cleaned text."""
    before, after = (
        [] if data is None else clean_lines(data.decode("utf-8", "surrogateescape")).splitlines() for data in (old, new)
    )
    was, is_now = ("/dev/null" if data is None else name for data in (old, new))
    return "\n".join(difflib.unified_diff(before, after, was, is_now, lineterm=""))


class FileReplace:
    """See ``mailtui.changes.plan.Action``."""

    def __init__(self, state: Path) -> None:
        self._backups = Backups(state)

    def apply(self, step: Step, note: Note) -> Outcome:
        """Keep both contents, then replace. Raises FileChanged where the file is not what the plan was made for."""
        path, before, after = _places(step.arguments)
        there = _digest(path)
        if there == after:
            return Outcome(skipped=(Missed(str(path), "it is so already"),))
        if there != before:
            raise FileChanged(f"{path} has changed since this was planned", unlock="look at it again, then repeat")
        old = _read(path)
        if old is not None:
            self._backups.keep(old)
        if step.content is not None:
            self._backups.keep(step.content)
        note({"replacing": str(path), "backup": before})
        self._put(path, before, after, step.arguments)
        return Outcome(done=(str(path),))

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """Put the old content back if the file is still what was written."""
        path, before, after = _places(step.arguments)
        there = _digest(path)
        _sweep(path)
        if there == before:
            return Outcome(done=(str(path),))
        if there != after:
            return Outcome(skipped=(Missed(str(path), "it was changed since; it was left as it is"),))
        note({"restoring": str(path)})
        self._put(path, after, before, step.arguments)
        return Outcome(done=(str(path),))

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """The file is what it was, what it should become, or what somebody else made of it."""
        path, before, after = _places(step.arguments)
        _sweep(path)
        there = _digest(path)
        if there == after:
            return Outcome(done=(str(path),))
        if there == before:
            return Outcome(failed=(Missed(str(path), "mailtui was stopped before it was replaced"),))
        return Outcome(failed=(Missed(str(path), "somebody else changed it"),))

    def _put(self, path: Path, before: str, after: str, arguments: Mapping[str, Json]) -> None:
        if after == ABSENT:
            remove(path, expected=before)
        elif before == ABSENT:
            create(path, self._backups.content(after), mode=_number(arguments, "mode"), owner=_owner(arguments))
        else:
            atomic_replace(path, self._backups.content(after), expected=before)


def _places(arguments: Mapping[str, Json]) -> tuple[Path, str, str]:
    path = Path(str(arguments["path"]))
    if not path.is_absolute():
        raise HostError(f"{path} is not an absolute path")
    return path, str(arguments["before"]), str(arguments["after"])


def _owner(arguments: Mapping[str, Json]) -> tuple[int, int] | None:
    if arguments.get("uid") is None:
        return None
    return _number(arguments, "uid"), _number(arguments, "gid")


def _number(arguments: Mapping[str, Json], name: str) -> int:
    value = arguments[name]
    if not isinstance(value, int):
        raise MailtuiError(f"the journal names no {name}")
    return value


def _read(path: Path) -> bytes | None:
    """The content, None for a file that is not there."""
    return read_file(path, follow=False).data if os.path.lexists(path) else None


def _digest(path: Path) -> str:
    data = _read(path)
    return ABSENT if data is None else digest(data)


def _sweep(path: Path) -> None:
    if path.parent.is_dir():
        sweep(path.parent)
