"""What the pulse sees, as findings: services, queue, disks, memory, resolver, clock.

Thresholds and words are ``machine.json``; when Postfix refuses mail for want of room is smtpd(8)'s own rule:
``queue_minfree``, and one and a half times ``message_size_limit``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from mailtui.findings import Finding
from mailtui.host import processes
from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.stores.service import Stores
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.pulse.disks import disk_states, somebodys_store
from mailtui.services.pulse.masters import service_states
from mailtui.services.pulse.queue import queue_state
from mailtui.services.pulse.resolver import resolver_state
from mailtui.services.pulse_model import DiskState
from mailtui.text import clean, human_size

_PAGE = 65_536
"""Bytes; with less a message cannot be stored, nor an index written."""
_REBOOT = Path("/run/reboot-required")


class Machine:
    """The checks of one machine's state."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot

    def services(self) -> tuple[Finding, ...]:
        """Postfix and Dovecot run."""
        states = service_states(self._postfix, self._dovecot)
        return tuple(
            finding(
                "services",
                f"service.{state.state}",
                state.name,
                state.evidence or state.problem,
                fix=("mailtui", "service", "start", state.name.lower()) if state.state == "down" else (),
            )
            for state in states
            if state.state != "up"
        )

    def queue(self) -> tuple[Finding, ...]:
        """How much waits."""
        state = queue_state(self._tools, self._postfix)
        if state.problem:
            raise MailtuiError(state.problem, unlock=state.unlock)
        return tuple(
            finding("queue", f"queue.{name}", f"{name} queue", count=count)
            for name, count in state.counts
            if count >= _words().get(f"queue.{name}", {}).get("from", float("inf"))
        )

    def disks(self) -> tuple[Finding, ...]:
        """Room for mail, in bytes and inodes."""
        somebodys = partial(somebodys_store, Stores(self._tools, self._dovecot))
        states = disk_states(self._postfix, self._dovecot, somebodys)
        return tuple(one for disk in states for one in self._of_disk(disk))

    def resolver(self) -> tuple[Finding, ...]:
        """The resolver answers: without it everything sent is deferred."""
        state = resolver_state(self._postfix)
        if state.state in ("ok", "nxdomain"):
            return ()
        return (finding("dns", f"resolver.{state.state}", "resolver", f"{state.question}: {state.problem}"),)

    def system(self) -> tuple[Finding, ...]:
        """Memory, clock, and whether the machine waits for a restart."""
        return tuple(self._system())

    def _system(self) -> Iterator[Finding]:
        memory = processes.memory()
        if memory.free < memory.total * _words()["memory.low"]["share"]:
            evidence = f"{human_size(memory.free)} of {human_size(memory.total)} available"
            yield finding("system", "memory.low", "memory", evidence)
        if self._clock_is_loose():
            yield finding("system", "clock.loose", "clock", "NTPSynchronized=no")
        if _REBOOT.exists():
            yield finding("system", "reboot", "system", str(_REBOOT))

    def _clock_is_loose(self) -> bool:
        """Whether systemd says that nobody sets the clock; where it is not there, nobody knows."""
        try:
            said = self._tools.run(["timedatectl", "show", "--property=NTPSynchronized,NTP"], check=False, timeout=2.0)
        except MailtuiError:
            return False
        return re.findall(r"^(\w+)=no$", said.text, re.MULTILINE).count("NTPSynchronized") == 1

    def _of_disk(self, disk: DiskState) -> Iterator[Finding]:
        subject = f"{disk.name} {disk.path}"
        if disk.problem:
            yield finding("system", "disk.unreadable", subject, disk.problem)
            return
        evidence = f"{human_size(disk.free)} of {human_size(disk.total)} free"
        if disk.name == "spool" and disk.free <= (needed := self._needed()):
            yield finding("system", "disk.refuses", subject, f"{evidence}; Postfix wants {human_size(needed)}")
        elif disk.free < _PAGE:
            yield finding("system", "disk.full", subject, evidence)
        elif disk.free < disk.total * _words()["disk.low"]["share"]:
            yield finding("system", "disk.low", subject, evidence)
        if disk.total_inodes and disk.free_inodes < disk.total_inodes * _words()["disk.inodes"]["share"]:
            yield finding("system", "disk.inodes", subject, f"{disk.free_inodes} of {disk.total_inodes} inodes free")

    def _needed(self) -> int:
        """Bytes without which smtpd answers ``452 4.3.1 Insufficient system storage``."""
        limit, least = self._postfix.get("message_size_limit"), self._postfix.get("queue_minfree")
        return max(int(limit) * 3 // 2 if limit.isdigit() else 0, int(least) if least.isdigit() else 0)


def finding(area: str, kind: str, subject: str, *evidence: str, count: int = 0, fix: tuple[str, ...] = ()) -> Finding:
    """A finding in the words of ``machine.json``."""
    words = _words()[kind]
    return Finding(
        f"{kind}:{clean(subject)}",
        words["severity"],
        area,
        clean(subject),
        words["one"] if count == 1 and "one" in words else words["title"].format(count=count),
        tuple(clean(one) for one in evidence if one),
        words["advice"],
        fix or tuple(words.get("fix", ())),
    )


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = json.loads(files(__package__).joinpath("machine.json").read_text(encoding="utf-8"))
    return words
