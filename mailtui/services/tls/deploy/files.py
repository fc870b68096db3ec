"""The action ``certificate-files``: a key and its chain come to lie in a folder of their own, and go again.

The key exists with mode 0600 from its first instant. No copy of it is kept anywhere else: an undo takes the files away,
and what was undone is deployed anew from where the certificate came from.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.changes.plan import Json, Missed, Note, Outcome, Step, Target
from mailtui.changes.private import fsync_folder
from mailtui.host.errors import HostError
from mailtui.host.files import FileChanged, digest, errors_named, read_file
from mailtui.host.presence import create, remove, sweep
from mailtui.services.tls.deploy.model import NewFiles
from mailtui.text import clean

if TYPE_CHECKING:
    from mailtui.services.tls.deploy.candidate import Candidate

NAME = "certificate-files"
KEY, CHAIN, BOTH = "privkey.pem", "fullchain.pem", "both.pem"
_PRIVATE, _PUBLIC = 0o600, 0o644
_FOLDER = 0o755


def new_files(folder: Path, *, both: bool) -> NewFiles:
    """The files that come to lie in ``folder``; ``both`` where one setting names key and chain together."""
    return NewFiles(str(folder / KEY), str(folder / CHAIN), str(folder / BOTH) if both else "")


def files_step(one: Candidate, new: NewFiles) -> Step:
    """Puts a candidate's key and chain into new files, in a folder that is made for them."""
    folder, chain = Path(new.key).parent, one.chain.pem
    parts = [(KEY, one.key, _PRIVATE), (CHAIN, chain, _PUBLIC)]
    if new.both:
        parts.append((BOTH, one.key + chain, _PRIVATE))
    told: list[Json] = [{"name": name, "sha256": digest(data), "mode": mode} for name, data, mode in parts]
    shown = clean(str(folder))
    return Step(
        NAME,
        {"folder": str(folder), "files": told, "key_bytes": len(one.key)},
        f"put key (mode 0600) and chain under names of their own in {shown}; the old files stay",
        undo=f"{shown} is taken away",
        targets=tuple(
            Target(str(folder / name), {"sha256": digest(data)}, clean(str(folder / name))) for name, data, _ in parts
        ),
        content=one.key + chain,
    )


class CertificateFiles:
    """See ``mailtui.changes.plan.Action``. ``named`` tells who still names one of some files."""

    def __init__(self, named: Callable[[Iterable[Path]], str]) -> None:
        self._named = named

    def apply(self, step: Step, note: Note) -> Outcome:
        """Raises FileChanged where other files have these names, and HostError where the key is not at hand."""
        if step.content is None:
            raise HostError("no copy of the key was kept", unlock="deploy the certificate again from where it came")
        folder = _folder(step)
        note({"making": str(folder)})
        with errors_named(folder):
            folder.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
        key_bytes = step.arguments["key_bytes"]
        assert isinstance(key_bytes, int)
        data = {KEY: step.content[:key_bytes], CHAIN: step.content[key_bytes:], BOTH: step.content}
        for path, wanted, mode in _files(step):
            if _digest(path) == wanted and stat.S_IMODE(path.stat().st_mode) == mode:
                continue
            create(path, data[path.name], mode=mode)
        fsync_folder(folder.parent)
        return Outcome(done=tuple(str(path) for path, _, _ in _files(step)))

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """Take away what is still as it was written and named nowhere, and the folder if it is empty then."""
        folder = _folder(step)
        program = self._named([path for path, _, _ in _files(step)])
        if program:
            why = f"{program} still names one of them, or does not tell; they were left"
            return Outcome(skipped=tuple(Missed(name, why) for name in outcome.done))
        note({"removing": str(folder)})
        if folder.is_dir():
            sweep(folder)
        skipped = []
        for path, wanted, _ in _files(step):
            try:
                if os.path.lexists(path):
                    remove(path, expected=wanted)
            except FileChanged:
                skipped.append(Missed(str(path), "it was changed since; it was left as it is"))
        with contextlib.suppress(OSError):  # somebody else's files are in it
            folder.rmdir()
        left = {missed.target for missed in skipped}
        return Outcome(tuple(name for name in outcome.done if name not in left), tuple(skipped))

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """The files tell which were written."""
        folder = _folder(step)
        if folder.is_dir():
            sweep(folder)
            with contextlib.suppress(OSError):
                folder.rmdir()
        there = [path for path, wanted, _ in _files(step) if _digest(path) == wanted]
        missing = [path for path, _, _ in _files(step) if path not in there]
        return Outcome(
            tuple(map(str, there)),
            failed=tuple(Missed(str(path), "mailtui was stopped before it was written") for path in missing),
        )


def _folder(step: Step) -> Path:
    return Path(str(step.arguments["folder"]))


def _files(step: Step) -> list[tuple[Path, str, int]]:
    told = step.arguments["files"]
    assert isinstance(told, Sequence)
    rows = [row for row in told if isinstance(row, Mapping)]
    return [(_folder(step) / str(row["name"]), str(row["sha256"]), int(str(row["mode"]))) for row in rows]


def _digest(path: Path) -> str:
    return read_file(path, follow=False).digest if os.path.lexists(path) else ""
