"""One record to publish, as a zone file has it (RFC 1035, 5.1)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal

from mailtui.services.dns.answers import Answer

State = Literal["published", "missing", "differs", "unknown"]
"""As the DNS has it; not there; something else is; nobody can tell."""

_LONGEST = 255


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record."""

    name: str
    """Without the final dot."""
    type: str
    value: str
    """Of TXT the bare text; of others as a zone file has it, host names with their final dot."""
    why: str
    """What it is for, and who sets it where that is somebody else."""
    state: State = "missing"
    found: tuple[str, ...] = ()
    """What is there instead."""
    file: str = ""
    """Of MTA-STS: what to serve at the address that the record announces."""

    @property
    def strings(self) -> tuple[str, ...]:
        """Of TXT: the value in pieces of at most 255 bytes; one that is in a form's single field goes in whole."""
        return split(self.value) if self.type == "TXT" else ()

    @property
    def line(self) -> str:
        """It as a line of a zone file."""
        value = " ".join(map(quoted, self.strings)) if self.type == "TXT" else self.value
        return f"{self.name}. IN {self.type} {value}"


def split(text: str) -> tuple[str, ...]:
    """Pieces of at most 255 bytes; receivers join them without a space (RFC 7208, 3.3)."""
    return tuple(text[at : at + _LONGEST] for at in range(0, len(text), _LONGEST)) or ("",)


def quoted(text: str) -> str:
    """A character-string as a zone file writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def compared(answer: Answer, value: str, *, among: bool = False) -> tuple[State, tuple[str, ...]]:
    """Whether a record is there; ``among`` others that may stay, or it alone."""
    there = answer.texts if answer.type == "TXT" else answer.records
    if answer.unknown:
        return "unknown", (answer.told(),)
    if any(_plain(one) == _plain(value) for one in there):
        return "published", ()
    return ("missing", ()) if among or not there else ("differs", there)


def _plain(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        return " ".join(value.lower().split()) if "v=" not in value else value.strip().rstrip(";")
