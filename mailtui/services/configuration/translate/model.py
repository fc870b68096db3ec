"""What becomes of the lines of a how-to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mailtui.services.configuration.model import Program, Setting

Judgement = Literal["same", "changed", "gone", "dangerous", "by hand", "unknown"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A line of it. All text is cleaned for display."""

    number: int
    """Counted from 1."""
    text: str
    program: Program | None
    judgement: Judgement
    becomes: tuple[str, ...] = ()
    """What it is written as here; nothing where it is left out."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """All of it."""

    lines: tuple[Judged, ...]
    settings: Mapping[Program, tuple[Setting, ...]] = field(default_factory=dict)
    """What to set, by program."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be made of one parameter."""

    judgement: Judgement
    settings: tuple[Setting, ...] = ()
    why: str = ""
