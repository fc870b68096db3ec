"""Targets by name, and the names in a step's notes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import cast

from mailtui.changes.plan import Json, Target


def of_names(targets: Sequence[Target], names: Collection[str]) -> tuple[Target, ...]:
    """The targets with these names, in their own order."""
    wanted = set(names)
    return tuple(target for target in targets if target.name in wanted)


def noted_names(notes: Sequence[Mapping[str, Json]], key: str) -> list[str]:
    """All names that stand under ``key`` in the notes."""
    return [str(name) for note in notes for name in cast(Sequence[Json], note.get(key) or ())]
