"""Replies in the words of smtpd(8): status codes as RFC 3463 and the kind of what is refused want them."""

from __future__ import annotations

import re

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")
_SENDER = {"2": "8", "3": "7", "5": "0", "7": "7", "8": "8"}
_RECIPIENT = {"1": "1", "2": "2", "3": "3", "4": "4", "5": "5", "6": "6", "7": "3", "8": "2"}
_LONGEST = 510
_BROKEN = "450 4.7.1 Service unavailable"
SENDER = "Sender address"
RECIPIENT = "Recipient address"


def split_status(text: str, usual: str) -> tuple[str, str]:
    """The status code a text begins with, or the usual one, and the text without it."""
    text = text.strip()
    found = _STATUS.match(text)
    return (found[0], text[found.end() :].strip()) if found else (usual, text)


def fitting(status: str, kind: str) -> str:
    """A status code about an address, made one about ``kind`` of thing (``smtpd_dsn_fix``)."""
    if status[1:4] != ".1.":
        return status
    if kind == SENDER:
        return f"4.1.{_SENDER.get(status[4:], '0')}"
    return f"4.1.{_RECIPIENT.get(status[4:], '0')}" if kind == RECIPIENT else "4.0.0"


def reply(code: str, status: str, text: str, *, soft: bool) -> str:
    """One reply line; ``soft``: whether ``soft_bounce`` makes every refusal one for now."""
    line = f"{code} {status} {text}"
    if not re.match(r"[45]\d\d ", line) or not _STATUS.match(line[4:]):
        line = _BROKEN
    line = "".join(sign if sign.isprintable() else " " for sign in line[:_LONGEST])
    first = "4" if soft else line[0]
    return f"{first}{line[1:4]}{first}{line[5:]}"
