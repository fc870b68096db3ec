"""What comes out: each rule's answer, and the reply in the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Answer = Literal["permit", "reject", "dunno"]
"""``permit`` ends the list, ``reject`` everything, ``dunno`` leaves it to the next rule (access(5))."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that was asked."""

    parameter: str
    """The list it stands in."""
    at: str
    """The moment: ``RCPT TO`` and so on."""
    rule: str
    """As it is written."""
    depth: int
    """How many classes and table entries lead to it."""
    answer: Answer
    reply: str = ""
    """What it would have the client told; with ``warn_if_reject`` only the log is."""
    why: str = ""
    """What made it answer so: the entry with its file and line, the name that is missing."""
    asked: bool = True
    """False for a rule that only the running system can answer, so that it was left out."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How it ends."""

    service: str
    """The service of master.cf that was asked: ``smtp/inet``."""
    accepted: bool
    reply: str
    """What the client is told: at the moment of the refusal, or to RCPT TO."""
    at: str
    """The command that is refused; ``""`` where none is."""
    rule: str
    """The rule that decided; ``""`` where none refused."""
    parameter: str
    """The list it stands in."""
    steps: tuple[Step, ...]
    """Every rule that was asked, in order."""
    effects: tuple[str, ...] = ()
    """What happens to the message besides: ``HOLD``, ``FILTER smtp:[127.0.0.1]:10024``."""
    left_out: tuple[str, ...] = ()
    """Rules that were not asked and may decide otherwise; postscreen and filters, too."""
