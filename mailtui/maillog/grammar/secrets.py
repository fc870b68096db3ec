"""Passwords that Dovecot's auth_verbose_passwords and auth_debug_passwords, or a verbose Postfix, write to the log.

They must not travel on: every form is masked before a text becomes an event. Forms from Dovecot's auth/auth-request.c,
auth/passdb*.c and Postfix's ``-v`` dialogues.
"""

from __future__ import annotations

import re

MASK = "***"

_SCHEME = r"(?:PLAIN|CLEARTEXT|[A-Z0-9-]*(?:CRYPT|MD5|SHA\d*|HEX|B64|ARGON2ID?|PBKDF2)[A-Z0-9.-]*)"
_SECRETS = re.compile(
    r"(?P<before>\((?:\w+ of )?given password: )(?P<given>.+)(?=\))"
    rf"|(?P<compared>\b{_SCHEME}\()(?P<secret>[^\n]{{0,512}}?)(?P<stored>\) != ')[^'\n]*"
    r"|(?P<assigned>(?<![a-z])(?:resp|pass(?:word)?|passwd|[a-z0-9]*_?token|cram-?md5)=['\"]?|\bpassword ['\"]"
    rf"|\bCredentials: |\{{{_SCHEME}\}}|\bAUTH (?:PLAIN|LOGIN|XOAUTH2|OAUTHBEARER|CRAM-MD5|SCRAM-\S+) |\bPASS )"
    r"(?!<hidden>)[^\s,;'\")]+"
)
_HINTS = ("assw", "pass=", "resp=", "oken=", "PASS ", "AUTH ", "Credentials", "{", ") !=")


def masked(text: str) -> str:
    """``text`` without secrets."""
    for hint in _HINTS:
        if hint in text:
            return _SECRETS.sub(_mask, text)
    return text


def _mask(found: re.Match[str]) -> str:
    if found["compared"]:
        return f"{found['compared']}{MASK}{found['stored']}{MASK}"
    return (found["before"] or found["assigned"]) + MASK
