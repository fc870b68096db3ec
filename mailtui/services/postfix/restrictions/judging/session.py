"""Who a client is and what it asks for."""

from __future__ import annotations

from dataclasses import dataclass

UNKNOWN = "unknown"
"""The name smtpd(8) gives a client whose name it could not find, or that leads elsewhere."""


def usual_helo(client: str) -> str:
    """A HELO name that no rule has anything against: the client's address in brackets (RFC 5321, 4.1.3)."""
    return f"[IPv6:{client}]" if ":" in client else f"[{client}]"


@dataclass(frozen=True, slots=True)
class Session:
    """One client, and the one message it brings."""

    client: str
    """Its IP address."""
    name: str | None = None
    """Its verified name, ``unknown`` where it has none; None to ask the DNS."""
    reverse_name: str | None = None
    """What its address is called, verified or not; None for the same as ``name``."""
    helo: str = ""
    """The name it gives with HELO; ``""`` where it gives none."""
    sender: str = ""
    """As in MAIL FROM, without angle brackets; ``""`` for a bounce."""
    recipient: str = ""
    """As in RCPT TO, without angle brackets."""
    user: str = ""
    """Whom it has logged in as; ``""`` for nobody."""
    tls: bool | None = None
    """Whether it speaks TLS; None for what the service insists on."""
