"""What the console shows of the machine's pulse: frozen values, cheap to compare.

A part that could not be read says so in ``problem`` and what would make it readable in ``unlock``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceState:
    """Whether one of the mail programs runs."""

    name: str
    """``Postfix`` or ``Dovecot``."""
    state: str
    """``up down unknown``."""
    version: str = ""
    evidence: str = ""
    """How it is known: ``master process 812``."""
    problem: str = ""
    unlock: str = ""


@dataclass(frozen=True, slots=True)
class QueueState:
    """How many messages stand in each queue directory."""

    counts: tuple[tuple[str, int], ...] = ()
    """``incoming active deferred hold maildrop corrupt``, in this order; empty when not known."""
    problem: str = ""
    unlock: str = ""


@dataclass(frozen=True, slots=True)
class DiskState:
    """How full a file system is that mail cannot do without."""

    name: str
    """``spool`` or ``mail store``."""
    path: str
    free: int = 0
    total: int = 0
    free_inodes: int = 0
    total_inodes: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CertificateState:
    """When a certificate that Postfix or Dovecot serves ends."""

    path: str
    names: tuple[str, ...] = ()
    used_by: str = ""
    expires: float | None = None
    problem: str = ""
    unlock: str = ""


@dataclass(frozen=True, slots=True)
class ResolverState:
    """Whether this host's resolver answers."""

    state: str
    """``ok nxdomain servfail timeout failed``."""
    question: str = ""
    seconds: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PulseSnapshot:
    """The machine at one moment."""

    time: float
    services: tuple[ServiceState, ...] = ()
    queue: QueueState = QueueState()
    disks: tuple[DiskState, ...] = ()
    certificates: tuple[CertificateState, ...] = ()
    resolver: ResolverState | None = None
    load: tuple[float, float, float] | None = None
    cpus: int = 1
