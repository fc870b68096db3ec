"""Reply lines as smtpd(8) makes them: code, status code (RFC 3463), text."""

from __future__ import annotations

import re

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")
_LONGEST = 510
_BROKEN = "450 4.7.1 Service unavailable"


def split_status(text: str, usual: str) -> tuple[str, str]:
    """The status code a text begins with, or the usual one, and the text without it."""
    text = text.strip()
    found = _STATUS.match(text)
    return (found[0], text[found.end() :].strip()) if found else (usual, text)


def reply(code: str, status: str, text: str) -> str:
    """One reply line; a broken one becomes a refusal for now, as every mistake of a configuration."""
    line = f"{code} {status} {text}"
    if not re.match(r"[45]\d\d ", line) or not _STATUS.match(line[4:]):
        line = _BROKEN
    line = "".join(sign if sign.isprintable() else " " for sign in line[:_LONGEST])
    return f"{line[:4]}{line[0]}{line[5:]}"


def softened(line: str) -> str:
    """A refusal for now in place of one for ever (``soft_bounce``)."""
    return f"4{line[1:4]}4{line[5:]}" if line.startswith("5") else line
