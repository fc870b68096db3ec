"""``Listeners``: what is set to listen beside what does, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from mailtui.findings import Finding
from mailtui.host import processes
from mailtui.host.errors import HostError, MailtuiError
from mailtui.host.files import read_file
from mailtui.host.tools import Tools
from mailtui.services.configuration.model import PROGRAMS, Program
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.dovecot_settings import DovecotSettings
from mailtui.services.tls.either import either
from mailtui.services.tls.listeners.dovecot import dovecot_listeners
from mailtui.services.tls.listeners.model import ANYWHERE, Listener, Row, Socket, place
from mailtui.services.tls.listeners.postfix import postfix_listeners
from mailtui.services.tls.words import finding
from mailtui.text import clean

MAIL_PORTS = frozenset({24, 25, 110, 143, 465, 587, 993, 995, 2525, 4190})
"""Those that a client of a mail server may knock at (RFC 8314, RFC 5804)."""
_OWN = {"postfix": "master", "dovecot": "dovecot"}
"""The process that opens the sockets."""


def configured(tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> tuple[Listener, ...]:
    """Every port that these configurations open. Raises the first one's error where neither can be read."""
    return tuple(
        either(
            lambda: postfix_listeners(postfix),
            lambda: dovecot_listeners(DovecotSettings(tools, dovecot)),
        )
    )


class Listeners:
    """The ports of one Postfix and one Dovecot; everything is read anew at each call."""

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot

    def configured(self) -> tuple[Listener, ...]:
        """Every port that is set. Raises the first program's error where neither can be read."""
        return configured(self._tools, self._postfix.held(), self._dovecot.held())

    def rows(self) -> tuple[Row, ...]:
        """Every port that is set or that somebody of the mail system has open, by number. Raises HostError."""
        listeners = self.configured()
        sockets = self._sockets()
        rows = [self._row(one, sockets) for one in listeners]
        met = {(row.socket.address, row.socket.port) for row in rows if row.socket}
        masters = self._masters().values()
        usual_instance = not (self._postfix.where or self._dovecot.where)
        others = [
            one
            for one in sockets
            if (one.address, one.port) not in met
            and (one.pid in masters or (usual_instance and one.port in MAIL_PORTS))
        ]
        rows += [Row("unset", None, one) for one in others]
        return tuple(sorted(rows, key=lambda row: (row.port, row.address)))

    def findings(self) -> tuple[Finding, ...]:
        """Ports that are not as they are set."""
        running, rows = frozenset(self._masters()), self.rows()
        kept = frozenset(row.port for row in rows if row.listener)
        return tuple(one for row in rows for one in _of(row, running, kept))

    def _sockets(self) -> tuple[Socket, ...]:
        try:
            found = processes.listening()
        except OSError as error:
            raise HostError(f"the sockets of this machine cannot be read: {error}") from error
        running = processes.every()
        return tuple(Socket(one.address, one.port, *_opener(one.pid, running)) for one in found)

    def _row(self, listener: Listener, sockets: Sequence[Socket]) -> Row:
        there = [one for one in sockets if one.port == listener.port and _meets(one.address, listener.address)]
        # Where all of IPv4 and all of IPv6 have a socket each, either would do: its own comes first.
        there.sort(key=lambda one: one.address != listener.address)
        if not there:
            return Row("missing", listener)
        own = [one for one in there if one.pid is None or one.process == _OWN[listener.program]]
        return Row("listening", listener, own[0]) if own else Row("taken", listener, there[0])

    def _masters(self) -> dict[Program, int]:
        """The process IDs of the masters that run."""
        found: dict[Program, int] = {}
        for program in PROGRAMS:
            with suppress(MailtuiError):
                file: Path = (self._postfix if program == "postfix" else self._dovecot).pid_file
                words = read_file(file, limit=100).data.split()
                if words and words[0].isdigit() and processes.is_program(int(words[0]), (_OWN[program],)):
                    found[program] = int(words[0])
        return found


def _opener(pid: int | None, running: Mapping[int, processes.Process]) -> tuple[int | None, str]:
    """Who opened a socket that a process has: the master it descends from, else itself; children keep it open too.

    Nobody knows of a process that has ended meanwhile, such as a child of the master's own.
    """
    line = processes.lineage(pid, running) if pid else ()
    master = next((one for one in line if one.name in _OWN.values()), line[0] if line else None)
    return (master.pid, clean(master.name)) if master else (None, "")


def _meets(bound: str, wanted: str) -> bool:
    """Whether a socket at one address is one at another, or on all of that kind; ``::`` takes IPv4 in as well."""
    if bound == wanted:
        return True
    if ":" in wanted:
        return bound == ANYWHERE[1] and wanted != ANYWHERE[1]
    return bound == ANYWHERE[0] or bound == ANYWHERE[1]


def _of(row: Row, running: frozenset[Program], kept: frozenset[int]) -> Iterator[Finding]:
    listener, socket = row.listener, row.socket
    if listener and row.state == "missing" and listener.program in running:
        yield finding(
            f"port.missing.{listener.program}",
            listener.name,
            (f"{listener.service} is set to listen there",),
        )
    elif listener and socket and row.state == "taken":
        yield finding(
            "port.taken",
            listener.name,
            (f"set: {listener.service} of {listener.program}", f"listening: {socket.process} ({socket.pid})"),
        )
    elif socket and row.state == "unset" and socket.process in _OWN.values():
        program = next(name for name, master in _OWN.items() if master == socket.process)
        kind = "address" if program == "postfix" and socket.port in kept else "unset"
        evidence = (f"listening: {socket.process} ({socket.pid})",)
        yield finding(f"port.{kind}", place(socket.address, socket.port), evidence, program=program)
