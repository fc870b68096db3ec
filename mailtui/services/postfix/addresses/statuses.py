"""Status codes about an address, made ones about what is refused: RFC 3463, 3.2; smtpd(8) ``smtpd_dsn_fix``."""

from __future__ import annotations

SENDER = "Sender address"
RECIPIENT = "Recipient address"
_SENDER = {"1": "7", "2": "8", "3": "7", "4": "7", "6": "7", "7": "7", "8": "8"}
_RECIPIENT = {"1": "1", "2": "2", "3": "3", "4": "4", "5": "5", "6": "6", "7": "3", "8": "2"}


def fitting(status: str, kind: str) -> str:
    """A status code that fits the ``kind`` of thing that is refused, where it is one about an address."""
    if status[1:4] != ".1.":
        return status
    if kind == SENDER:
        return f"{status[0]}.1.{_SENDER.get(status[4:], '0')}"
    return f"{status[0]}.1.{_RECIPIENT.get(status[4:], '0')}" if kind == RECIPIENT else f"{status[0]}.0.0"
