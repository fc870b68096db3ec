"""The files of a candidate, as the programs are told of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NewFiles:
    """The files a candidate will lie in."""

    key: str
    chain: str
    both: str = ""
    """Key and chain in one file; ``""`` where there is none."""
