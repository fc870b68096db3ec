"""What really happened, counted by the site that made it happen and never by reading its log."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field


def _counters() -> defaultdict[str, Counter[str]]:
    return defaultdict(Counter)


@dataclass
class Truth:
    """Totals named as in the report; ``totals`` counts events, the sets count what is distinct."""

    totals: Counter[str] = field(default_factory=Counter)
    per_day: defaultdict[str, Counter[str]] = field(default_factory=_counters)
    per_hour: defaultdict[str, Counter[str]] = field(default_factory=_counters)
    dovecot: Counter[str] = field(default_factory=Counter)
    smtpd: Counter[str] = field(default_factory=Counter)
    postscreen: Counter[str] = field(default_factory=Counter)
    severities: Counter[str] = field(default_factory=Counter)
    daemons: Counter[str] = field(default_factory=Counter)
    senders: Counter[str] = field(default_factory=Counter)
    recipients: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    first: str = ""
    last: str = ""

    def count(self, what: str, day: str, hour: str, by: int = 1) -> None:
        """Count an event at the time its line carries."""
        self.totals[what] += by
        self.per_day[day][what] += by
        self.per_hour[hour][what] += by

    def received(self, sender: str, size: int) -> None:
        """Count who sent a message that was taken in, and its bytes."""
        self.senders[_plain(sender)] += 1
        self.totals["bytes_received"] += size

    def delivered(self, recipient: str, size: int) -> None:
        """Count who got a message, and its bytes."""
        self.recipients[_plain(recipient)] += 1
        self.totals["bytes_delivered"] += size

    def as_json(self) -> dict[str, object]:
        """Plain values, with the distinct counts the report calls totals."""
        self.totals["senders"] = len(self.senders)
        self.totals["recipients"] = len(self.recipients)
        self.totals["recipient_domains"] = len({address.rpartition("@")[2] for address in self.recipients})
        return {key: dict(value) if isinstance(value, dict) else value for key, value in vars(self).items()}


def _plain(address: str) -> str:
    """Addresses are the same when their domains differ in case only."""
    user, at, domain = address.rpartition("@")
    return f"{user}{at}{domain.lower()}"
