"""How Dovecot names the process that speaks: ``service(user)<pid><session>: Type: text``.

1.x writes ``IMAP(user): ``, 2.2 ``imap(user): ``,
2.3 ``imap(user)<pid><session>: `` (mail_log_prefix), helpers ``lmtp(pid): `` or
``lmtp(pid, user): ``, 2.4's auth ``auth(user,ip,sasl:plain)<session>: ``. Through syslog information has no type word.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mailtui.maillog.grammar.rules import Fields

SEVERITIES = {
    "Info": "info", "Warning": "warning", "Error": "error", "Fatal": "fatal", "Panic": "panic", "Debug": "debug",
}  # fmt: skip

_PREFIX = re.compile(
    r"(?:dovecot: )?(?P<service>[a-z][a-z0-9-]*|IMAP|POP3)(?:\((?P<context>[^()]*(?:\([^()]*\)[^()]*)*)\))?"
    r"(?P<marks>(?:<[^<>\s]*>)*): (?:(?P<kind>Info|Warning|Error|Fatal|Panic|Debug): )?"
)


class Prefix(NamedTuple):
    """The speaker of one line."""

    service: str
    pid: int | None
    severity: str
    fields: Fields
    """``user``, ``session``, ``rip`` and ``mechanism``, as far as the prefix tells."""
    end: int
    """Where the text begins."""


def prefix_of(text: str) -> Prefix | None:
    """Read the prefix of a message; ``None`` when it has none."""
    found = _PREFIX.match(text)
    if found is None:
        return None
    service, context, marks, kind = found.groups()
    fields: Fields = {}
    pid = _context(context, fields) if context else None
    if marks:
        for mark in marks[1:-1].split("><"):
            if pid is None and mark.isdecimal() and mark.isascii() and len(mark) <= 10:
                pid = int(mark)
            elif mark:
                fields["session"] = mark
    return Prefix(service.lower(), pid, SEVERITIES[kind] if kind else "info", fields, found.end())


def _context(context: str, fields: Fields) -> int | None:
    """What stands in parentheses: a process, a user, both, or user, address and mechanism."""
    first, comma, rest = context.partition(",")
    pid = int(first) if first.isdecimal() and first.isascii() and len(first) <= 10 else None
    if not comma:
        if pid is None:
            fields["user"] = context
        return pid
    if pid is not None:
        fields["user"] = rest.strip()
        return pid
    fields["user"] = first
    for part in rest.split(","):
        if part.startswith("sasl:"):
            fields["method"] = part[5:]
        elif part.startswith("<"):
            fields["session"] = part.strip("<>")
        elif part:
            fields["rip"] = part
    return None
