"""Values of Authentication-Results. All text is cleaned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Trust = Literal["ours", "foreign", "forged", "unplaced"]
"""``ours``: our name, and it stands where only we can have put it; ``foreign``: another server's name; ``forged``: our
name, but it came with the message; ``unplaced``: the message did not pass this machine, so nobody can tell."""


@dataclass(frozen=True, slots=True)
class Result:
    """One check: ``dkim=pass header.d=shop.example``."""

    method: str
    result: str
    reason: str = ""
    properties: tuple[tuple[str, str], ...] = ()
    """Names such as ``header.d`` and ``smtp.mailfrom`` with their values."""
    comment: str = ""

    def of(self, *names: str) -> str:
        """The first of these properties that there is; ``""`` for none."""
        known = dict(self.properties)
        return next((known[name] for name in names if known.get(name)), "")


@dataclass(frozen=True, slots=True)
class ResultsHeader:
    """One header field of results."""

    name: str
    """``Authentication-Results``, ``ARC-Authentication-Results`` or ``Received-SPF``."""
    authserv_id: str
    """Who says so; ``""`` where it does not tell."""
    results: tuple[Result, ...]
    trust: Trust
    why: str
    """Why it is to be trusted, or not, in a sentence."""
    problem: str = ""
    """What is wrong with how it is written; ``""`` where nothing is."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Whether a domain that was vouched for stands for the one that people see."""

    method: str
    domain: str
    aligned: bool | None
    """None where two names of one parent may be one organisation's, which only the DNS can tell."""
    told: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All results of one message."""

    sender: str
    """The domain of ``From``, which people see; ``""`` where there is none or more than one."""
    headers: tuple[ResultsHeader, ...]
    """From the top of the message to its end."""
    alignments: tuple[Alignment, ...]
    told: tuple[str, ...]
    """What the trusted ones mean, a sentence each."""
    own_names: tuple[str, ...]
    """Names under which this machine writes results."""
