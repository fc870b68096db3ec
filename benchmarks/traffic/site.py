"""The site: its queue IDs and processes, and the lines its daemons write for one step of a message's way."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field

from benchmarks.traffic.lines import LineWriter
from benchmarks.traffic.names import Client, Names
from benchmarks.traffic.truth import Truth

_LONG_ALPHABET = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
LOCALHOST = Client("localhost", "127.0.0.1")


@dataclass(frozen=True, slots=True)
class Habits:
    """What distinguishes one site's log from another's."""

    host: str = "mx1"
    instance: str = "postfix"
    long_queue_ids: bool = False
    postfix: tuple[int, int] = (3, 7)
    dovecot: tuple[int, int] = (2, 3)
    dovecot_share: float = 1.0
    """1 for a site with mailboxes, 0 for a pure relay's log."""


@dataclass(slots=True)
class Message:
    """One queue file."""

    qid: str
    sender: str
    size: int
    message_id: str
    recipients: list[str] = field(default_factory=list)


class _Processes:
    """A daemon's processes: each serves one session at a time, a hundred or so of them, the last idle one first."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._started: list[tuple[float, int]] = []
        self._next = rng.randrange(1000, 400_000)

    def serve(self, start: float, end: float) -> int:
        """The process that is busy from ``start`` to ``end``."""
        pid = self._idle(start)
        if pid is None or self._rng.random() < 0.01:
            self._next += self._rng.randrange(1, 40)
            pid = self._next
        self._started.append((end, pid))
        return pid

    def _idle(self, start: float) -> int | None:
        for at in range(len(self._started) - 1, max(-1, len(self._started) - 40), -1):
            if self._started[at][0] < start:
                return self._started.pop(at)[1]
        return None


class Site:
    """Writes what the daemons log. ``truth`` is counted where a step has an outcome an operator counts."""

    def __init__(self, rng: random.Random, names: Names, writer: LineWriter, habits: Habits) -> None:
        self.rng, self.names, self.writer, self.habits = rng, names, writer, habits
        self.truth = Truth()
        self._processes: dict[str, _Processes] = {}
        self._inode = rng.randrange(0x20000, 0x9F000)
        self._retired: list[tuple[float, str]] = []
        self._serial = 0
        self.qmgr = rng.randrange(500, 30_000)

    def log(self, time: float, program: str, pid: int | None, text: str) -> None:
        """Write one line of ``program`` (below the instance, or a whole name for others)."""
        service = "" if program[0] == "=" else f"{self.habits.instance}/"
        process = f"[{pid}]" if pid is not None else ""
        self.writer.add(time, f"{self.habits.host} {service}{program.lstrip('=')}{process}: {text}")
        self.truth.daemons[program.lstrip("=").rpartition("/")[2]] += 1

    def warn(self, time: float, program: str, pid: int, text: str, severity: str = "warning") -> None:
        """Write a line with a severity."""
        self.log(time, program, pid, f"{severity}: {text}")
        self.truth.severities[severity] += 1

    def dovecot(self, time: float, text: str) -> None:
        """Write a line of Dovecot, which logs through its own log process."""
        self.log(time, "=dovecot", None, text)

    def count(self, what: str, time: float, by: int = 1) -> None:
        """Count ``what`` in totals, day and hour."""
        self.truth.count(what, *self.writer.day_hour(time), by)

    def pid(self, daemon: str, start: float, end: float) -> int:
        """A process of ``daemon`` that is free from ``start`` to ``end``."""
        if daemon not in self._processes:
            self._processes[daemon] = _Processes(self.rng)
        return self._processes[daemon].serve(start, end)

    def queue_id(self, time: float) -> str:
        """A queue ID as Postfix makes them: time and inode; short ones come back now and then."""
        self._inode += self.rng.randrange(1, 9)
        micros = int(time % 1 * 1e6)
        if self.habits.long_queue_ids:
            return f"{_base52(int(time), 6)}{_base52(micros, 4)}z{_base51(self._inode)}"
        if self._retired and self._retired[0][0] + 60 < time and self.rng.random() < 0.001:
            return heapq.heappop(self._retired)[1]
        return f"{micros:05X}{self._inode:X}"

    def retire(self, time: float, qid: str) -> None:
        """Let a short queue ID be given to another message after ``time``."""
        if not self.habits.long_queue_ids and len(self._retired) < 2000:
            heapq.heappush(self._retired, (time, qid))

    def message_id(self, domain: str) -> str:
        """A new Message-ID."""
        self._serial += 1
        return f"<{self.rng.getrandbits(48):x}.{self._serial}@{domain}>"

    def at_least(self, major: int, minor: int) -> bool:
        """Is this Postfix that version or later?"""
        return self.habits.postfix >= (major, minor)

    # steps of a message -------------------------------------------------------------------------------------

    def connect(self, time: float, program: str, pid: int, client: Client) -> None:
        """A client connects to smtpd."""
        self.log(time, program, pid, f"connect from {client}")
        self.truth.smtpd["connections"] += 1

    def disconnect(self, time: float, program: str, pid: int, client: Client, commands: str) -> None:
        """A client leaves smtpd."""
        self.log(time, program, pid, f"disconnect from {client} {commands}")

    def activate(self, time: float, message: Message, nrcpt: int = 0) -> None:
        """qmgr takes the message into the active queue."""
        nrcpt = nrcpt or len(message.recipients)
        text = f"from=<{message.sender}>, size={message.size}, nrcpt={nrcpt} (queue active)"
        self.log(time, "qmgr", self.qmgr, f"{message.qid}: {text}")

    def remove(self, time: float, message: Message) -> None:
        """qmgr is done with the message."""
        self.log(time, "qmgr", self.qmgr, f"{message.qid}: removed")
        self.retire(time, message.qid)

    def status(
        self, time: float, daemon: str, message: Message, to: str, relay: str, result: str, orig_to: str = ""
    ) -> None:
        """A delivery agent reports on one recipient; ``result`` is ``dsn status (text)`` in the log's form."""
        rng = self.rng
        dsn, status, text = result.split(" ", 2)
        before, queued = rng.choice((0.05, 0.12, 0.3, 1.4)), rng.choice((0, 0.01, 0.02))
        setup, transmission = rng.choice((0, 0.05, 0.21, 1.1)), rng.choice((0.03, 0.1, 0.48, 2.3))
        delays = f"{before:g}/{queued:g}/{setup:g}/{transmission:g}"
        delay = f"{before + queued + setup + transmission:.2g}"
        alias = f", orig_to=<{orig_to}>" if orig_to else ""
        reuse = f", conn_use={rng.randrange(2, 9)}" if daemon == "smtp" and rng.random() < 0.1 else ""
        tls = ", tls=may" if daemon == "smtp" and self.at_least(3, 11) else ""
        pid = self.pid(daemon, time - setup - transmission, time)
        self.log(
            time, daemon, pid,
            f"{message.qid}: to=<{to}>{alias}, relay={relay}{reuse}, delay={delay}, delays={delays}{tls}, "
            f"dsn={dsn}, status={status} {text}",
        )  # fmt: skip

    def delivered(self, time: float, message: Message, to: str) -> None:
        """Count a final delivery."""
        self.count("delivered", time)
        self.truth.delivered(to, message.size)

    def deferred(self, time: float, first: bool) -> None:
        """Count a deferred attempt, and the message with its first one."""
        self.count("deferrals", time)
        if first:
            self.truth.totals["deferred"] += 1


def _base52(number: int, width: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 52)
        digits = _LONG_ALPHABET[digit] + digits
    return digits.rjust(width, "0")


def _base51(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 51)
        digits = _LONG_ALPHABET[digit] + digits
    return digits
