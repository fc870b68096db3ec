"""What a probe was aimed at, what was said, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mailtui.maillog.model import LineRef
from mailtui.services.tls.probe.model import StartTls

Protocol = Literal["smtp", "imap", "pop3", "sieve"]
Verdict = Literal[
    "accepted",
    "refused",
    "temporary",
    "not-offered",
    "not-encrypted",
    "untrusted",
    "unreachable",
    "silent",
    "closed",
    "unclear",
]
"""``not-offered``: there is no mechanism, or not the wanted one; ``not-encrypted``: TLS is not to be had, and no
password goes out in clear; ``untrusted``: the certificate is not to be trusted, and no password goes to a stranger;
``silent``: no answer in time; ``unclear``: an answer that means neither yes nor no."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A port that speaks one of the protocols."""

    protocol: Protocol
    host: str
    port: int
    implicit: bool = False
    """Whether TLS begins with the first byte; otherwise STARTTLS is asked for."""
    service: str = ""
    """Its name in master.cf or in Dovecot's configuration, where it is one of this machine's."""

    @property
    def starttls(self) -> StartTls:
        """The language in which TLS is asked for."""
        return "" if self.implicit else self.protocol

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.protocol}{'s' if self.implicit else ''} {host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a dialogue, cleaned; what is secret in it stands as ``…``."""

    ours: bool
    text: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One connection, or one question to Dovecot's own tool. Text is cleaned."""

    target: str
    """What was asked: an endpoint, or a program."""
    verdict: Verdict
    told: str
    """The verdict in a sentence."""
    reply: str = ""
    """The server's words that decided it."""
    mechanism: str = ""
    offered: tuple[str, ...] = ()
    """The mechanisms that the server offers after TLS, or without where there is none."""
    tls: str = ""
    """Version and cipher; ``""`` for none."""
    client: str = ""
    """The address we came from; ``""`` where there was no connection."""
    dialogue: tuple[Said, ...] = ()
    facts: tuple[str, ...] = ()
    """What else was learnt, a sentence each."""
    lines: tuple[LineRef, ...] = ()
    """The log lines it caused."""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the server said yes."""
        return self.verdict == "accepted"


@dataclass(frozen=True, slots=True)
class Probe:
    """All that one probe did."""

    kind: str
    """``auth recipient imap pop3 sieve deliver relay``."""
    subject: str
    """The user or address it is about; cleaned."""
    verdict: str
    """As of an attempt, or ``exists catch-all`` (recipient), ``delivered``, ``open-relay no-relay``."""
    told: str
    """The answer in a sentence."""
    attempts: tuple[Attempt, ...] = ()
    notes: tuple[str, ...] = ()
    """What the operator should know about what this proves and what not."""
    seconds: float = 0.0
