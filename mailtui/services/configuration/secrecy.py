"""What of a configuration is a secret: it is shown to nobody, and stands in no journal.

Parameters are known by name, much as doveconf(1) knows them; connection strings and Postfix's inline tables by form.
"""

from __future__ import annotations

import re

HIDDEN = "(hidden)"
_NAME = re.compile(r"(?:^|_)(?:pass|password|secret|nonce|key|api_header|password_maps)$")
_FILE = re.compile(r"[<$/]|(?!static:|inline:)[a-z]+:|(?:yes|no)$")
_INSIDE = re.compile(r"\b((?:\w+_)?(?:pass|password|passwd|secret)\s*=\s*)(?!\s)[^\s&;]+", re.IGNORECASE)
_DOVECOTS = "# hidden, use -P to show it"


def shown(name: str, value: str) -> str:
    """A value without what is secret in it. The name of a file that holds a secret is none."""
    own = re.split(r"[/{ ]", name)[-1]
    if value.startswith(_DOVECOTS) or (value and _NAME.search(own) and not _FILE.match(value)):
        return HIDDEN
    return _INSIDE.sub(rf"\1{HIDDEN}", value)


def is_secret(name: str, value: str) -> bool:
    """Whether some of a value must not be seen."""
    return shown(name, value) != value


def any_secret(text: str) -> bool:
    """Whether a configuration file holds one."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if not line.startswith("#"))
    return any(is_secret(name.strip(), value.strip()) for name, _, value in pairs)
