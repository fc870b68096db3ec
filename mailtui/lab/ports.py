"""Loopback ports nobody uses, one for every listener of a lab."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable
from contextlib import ExitStack, suppress

from mailtui.host.errors import HostError

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
_RANGE = range(15_000, 32_000)
"""Below those that the kernel gives to connections (ip(7), ``ip_local_port_range``): one could take the port of a
service while that is stopped."""
_ATTEMPTS = 1000


def free_ports(names: Iterable[str]) -> dict[str, int]:
    """A port each, all different; free at this moment on every loopback address."""
    with ExitStack() as stack:
        return {name: _claim(stack) for name in names}


def _claim(stack: ExitStack) -> int:
    """By chance, so that another lab hardly takes the same while a service of this one is stopped."""
    for port in random.choices(_RANGE, k=_ATTEMPTS):
        taken = stack.enter_context(socket.socket())
        with suppress(OSError):
            taken.bind(("", port))
            return port
    raise HostError(f"no port is free between {_RANGE.start} and {_RANGE.stop}")
