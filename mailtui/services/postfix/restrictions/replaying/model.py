"""What was tried, and what an entry would have changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["client", "helo", "sender", "recipient"]
KINDS: tuple[Kind, ...] = ("client", "helo", "sender", "recipient")
Effect = Literal["refuses", "lets pass", "other", "nothing"]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry proposed for an access table (access(5))."""

    kind: Kind
    """Which of ``check_client_access`` and so on would ask it, before every other rule of its list."""
    key: str
    """As it would stand in the table; ``192.0.2.0/24`` and ``/pattern/`` are for tables of their own types."""
    action: str

    @property
    def type(self) -> str:
        """The type of table that such a key is for."""
        if self.key.startswith("/"):
            return "regexp"
        return "cidr" if self.kind == "client" and "/" in self.key else "texthash"

    @property
    def effect(self) -> Effect:
        """What it does to what it meets."""
        word = self.action.split(None, 1)[0].upper() if self.action.split() else ""
        if word in ("REJECT", "DEFER", "DEFER_IF_PERMIT") or (len(word) == 3 and word.isdigit() and word[0] in "45"):
            return "refuses"
        if word in ("OK", "RELAY", "PERMIT") or word.isdigit():
            return "lets pass"
        return "nothing" if word in ("DUNNO", "INFO", "WARN") else "other"


@dataclass(frozen=True, slots=True)
class Try:
    """One recipient of one message that a client brought, and what became of it. Texts are as logged."""

    time: float
    """Seconds since the epoch."""
    queue_id: str
    """``""`` where it was refused."""
    client: str
    """``name[address]``."""
    helo: str
    """``""`` where the log does not say, which is so for all mail that was taken."""
    sender: str
    recipient: str
    user: str
    """Whom the client had logged in as; not logged for what was refused."""
    status: str
    """``sent``, ``rejected``, ``bounced`` and so on."""
    reason: str
    """What the client was told, or the delivery agent."""

    @property
    def delivered(self) -> bool:
        """Whether somebody got it."""
        return self.status in ("sent", "forwarded", "filtered")

    @property
    def refused(self) -> bool:
        """Whether it was refused at the door."""
        return self.status == "rejected" and not self.queue_id


@dataclass(frozen=True, slots=True)
class Replay:
    """What an entry would have met."""

    entry: Entry
    looked_at: int
    """Recipients that clients asked for in the log."""
    met: tuple[Try, ...]
    """Those that the entry is about, oldest first."""

    @property
    def refused_before(self) -> tuple[Try, ...]:
        """Those that were refused without it, too."""
        return tuple(one for one in self.met if one.refused)

    @property
    def delivered(self) -> tuple[Try, ...]:
        """Those that somebody got."""
        return tuple(one for one in self.met if one.delivered)

    @property
    def of_users(self) -> tuple[Try, ...]:
        """Those of clients that had logged in."""
        return tuple(one for one in self.met if one.user)

    @property
    def summary(self) -> str:
        """It in a sentence."""
        count = len(self.met)
        if not self.looked_at:
            return "these logs tell of no recipient that a client asked for"
        if not count:
            return f"would have met none of {self.looked_at} recipients"
        verb = {"refuses": "refused", "lets pass": "let pass"}.get(self.entry.effect, "met")
        parts = (
            (len(self.delivered), "delivered"),
            (len(self.refused_before), "refused anyway"),
            (len(self.of_users), "from users who had logged in"),
        )
        rest = ", ".join(f"{number} of them {what}" for number, what in parts if number)
        return f"would have {verb} {count} of {self.looked_at} recipients" + (f": {rest}" if rest else "")
