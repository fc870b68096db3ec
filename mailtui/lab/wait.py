"""Waiting for a condition, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil


def wait_until(condition: Callable[[], object], seconds: float = 60.0, step: float = 0.02) -> bool:
    """Whether ``condition`` became true within ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(step)
    return True


def listens(*ports: int) -> bool:
    """Whether something listens on all ports; looked up, because a connection would leave lines in the log."""
    open_ports = {c.laddr.port for c in psutil.net_connections("tcp") if c.laddr and c.status == psutil.CONN_LISTEN}
    return open_ports.issuperset(ports)
