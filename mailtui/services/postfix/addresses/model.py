"""What is known of one address when Postfix's own order has been gone through. All text is cleaned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Stage = Literal["recipient", "rewriting", "routing", "delivery"]
"""Who asks: smtpd(8) whether to take the recipient, cleanup(8), trivial-rewrite(8), a delivery agent."""


@dataclass(frozen=True, slots=True)
class Step:
    """One question to one table, or one element of a list of domains that matched."""

    stage: Stage
    parameter: str
    """The parameter of main.cf that names the table or list."""
    table: str
    """``type:name``, or the element of the list."""
    key: str
    result: str | None
    """What it answered; None where it has no such key."""
    file: str = ""
    """The text the answer stands in; ``""`` where there is none, or none to read."""
    line: int | None = None
    """The line in that file, from 1."""


@dataclass(frozen=True, slots=True)
class Final:
    """Where the mail ends, for one of the addresses it is for at last."""

    address: str
    transport: str
    """The service of master.cf that delivers it."""
    nexthop: str
    """Host, domain or socket that it is handed to; the text of a transport that refuses."""
    mailbox: str = ""
    """File, folder, command or user that gets it on this machine; ``""`` where it leaves the machine."""
    problem: str = ""
    """Why it is not delivered; ``""`` where nothing is against it."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Where mail for an address goes."""

    address: str
    """In standard form."""
    address_class: str
    """``local``, ``virtual alias``, ``virtual mailbox``, ``relay`` or ``default``."""
    accepted: bool
    """Whether a client may hand such mail in."""
    reply: str
    """What the client is told: at RCPT TO, or after the message where only then something is found."""
    steps: tuple[Step, ...] = ()
    final: tuple[Final, ...] = ()
    problem: str = ""
    """What is wrong with it as a whole; ``""`` where nothing is."""
