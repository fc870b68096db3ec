"""What is asked of a port and what it answered."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

StartTls = Literal["", "smtp", "lmtp", "imap", "pop3", "sieve"]
"""The protocol in which TLS is asked for; ``""`` where the connection begins with it."""

KeyKind = Literal["", "RSA", "EC"]
"""The kind of key that a server is to prove itself with; ``""`` for the one it chooses."""

Problem = Literal[
    "",
    "unreachable",
    "silent",
    "closed",
    "no-starttls",
    "starttls-refused",
    "injected",
    "no-tls",
    "handshake",
    "unable",
]
"""Why there was no TLS: nobody listens; no answer in time; the server hung up (a broken certificate does that, and so
does a refused version); STARTTLS is not offered, or refused; the server said more in clear after agreeing to STARTTLS;
what answers does not speak TLS; the handshake failed; this machine's OpenSSL cannot ask that."""

NAMES = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
"""The versions that can be asked for, as OpenSSL writes them; no OpenSSL 3 can speak older ones."""

_PASSWORDS = frozenset({"PLAIN", "LOGIN", "USER"})


@dataclass(frozen=True, slots=True)
class Ask:
    """One connection to make."""

    host: str
    port: int
    starttls: StartTls = ""
    sni: str | None = None
    """The name the client says it wants; None to say none."""
    versions: tuple[str, ...] = ()
    """The TLS versions to offer, a range out of ``NAMES``; empty for all."""
    source: str | None = None
    """The local address to come from. Dovecot takes a client with the server's own address for secured."""
    timeout: float = 10.0
    """Seconds for all of it; postscreen alone lets a stranger wait for 6 (``postscreen_greet_wait``)."""
    key: KeyKind = ""
    """The kind of certificate to ask for where a server has two: then TLS 1.2 is spoken, whose ciphers name it."""


@dataclass(frozen=True, slots=True)
class Served:
    """What came back. Text is cleaned."""

    ask: Ask
    problem: Problem = ""
    detail: str = ""
    """What the server, the system or OpenSSL said of the problem."""
    chain_der: tuple[bytes, ...] = ()
    """The certificates as they were sent, the server's own first."""
    version: str = ""
    cipher: str = ""
    greeting: str = ""
    offers_starttls: bool = False
    auth_before_tls: tuple[str, ...] = ()
    """What a client may log in with before TLS; ``LOGIN`` and ``USER`` are also those commands of IMAP and POP3."""
    seconds: float = 0.0

    @property
    def tls(self) -> bool:
        """Whether the handshake was finished."""
        return bool(self.version)

    @property
    def password_in_clear(self) -> bool:
        """Whether a client may send its password before TLS."""
        return not _PASSWORDS.isdisjoint(self.auth_before_tls)

    @property
    def sha256(self) -> str:
        """Fingerprint of the server's certificate, as tools print it; ``""`` for none."""
        return hashlib.sha256(self.chain_der[0]).hexdigest().upper() if self.chain_der else ""
