"""One look at the machine, cheap enough to be taken every few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from mailtui.host import processes
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.stores.service import Stores
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.pulse.certificates import certificate_states
from mailtui.services.pulse.disks import disk_states, somebodys_store
from mailtui.services.pulse.masters import service_states
from mailtui.services.pulse.queue import queue_state
from mailtui.services.pulse.resolver import resolver_state
from mailtui.services.pulse_model import PulseSnapshot

QUEUE_SECONDS = 5.0
CERTIFICATE_SECONDS = 300.0
RESOLVER_SECONDS = 30.0
STORE_SECONDS = 600.0
SHARE = 20
"""A part that took long is not looked at again before this many times as long: at most 5 % of one processor."""

T = TypeVar("T")


class Pulse:
    """Reads a ``PulseSnapshot``; a part that cannot be read says why in itself, nothing is raised for it."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._postfix, self._dovecot = postfix, dovecot
        self._queue = Paced(QUEUE_SECONDS, lambda: queue_state(tools, postfix))
        self._certificates = Paced(
            CERTIFICATE_SECONDS, lambda: certificate_states(tools, postfix.again(), dovecot.again())
        )
        self._store = Paced(STORE_SECONDS, lambda: somebodys_store(Stores(tools, dovecot)))
        self._resolver = Paced(RESOLVER_SECONDS, lambda: resolver_state(postfix))

    def read(self) -> PulseSnapshot:
        """Look at the machine; may take seconds the first time."""
        return PulseSnapshot(
            time.time(),
            service_states(self._postfix, self._dovecot),
            self._queue.value(),
            disk_states(self._postfix, self._dovecot, self._store.value),
            self._certificates.value(),
            self._resolver.value(),
            processes.load(),
            processes.cpus(),
        )


class Paced(Generic[T]):
    """A value that is looked at anew only when it is old enough for what a look costs."""

    def __init__(self, seconds: float, look: Callable[[], T], clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._look = look
        self._clock = clock
        self._due = float("-inf")
        self._value: T | None = None

    def value(self) -> T:
        """The last value, or a new one."""
        started = self._clock()
        if self._value is None or started >= self._due:
            self._value = self._look()
            ended = self._clock()
            self._due = ended + max(self._seconds, SHARE * (ended - started))
        return self._value
