"""Loopback ports nobody uses, one for every listener of a lab."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import ExitStack

LISTENERS = (
    "smtp",
    "untrusted",
    "filtered",
    "reinjection",
    "filter",
    "submission",
    "submissions",
    "imap",
    "imaps",
    "pop3",
    "pop3s",
    "managesieve",
    "sink_port",
)


def free_ports(names: Iterable[str]) -> dict[str, int]:
    """A port each, all different; free at this moment on every loopback address."""
    with ExitStack() as stack:
        return {name: _claim(stack) for name in names}


def _claim(stack: ExitStack) -> int:
    taken = stack.enter_context(socket.socket())
    taken.bind(("", 0))
    port: int = taken.getsockname()[1]
    return port
