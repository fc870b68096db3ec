"""The fast lane: millions of lines through one dictionary lookup each.

A line is ``stamp host program[pid]: message``. The stamp has a constant width throughout a file, so what stands
between it and the first ``": "`` is the same text on every line of a process: the key under which its reader is
kept. Only a key never seen before has its header looked at closely (``_admit``); lines in any other form are
rewritten into this one by ``headers``. A line no form fits is counted as unparsed, never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from mailtui.maillog.header import begins_with_stamp
from mailtui.maillog.program import Program, split_head
from mailtui.maillog.report.daemons import Anvil, Master, OtherDaemon, Postscreen
from mailtui.maillog.report.delivery import DeliveryAgent
from mailtui.maillog.report.dovecot import Dovecot
from mailtui.maillog.report.messages import Book, Unfinished
from mailtui.maillog.report.queue import Bounce, Cleanup, Pickup, Postsuper, QueueManager
from mailtui.maillog.report.reasons import WarningTexts
from mailtui.maillog.report.scope import Read, Reader, Scope
from mailtui.maillog.report.smtpd import SmtpdProcess
from mailtui.maillog.report.stamps import Form
from mailtui.maillog.report.tally import Tally

if TYPE_CHECKING:
    from mailtui.maillog.report.headers import OtherForms

_READERS: dict[str, Callable[[Scope, str], Reader]] = {
    "qmgr": QueueManager,
    "nqmgr": QueueManager,
    "oqmgr": QueueManager,
    "cleanup": Cleanup,
    "pickup": Pickup,
    "bounce": Bounce,
    "defer": Bounce,
    "trace": Bounce,
    "postsuper": Postsuper,
    "smtp": DeliveryAgent,
    "lmtp": DeliveryAgent,
    "relay": DeliveryAgent,
    "local": DeliveryAgent,
    "virtual": DeliveryAgent,
    "pipe": DeliveryAgent,
    "error": DeliveryAgent,
    "retry": DeliveryAgent,
    "discard": DeliveryAgent,
    "postscreen": Postscreen,
    "anvil": Anvil,
    "master": Master,
    "postfix": Master,
    "postfix-script": Master,
}
"""Those of which one reads the lines of all processes of a service; smtpd's are followed each."""

_LAST_REPEATED = re.compile(r"(?:--- )?last message repeated (\d{1,9}) times?(?: ---)?\Z")
_MOST_READERS = 100_000
_MOST_PROGRAMS = 1000
_MOST_REPEATS = 100_000
_MOST_DELAYS = 10_000
"""So many texts are collected before they are counted together, which is faster than one by one."""


class Lane:
    """Reads blocks of lines into a tally."""

    def __init__(self, *, first_part: bool = True, newest: float | None = None) -> None:
        self.tally = Tally()
        self.form = Form()
        self._first_part = first_part
        self._newest = newest
        self._readers: dict[str, Read] = {}
        self._programs: dict[str, Callable[[str], Read]] = {}
        self._scopes: dict[str, Scope] = {}
        self._warning_texts = WarningTexts()
        self._dovecot = Dovecot(self.tally, self._warning_texts)
        self._smtpd: dict[str, SmtpdProcess] = {}
        self._last_lines: Sequence[str] = ()
        self._is_inside = False
        """Whether the line at hand was taken out of another."""

    def feed(self, lines: Sequence[str]) -> None:
        """Count whole lines, in the order of the file."""
        reader_of = self._readers.get
        width = self.form.width
        previous = ""
        for line in lines:
            head, _, text = line.partition(": ")
            read = reader_of(head[width:])
            if read is not None:
                read(line, text)
            else:
                self._admit(line, previous)
                width = self.form.width
            previous = line
        self.tally.lines += len(lines)
        self._last_lines = lines
        if len(self.tally.delays) > _MOST_DELAYS:
            self.tally.count_delays()

    def _admit(self, line: str, previous: str) -> None:
        """A line whose process was not seen before, or that has another form than the one before it."""
        head, _, text = line[self.form.width :].partition(": ")
        name, _, pid = head.partition("[")
        reader = self._programs.get(name)
        if reader is None or not pid[:-1].isdecimal():
            self._admit_program(line, previous)
            return
        if len(self._readers) >= _MOST_READERS:
            self._readers.clear()
            self._smtpd.clear()
        read = self._readers[head] = reader(head)
        read(line, text)

    def _admit_program(self, line: str, previous: str) -> None:
        """The header is looked at closely; from now on its program's processes are known by name."""
        split = split_head(line, self.form.width) if self.form.fit(line) else None
        if split is None or not split[0].host or split[0].host.endswith(":"):  # Dovecot's own log names no host
            self._read_rewritten(line, previous)
            return
        program, body = split
        head = line[self.form.width : body - 2]
        if len(self._programs) >= _MOST_PROGRAMS:
            self._programs.clear()
        reader = self._programs[head.partition("[")[0]] = self._reader(program)
        read = self._readers[head] = self._readers.get(head) or reader(head)
        read(line, line[body:])

    @cached_property
    def _other_forms(self) -> OtherForms:
        """Made when there is such a line: it needs the whole grammar."""
        from mailtui.maillog.header import Stamps
        from mailtui.maillog.report.headers import OtherForms

        return OtherForms(Stamps(now=self._newest))

    def _read_rewritten(self, line: str, previous: str) -> None:
        found = self._other_forms.rewrite(line)
        if found is None or not self.form.fit(found.line):
            self.tally.unparsed += 1
        elif found.program.program:
            self._reader_of_rewritten(found.program)(found.line, found.text)
        elif (repeated := _LAST_REPEATED.search(found.text)) and previous:
            self._repeat(previous, min(int(repeated[1]), _MOST_REPEATS))

    def _repeat(self, previous: str, times: int) -> None:
        """``last message repeated N times``: the line before it, that often."""
        if not _LAST_REPEATED.search(previous):
            for _ in range(times):
                self._admit(previous, "")

    def _reader_of_rewritten(self, program: Program) -> Read:
        head = f"{program.host} {program.program}[{program.pid}]"
        read = self._readers.get(head)
        if read is None:
            read = self._readers[head] = self._reader(program)(head)
        return read

    def _reader(self, program: Program) -> Callable[[str], Read]:
        """What makes the reader for a process of the program, given its head."""
        if program.program == "dovecot":
            return lambda head: self._dovecot.read
        if not program.is_postfix:
            return lambda head: self._of_another
        scope = self._scope(f"{program.host} {program.instance}")
        service = f"{program.service}/{program.daemon}" if program.service else program.daemon
        if program.daemon in ("smtpd", "qmqpd"):
            return lambda head: self._smtpd.setdefault(head, SmtpdProcess(scope, service)).read
        shared = _READERS.get(program.daemon, OtherDaemon)(scope, service).read
        return lambda head: shared

    def _of_another(self, line: str, text: str) -> None:
        """A program that is neither Postfix nor Dovecot; Docker gives a container's whole lines such a name."""
        if self._is_inside or not begins_with_stamp(text):
            return
        self._is_inside = True
        try:
            self._read_rewritten(text, "")
        finally:
            self._is_inside = False
            self.form.fit(line)

    def _scope(self, name: str) -> Scope:
        scope = self._scopes.get(name)
        if scope is None:
            book = Book(name, self.tally, first_part=self._first_part)
            scope = self._scopes[name] = Scope(self.tally, book, self.form, self._warning_texts)
        return scope

    def finish(self) -> Unfinished:
        """What only the neighbouring parts can finish."""
        self.tally.count_delays()
        last = next((line for line in reversed(self._last_lines) if self.form.fit(line)), "")
        self.tally.last_stamp = last[self.form.second]
        unfinished = Unfinished()
        for scope in self._scopes.values():
            scope.book.leave(unfinished)
        for name, process in self._smtpd.items():
            if process.connected:
                unfinished.sessions_begun[name] = process.connected
            if process.ended_first:
                unfinished.sessions_ended[name] = process.ended_first
        return unfinished
