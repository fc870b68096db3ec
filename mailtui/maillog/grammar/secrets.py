"""Passwords that Dovecot's auth_verbose_passwords and auth_debug_passwords, or a verbose Postfix, write to the log.

They must not travel on: every form is masked before a text becomes an event. Forms from Dovecot's
auth/auth-request.c and auth/passdb*.c, and from Postfix's ``-v`` dialogues (smtpd/smtpd_chat.c, xsasl/*.c).
"""

from __future__ import annotations

import re

MASK = "***"

_SCHEME = r"(?:PLAIN|CLEARTEXT|[A-Z0-9-]*(?:CRYPT|MD5|SHA\d*|HEX|B64|ARGON2ID?|PBKDF2)[A-Z0-9.-]*)"
_SECRETS = re.compile(
    r"(?P<before>\((?:\w+ of )?given password: )(?P<given>.+)(?=\))"
    rf"|(?P<compared>\b{_SCHEME}\()(?P<secret>[^\n]{{0,512}}?)(?P<stored>\) != ')[^'\n]*"
    r"|(?P<assigned>(?<![a-z])(?:resp|pass(?:word)?|passwd|(?:access_|refresh_)?token|cram-?md5)=['\"]?"
    rf"|\bpassword ['\"]|\bCredentials: |\{{{_SCHEME}\}}|\bPASS "
    r"|\bAUTH (?:PLAIN|LOGIN|XOAUTH2|OAUTHBEARER|CRAM-MD5|SCRAM-\S+) |\binit(?:ial)?[_ ]response )"
    r"(?!<hidden>)[^\s,;'\")]+"
)
_HINTS = ("assw", "pass=", "resp=", "oken=", "PASS ", "AUTH ", "Credentials", "{", ") !=", "response ")
_ANSWER = re.compile(
    r"(?P<before>[<>] \S*\[[^\]]*\](?::\d+)?: )(?!(?:DATA|QUIT|RSET|NOOP|HELP|STARTTLS)\Z)[A-Za-z0-9+/]{4,}={0,2}\Z",
    re.I,
)
"""A line of dialogue that is nothing but base64: an answer within AUTH."""


def masked(text: str) -> str:
    """``text`` without secrets."""
    for hint in _HINTS:
        if hint in text:
            return _SECRETS.sub(_mask, text)
    return text


def masked_dialogue(text: str) -> str:
    """A line of a verbose Postfix without secrets."""
    return _ANSWER.sub(rf"\g<before>{MASK}", masked(text))


def _mask(found: re.Match[str]) -> str:
    if found["compared"]:
        return f"{found['compared']}{MASK}{found['stored']}{MASK}"
    return (found["before"] or found["assigned"]) + MASK
