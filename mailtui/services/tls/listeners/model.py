"""What is set to listen, and what does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mailtui.services.configuration.model import Program
from mailtui.services.tls.probe import Ask, KeyKind, StartTls

Role = Literal["mx", "submission", "mailbox", "delivery", "other"]
"""Who comes: strangers with mail for us; our users with theirs; users to their mailboxes; other mail programs (LMTP);
whom no mail program serves."""

State = Literal["listening", "missing", "taken", "unset"]
"""It does as it is set; nobody listens; another program does; it does and is set nowhere (any more)."""

ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 - what the configuration says, not what is bound here


@dataclass(frozen=True, slots=True)
class Listener:
    """A port that the configuration opens, on one address."""

    program: Program
    service: str
    """``smtp/inet`` as master.cf names it, ``imap-login/imaps`` with Dovecot's service and listener."""
    address: str
    """``0.0.0.0`` and ``::`` for all of them."""
    port: int
    role: Role
    protocol: str
    """``smtp lmtp imap pop3 sieve``, or the name of what this console cannot speak."""
    implicit: bool = False
    """TLS from the first byte."""
    tls: bool = True
    """Whether the configuration means it to offer TLS."""

    @property
    def starttls(self) -> StartTls | None:
        """How TLS begins there; None where it cannot be asked for."""
        if self.implicit:
            return ""
        spoken: dict[str, StartTls] = {one: one for one in ("smtp", "lmtp", "imap", "pop3", "sieve")}
        return spoken.get(self.protocol)

    @property
    def reached_at(self) -> str:
        """The address by which this machine itself gets there."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.address, self.address)  # noqa: S104

    def ask(self, name: str = "", versions: tuple[str, ...] = (), timeout: float = 10.0, key: KeyKind = "") -> Ask:
        """The question what it serves, by a client that is not this machine's own where that can be had.

        Dovecot takes a client with the server's own address for secured, and offers it what others must not do.
        """
        source = "127.0.0.2" if "." in self.reached_at else None
        return Ask(self.reached_at, self.port, self.starttls or "", name or None, versions, source, timeout, key)

    @property
    def name(self) -> str:
        """Address and port, as people write them."""
        return place(self.address, self.port)


@dataclass(frozen=True, slots=True)
class Socket:
    """A port that somebody listens on."""

    address: str
    port: int
    pid: int | None = None
    """None where the process is not this user's to see."""
    process: str = ""
    """The program that opened it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A port: what is set, what is."""

    state: State
    listener: Listener | None = None
    """None for ``unset``."""
    socket: Socket | None = None
    """None for ``missing``."""

    @property
    def address(self) -> str:
        """Where."""
        found = self.listener or self.socket
        return found.address if found else ""

    @property
    def port(self) -> int:
        """Which."""
        found = self.listener or self.socket
        return found.port if found else 0


def place(address: str, port: int) -> str:
    """``*:25``, ``192.0.2.7:25``, ``[2001:db8::7]:25``; ``[::]:25`` for all of IPv6."""
    if address == "0.0.0.0":  # noqa: S104
        return f"*:{port}"
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
