"""A certificate in use: who uses it, where it stands, what is in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from mailtui.findings import Finding
from mailtui.services.configuration.model import Program
from mailtui.services.tls.facts import CertificateFacts

Side = Literal["server", "client"]
"""Shown to those who connect, or to those we connect to."""
Stage = Literal["fine", "soon", "late", "over", "early", "unknown"]

_THIRD, _SIXTH = 1 / 3, 1 / 6


@dataclass(frozen=True, slots=True)
class Use:
    """Where a certificate is named."""

    program: Program
    where: str
    """``main.cf``, ``submission/inet``, ``dovecot``, ``local_name mail.example { protocol imap``."""
    setting: str
    side: Side = "server"
    name: str = ""
    """The name a client must ask for (SNI) to get it; ``""`` for who asks for none of those."""

    def __str__(self) -> str:
        asked = f", asked for {self.name}" if self.name else ""
        return f"{self.where}: {self.setting}{asked}"


@dataclass(frozen=True, slots=True)
class Named:
    """What the configuration names for one certificate, or for several of ``smtpd_tls_chain_files``."""

    files: tuple[str, ...]
    """In the order in which they are read."""
    use: Use
    problem: str = ""
    """Why these cannot be files."""
    key_first: bool = False
    """Whether a key must stand before its certificate (``smtpd_tls_chain_files``, SNI tables)."""
    has_password: bool = False
    """Whether the program knows the word of an encrypted key; Dovecot may (``ssl_key_password``)."""


@dataclass(frozen=True, slots=True)
class FileMode:
    """Who may read a file."""

    path: str
    mode: int
    """The permission bits."""
    owner: str
    group: str
    has_key: bool
    exposed: bool
    """Whether every user of the machine may read it, the folders above counted."""
    source: str = ""
    """What it is compiled from: an SNI table holds copies of private keys, and takes its source's mode."""


@dataclass(frozen=True, slots=True)
class Held:
    """One certificate in use, each once. Text is cleaned."""

    files: tuple[str, ...]
    uses: tuple[Use, ...]
    chain: tuple[CertificateFacts, ...] = ()
    """The server's own first, as it stands in the files."""
    modes: tuple[FileMode, ...] = ()
    problem: str = ""
    """Why it cannot be read or used."""
    unlock: str = ""
    findings: tuple[Finding, ...] = field(default=())
    """What is wrong with it as it stands on disk."""

    @property
    def leaf(self) -> CertificateFacts | None:
        """The certificate itself."""
        return self.chain[0] if self.chain else None

    @property
    def id(self) -> str:
        """What tells it from the others: its files."""
        return "+".join(self.files)

    @property
    def name(self) -> str:
        """What it is for, in a word: its first name, else its file's."""
        names = self.leaf.names if self.leaf else ()
        return names[0] if names else Path(self.files[0]).name if self.files else ""

    def stage(self, now: float) -> Stage:
        """How far its life has gone: a third left is soon, a sixth is late, whatever its length."""
        if self.leaf is None:
            return "unknown"
        if self.leaf.starts > now:
            return "early"
        left = self.leaf.part_left(now)
        return "over" if left <= 0 else "late" if left < _SIXTH else "soon" if left < _THIRD else "fine"
