"""The lines of one process: who wrote them is known once, what each says is read by its program's grammar."""

from __future__ import annotations

import re
from typing import Protocol

from mailtui.maillog.grammar.companions import companion_named, read_companion
from mailtui.maillog.grammar.dovecot.message import read_message as read_dovecot
from mailtui.maillog.grammar.postfix.message import daemon_named, read_message
from mailtui.maillog.grammar.secrets import masked_dialogue
from mailtui.maillog.model import UNKNOWN, Event
from mailtui.maillog.program import Program

_SEVERITY_OF_PRIORITY = ("fatal", "fatal", "fatal", "error", "warning", "info", "info", "debug")
_OWN_LOG = re.compile(
    r"(?:dovecot: )?(?P<head>(?:[a-z][a-z0-9-]{1,30}|IMAP|POP3)(?:\([^\n]{0,512}?\))?(?:<[^<>]{0,128}>){0,3}): "
    r"(?:Info|Warning|Error|Fatal|Panic|Debug): "
)


class Lines(Protocol):
    """Makes events of the messages of one process."""

    keep_head: bool
    """Whether the message begins where the program's name would stand (Dovecot's own log file)."""

    def event(self, source: str, offset: int, time: float | None, text: str) -> Event:
        """The event of one message."""


class PostfixLines:
    """Lines of a Postfix daemon or tool."""

    keep_head = False

    def __init__(self, program: Program) -> None:
        self._program = program
        self._daemon = daemon_named(program.daemon)

    def event(self, source: str, offset: int, time: float | None, text: str) -> Event:
        """The event of one message."""
        host, program, instance, service, daemon, pid = self._program
        severity, queue_id, event, fields = read_message(self._daemon, text)
        if severity == "debug":
            text = masked_dialogue(text)
        return Event(
            source, offset, time, host, program, instance, service, daemon, pid,
            severity, queue_id, event, fields, text,
        )  # fmt: skip


class DovecotLines:
    """Lines of Dovecot's log process, which writes for all others and names them in the text."""

    def __init__(self, program: Program, *, keep_head: bool = False) -> None:
        self._program = program
        self.keep_head = keep_head

    def event(self, source: str, offset: int, time: float | None, text: str) -> Event:
        """The event of one message; service and process are those named in it."""
        head = self._program
        found = read_dovecot(text)
        return Event(
            source, offset, time, head.host, head.program, "", found.service, found.service,
            head.pid if found.pid is None else found.pid,
            found.severity, "", found.event, found.fields, found.text,
        )  # fmt: skip


_OWN_LINES = DovecotLines(Program("", "dovecot", "", "", "", None), keep_head=True)
"""One for all heads: nearly every line of Dovecot's own log has another session in its head."""


class CompanionLines:
    """Lines of any other program; those of no program at all are unknown."""

    keep_head = False

    def __init__(self, program: Program, priority: int | None) -> None:
        self._program = program
        self._grammar = companion_named(program.daemon)
        self._severity = "info" if priority is None else _SEVERITY_OF_PRIORITY[priority % 8]

    def event(self, source: str, offset: int, time: float | None, text: str) -> Event:
        """The event of one message."""
        host, program, instance, service, daemon, pid = self._program
        queue_id, event, fields = read_companion(self._grammar, text)
        return Event(
            source, offset, time, host, program, instance, service, daemon, pid,
            self._severity, queue_id, event if daemon else UNKNOWN, fields, text,
        )  # fmt: skip


def lines_of(program: Program, priority: int | None = None) -> Lines:
    """The reader for a program's lines; ``priority`` is syslog's, where the header tells."""
    if program.is_postfix and companion_named(program.daemon) is None:
        return PostfixLines(program)
    if program.daemon == "dovecot":
        return DovecotLines(program)
    return CompanionLines(program, priority)


def own_log_lines(line: str, start: int) -> tuple[str, Lines] | None:
    """Dovecot's own log file: no host, no program; the service and always a type word."""
    found = _OWN_LOG.match(line, start)
    if found is None:
        return None
    return line[start : found.end("head")], _OWN_LINES
