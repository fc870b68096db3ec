"""What may be handed to another program as one argument: addresses come out of log lines, and anybody writes those."""

from __future__ import annotations

MOST = 4096
"""Characters; Postfix itself takes no longer address (``line_length_limit`` 2048), execve(2) no argument of 128 KiB."""


def is_one_user(text: str) -> bool:
    """Whether doveadm(1) takes it for one user, and for nothing else: no option, no pattern of many."""
    return text not in ("", "-") and len(text) <= MOST and not set(text) & set("\0*?")
