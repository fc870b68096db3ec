"""What may be handed to another program as one argument: addresses come out of log lines, and anybody writes those."""

from __future__ import annotations

MOST = 4096
"""Characters; Postfix itself takes no longer address (``line_length_limit`` 2048), execve(2) no argument of 128 KiB."""


def is_key(text: str) -> bool:
    """Whether ``postmap -q`` looks it up; ``-`` alone would mean: read keys from standard input."""
    return text not in ("", "-") and len(text) <= MOST and "\0" not in text


def is_one_user(text: str) -> bool:
    """Whether doveadm(1) takes it for one user, and not for a pattern of many."""
    return is_key(text) and not set(text) & set("*?")
