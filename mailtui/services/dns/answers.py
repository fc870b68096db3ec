"""What the DNS said to one question: found, no such name, no such record, a failing server, or nothing in time.

These are five different things for an operator. RFC 8499 (terms), RFC 2308 (negative answers).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mailtui.text import clean

State = Literal["found", "nodata", "nxdomain", "servfail", "timeout", "failed"]

_WORDS: dict[State, str] = {
    "found": "has {type} records",
    "nodata": "exists but has no {type} record",
    "nxdomain": "does not exist (NXDOMAIN)",
    "servfail": "cannot be told: the name server failed (SERVFAIL)",
    "timeout": "cannot be told: no answer in time",
    "failed": "cannot be told",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question; the records sorted."""

    name: str
    """What was asked for, without the final dot."""
    type: str
    """``A MX TXT`` …"""
    state: State
    records: tuple[str, ...] = ()
    """In the presentation format of RFC 1035, 5; of TXT, see ``texts``."""
    strings: tuple[tuple[bytes, ...], ...] = ()
    """Of TXT: the character-strings of each record, apart."""
    aliases: tuple[str, ...] = ()
    """The CNAMEs that led to the records."""
    secure: bool = False
    """Whether a validating resolver on this machine says that DNSSEC proves it."""
    problem: str = ""
    """Why there is no answer, in the resolver's words."""

    @property
    def unknown(self) -> bool:
        """Whether nothing was learnt: neither that there is something, nor that there is not."""
        return self.state in ("servfail", "timeout", "failed")

    @property
    def absent(self) -> bool:
        """Whether it is certain that there is no such record."""
        return self.state in ("nxdomain", "nodata")

    @property
    def texts(self) -> tuple[str, ...]:
        """TXT records as those who use them read them: strings joined without a space (RFC 7208, 3.3)."""
        return tuple(b"".join(parts).decode("utf-8", "surrogateescape") for parts in self.strings)

    @property
    def _shown(self) -> str:
        return clean(self.name) or "."  # the root

    def told(self) -> str:
        """It in a sentence for people."""
        words = _WORDS[self.state].format(type=self.type)
        why = f": {clean(self.problem)}" if self.problem and self.state == "failed" else ""
        return f"{self._shown} {words}{why}"

    def evidence(self) -> tuple[str, ...]:
        """Every record, or why there is none, for people."""
        name = self._shown
        if self.state != "found":
            return (f"{self.type} of {self.told()}" if self.unknown else self.told(),)
        shown = self.texts if self.type == "TXT" else self.records
        alias = tuple(f"{name} CNAME {clean(alias)}" for alias in self.aliases)
        return alias + tuple(f"{name} {self.type} {clean(text)}" for text in shown)
