"""Whose server failed, or said no: one of ours, of this machine or its network, or somebody else's."""

from __future__ import annotations

import re

SUSPENDED = "delivery temporarily suspended: "
"""Before what error(8) repeats of a destination's first failure for those that wait behind it."""
QUOTED = re.compile(
    r"host (?P<host>\S+) (?:said|refused to talk to me): "
    r"(?P<reply>.*?)(?: \(in reply to (?P<command>[^)]*) command\)?)?$",
    re.DOTALL,
)
_OURS = re.compile(
    r"[^\[]{0,300}\[(?:/|private/|public/|127\.0\.0\.|::1\]|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:)"
)
"""The rest of 127/8 stands for other machines where somebody tries things out."""
_OUR_AGENTS = frozenset({"error", "lmtp", "local", "pipe", "retry", "virtual"})
"""Daemons of Postfix that hand mail to programs of ours, wherever they run, or say what this Postfix has decided."""


def is_ours(daemon: str, relay: str, text: str) -> bool:
    """Whether a server or a program of this machine or network failed.

    Of a reply that ``text`` quotes only the host counts, elsewhere the server that Postfix names first. What error(8)
    repeats is told by the server that failed first.
    """
    if daemon in _OUR_AGENTS and not text.startswith(SUSPENDED):
        return True
    text = unwrapped(text)
    quoted = QUOTED.match(text)
    return bool(_OURS.match(relay) or _OURS.match(quoted["host"] if quoted else text))


def unwrapped(text: str) -> str:
    """The text behind qmgr's ``delivery temporarily suspended: ``, which repeats the first failure."""
    while text.startswith(SUSPENDED):
        text = text[len(SUSPENDED) :]
    return text
