"""How each protocol greets, tells what it can, and turns to TLS.

SMTP: RFC 5321, 3207, 4954; LMTP: RFC 2033; IMAP: RFC 9051; POP3: RFC 1939, 2449, 2595, 5034; ManageSieve: RFC 5804.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from re import Pattern

from mailtui.services.tls.probe.model import StartTls

_REPLY = re.compile(rb"\d{3}(?!-)")
_TAGGED = re.compile(rb"m (?:OK|NO|BAD)\b", re.IGNORECASE)
_SIEVE = re.compile(rb"(?:OK|NO|BYE)\b", re.IGNORECASE)
_POP3 = re.compile(rb"\+OK|-ERR")


@dataclass(frozen=True, slots=True)
class Language:
    """One protocol; patterns are matched at the beginning of a line."""

    greeted: Pattern[bytes]
    """The last line of a greeting."""
    ask: bytes
    """Asks what the server can, ``%s`` is the client's name; empty where the greeting tells."""
    told: Pattern[bytes]
    """The last line of that."""
    offer: Pattern[bytes]
    """A line that offers STARTTLS."""
    starttls: bytes
    replied: Pattern[bytes]
    """The last line of any other reply."""
    ready: Pattern[bytes]
    """A reply that agrees to STARTTLS, or a greeting that welcomes."""
    goodbye: bytes

    def mechanisms(self, lines: Sequence[bytes]) -> tuple[str, ...]:
        """What a client may log in with, out of what the server told."""
        words = [word.upper() for line in lines for word in re.split(r"[\s\"]+", line.decode("ascii", "replace"))]
        if self is IMAP:
            login = [] if "LOGINDISABLED" in words else ["LOGIN"]
            return tuple(dict.fromkeys([word[5:] for word in words if word.startswith("AUTH=")] + login))
        offered = re.compile(rb'(?:\d{3}[- ]AUTH[ =]|SASL |"SASL" )"?([^"\r\n]*)', re.IGNORECASE)
        found = [hit[1].decode("ascii", "replace").upper().split() for line in lines if (hit := offered.match(line))]
        user = ["USER"] if self is POP3 and "USER" in words else []
        return tuple(dict.fromkeys([word for words in found for word in words] + user))


def _smtp(hello: bytes) -> Language:
    offer = re.compile(rb"\d{3}[- ]STARTTLS\s*$", re.IGNORECASE)
    return Language(_REPLY, hello, _REPLY, offer, b"STARTTLS", _REPLY, re.compile(rb"2"), b"QUIT")


SMTP = _smtp(b"EHLO %s")
IMAP = Language(
    re.compile(rb"\* "),
    b"m CAPABILITY",
    _TAGGED,
    re.compile(rb"\* CAPABILITY .*\bSTARTTLS\b", re.IGNORECASE),
    b"m STARTTLS",
    _TAGGED,
    re.compile(rb"(?:m|\*) OK", re.IGNORECASE),
    b"m LOGOUT",
)
POP3 = Language(
    _POP3,
    b"CAPA",
    re.compile(rb"\.\s*$|-ERR"),
    re.compile(rb"STLS\s*$", re.IGNORECASE),
    b"STLS",
    _POP3,
    re.compile(rb"\+OK"),
    b"QUIT",
)
SIEVE = Language(
    _SIEVE,
    b"",
    _SIEVE,
    re.compile(rb'"?STARTTLS"?', re.IGNORECASE),
    b"STARTTLS",
    _SIEVE,
    re.compile(rb"OK\b", re.IGNORECASE),
    b"LOGOUT",
)
LANGUAGES: dict[StartTls, Language] = {
    "smtp": SMTP,
    "lmtp": _smtp(b"LHLO %s"),
    "imap": IMAP,
    "pop3": POP3,
    "sieve": SIEVE,
}
