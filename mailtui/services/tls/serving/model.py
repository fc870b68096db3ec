"""What a port shows to a client, beside what its files hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mailtui.services.tls.facts import CertificateFacts
from mailtui.services.tls.inventory import Held
from mailtui.services.tls.listeners import Listener
from mailtui.services.tls.probe import KeyKind, Served

Verdict = Literal["same", "stale", "table", "broken", "down", "unknown"]
"""It serves what its files hold; something else; the SNI table holds something else than the files; no TLS at all,
though it is set; nobody answers; what it should serve cannot be read."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a client should get."""

    leaves: tuple[str, ...] = ()
    """SHA-256 of each certificate that may be shown: one for each algorithm."""
    files: tuple[str, ...] = ()
    """Where they stand."""
    table: str = ""
    """The SNI table that answers, where there is one."""
    stale_table: bool = False
    """Whether it holds something else than the files it was made of."""
    problem: str = ""
    """Why it is not known."""
    kinds: tuple[KeyKind, ...] = ()
    """The kinds of their keys, where there are several: each must be asked for."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One question to one port."""

    listener: Listener
    name: str
    """What was asked for by SNI; ``""`` for nothing."""
    answer: Served
    leaf: CertificateFacts | None
    """What was shown."""
    expected: Expected
    verdict: Verdict

    @property
    def where(self) -> str:
        """The port, and the name and the kind of key that were asked for."""
        kind = f" by {self.answer.ask.key}" if self.answer.ask.key else ""
        return f"{self.listener.name}{kind} for {self.name}" if self.name else f"{self.listener.name}{kind}"


@dataclass(frozen=True, slots=True)
class Survey:
    """Certificates on disk beside what ports show."""

    time: float
    held: tuple[Held, ...]
    shown: tuple[Shown, ...]
    left_out: tuple[str, ...] = ()
    """Whose certificates are not among them, and why."""

    @property
    def hidden(self) -> tuple[str, ...]:
        """What this user may not look into, a sentence each, with how that is mended."""
        return tuple(f"{', '.join(one.files)}: not looked into; {one.unlock}" for one in self.held if one.unlock)

    def of(self, held: Held) -> tuple[Shown, ...]:
        """The ports that show a certificate, and those that should and do not."""
        if held.leaf is None:
            return tuple(one for one in self.shown if set(held.files) & set(one.expected.files))
        wanted = held.leaf.sha256
        return tuple(one for one in self.shown if wanted in (*one.expected.leaves, one.leaf and one.leaf.sha256))
