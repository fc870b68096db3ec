"""The action ``certificate-private``: files with private keys in them become their owner's alone.

``postmap -F`` writes the keys themselves into the index of an SNI table, and gives it the rights its source has
(postmap(1)); so the source must be private before.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from mailtui.changes.plan import Json, Note, Outcome, Step
from mailtui.host.files import errors_named, opened
from mailtui.text import clean

NAME = "certificate-private"
_MODE = 0o600
_OTHERS = 0o077


class CertificatePrivate:
    """See ``mailtui.changes.plan.Action``."""

    def apply(self, step: Step, note: Note) -> Outcome:
        """Raises PermissionDenied or HostError."""
        done = []
        for path in _paths(step):
            note({"private": str(path)})
            with errors_named(path), opened(path, os.O_RDONLY | os.O_NOFOLLOW) as file:
                os.fchmod(file, _MODE)
            done.append(str(path))
        return Outcome(done=tuple(done))

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """They stay private."""
        return Outcome(done=outcome.done)

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """Once more does no harm."""
        return self.apply(step, lambda _: None)


def private_step(paths: Sequence[Path]) -> Step | None:
    """What makes those of ``paths`` private that are not; None where all are."""
    open_to_others = [str(path) for path in map(Path.resolve, paths) if _is_open(path)]
    if not open_to_others:
        return None
    shown = ", ".join(map(clean, open_to_others))
    return Step(
        NAME,
        {"paths": open_to_others},
        f"{shown}: mode 0600, since private keys come to lie in it",
        undo="the mode stays: the keys of before are in it as well",
    )


def _paths(step: Step) -> list[Path]:
    told = step.arguments["paths"]
    assert isinstance(told, Sequence)
    return [Path(str(path)) for path in told]


def _is_open(path: Path) -> bool:
    try:
        return bool(stat.S_IMODE(path.stat().st_mode) & _OTHERS)
    except OSError:
        return False
