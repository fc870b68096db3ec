"""Where a user is, and where not. All text is cleaned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mailtui.findings import Finding

State = Literal["there", "missing", "wrong", "unused", "unknown"]
"""``unused``: this machine has no such place; ``unknown``: it could not be asked."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place where a user ought to be."""

    name: str
    """``Postfix``, ``passdb``, ``userdb``, ``disk``, ``quota``, ``PostfixAdmin``."""
    user: str
    """Whom it is about: the address, or the user its mail goes to."""
    state: State
    told: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All places of one address."""

    address: str
    told: str
    """The answer in a sentence."""
    places: tuple[Place, ...]
    findings: tuple[Finding, ...]

    @property
    def whole(self) -> bool:
        """Whether there is nothing wrong and nothing missing."""
        return all(place.state not in ("missing", "wrong") for place in self.places)

    @property
    def asked(self) -> bool:
        """Whether userdb told of everybody; passdb may keep silent without a password."""
        return not any(place.name == "userdb" and place.state == "unknown" for place in self.places)
