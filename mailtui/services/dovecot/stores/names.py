"""Mailbox names on disk: IMAP's modified UTF-7 (RFC 3501, 5.1.3) to text and back, for any bytes a user may have made.

Dovecot shows a name that is no modified UTF-7 as it stands; so does this.
"""

from __future__ import annotations

import base64
import re

_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")
_FOREIGN = re.compile(r"[^\x20-\x7e]+|&")


def decode(name: str) -> str:
    """The text of a name on disk; the name itself where it is not exactly what ``encode`` makes of some text."""
    if "&" not in name:
        return name
    try:
        text = _SHIFTED.sub(_decoded, name)
    except ValueError:
        return name
    return text if encode(text) == name else name


def encode(text: str) -> str:
    """The name on disk of a mailbox's name; a lone surrogate, which no text has, stays as it is."""
    return _FOREIGN.sub(_encoded, text)


def _decoded(match: re.Match[str]) -> str:
    if not match[1]:
        return "&"
    letters = match[1].replace(",", "/")
    return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True).decode("utf-16-be")


def _encoded(match: re.Match[str]) -> str:
    if match[0] == "&":
        return "&-"
    try:
        letters = base64.b64encode(match[0].encode("utf-16-be"))
    except UnicodeEncodeError:
        return match[0]
    return f"&{letters.decode().rstrip('=').replace('/', ',')}-"
