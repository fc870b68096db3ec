"""People's names out of a text that leaves the house: each local part becomes the same ``user-1`` everywhere.

Domains, hosts, addresses of machines, queue IDs and message-ids stay: whoever gets the ticket needs them to find the
message on the other side. Role addresses (RFC 2142) name nobody. What a log line quotes of a Subject goes, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from importlib.resources import files

from mailtui.maillog.grammar.secrets import masked

ROLES = frozenset(json.loads(files(__package__).joinpath("roles.json").read_text(encoding="utf-8")))
"""Local parts and users that name no person."""
_SHORTEST = 2
"""Characters of a name that is looked for where no @ shows that it is one, such as in a path."""
_ADDRESS = re.compile(
    r"(?P<before>(?:message-id|msgid|resent-message-id)=<?)?"
    r"(?P<local>\"[^\"\n]{1,64}\"|[\w.!#$%&'*+/=?^`{|}~-]{1,64})@(?P<domain>\[[\da-fA-F.:]+\]|[\w-]+(?:\.[\w-]+)*)"
)
_NAMED = re.compile(
    r"(?P<before>(?:sasl_username|user|orig_user)=<?|\b(?:imap|pop3|lmtp|lda|indexer-worker|managesieve)\()"
    r"(?P<name>[^\s<>(),;@]{1,64})(?=[\s<>(),;@]|$)"
)
_SUBJECT = re.compile(
    r"(?P<before>\bSubject: |\bheader Subject:\s*|\bsubject=)(?P<text>.*?)(?P<after> from \S+\[|[\"']?$)"
)


class Redactor:
    """Gives every name one alias, for as long as it lives."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._aliases: dict[str, str] = {}
        for name in names:
            self._alias(name.partition("@")[0])

    def text(self, text: str) -> str:
        """``text`` without names, line by line. Names that one line shows to be such go from all others, too."""
        lines = [self._line(line) for line in text.split("\n")]
        return "\n".join(map(self._bare, lines))

    def _line(self, line: str) -> str:
        line = _SUBJECT.sub(r"\g<before>(subject)\g<after>", masked(line))
        line = _ADDRESS.sub(self._of_address, line)
        return _NAMED.sub(lambda found: found["before"] + self._alias(found["name"]), line)

    def _of_address(self, found: re.Match[str]) -> str:
        if found["before"]:
            return found[0]
        return f"{self._alias(found['local'])}@{found['domain']}"

    def _bare(self, line: str) -> str:
        """Names without an address around them: folders of a path, keys of a table, quoted words."""
        for name, alias in self._aliases.items():
            if name in line.lower():
                line = re.sub(rf"(?<![\w.@-]){re.escape(name)}(?![\w@-]|\.\w)", alias, line, flags=re.IGNORECASE)
        return line

    def _alias(self, name: str) -> str:
        plain = name.lower()
        if plain in ROLES or not plain or re.fullmatch(r"user-\d+", plain):
            return name
        if len(plain) < _SHORTEST:
            return "user-0"
        return self._aliases.setdefault(plain, f"user-{len(self._aliases) + 1}")
