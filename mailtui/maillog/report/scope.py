"""What the readers of one queue's daemons share: its book, the tally, where the stamp ends, and what is read alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from mailtui.maillog.report.messages import Book
from mailtui.maillog.report.reasons import WarningTexts
from mailtui.maillog.report.stamps import Form
from mailtui.maillog.report.tally import Tally

Read = Callable[[str, str], None]
"""Reads one line: the whole of it, and its message."""


class Reader(Protocol):
    """Reads the lines of one process."""

    def read(self, line: str, text: str) -> None:
        """One line: the whole of it, and its message."""


SEVERITIES = {"warning": "warnings", "error": "errors", "fatal": "fatals", "panic": "panics"}
"""Postfix's severity words, and the details they are counted in."""

_REPEATED = re.compile(r"message repeated (\d{1,9}) times: \[ ?(.*?)\]?\Z", re.DOTALL)
_SOLARIS = re.compile(r"\[ID \d+ \w+\.\w+\] ")
_MOST_REPEATS = 100_000


@dataclass(frozen=True, slots=True)
class Scope:
    """One host and instance."""

    tally: Tally
    book: Book
    form: Form
    warning_texts: WarningTexts
    near_relays: dict[str, bool] = field(default_factory=dict)
    """Relays seen, and whether each could be a content filter."""

    def severity(self, kind: str, daemon: str, text: str) -> None:
        """Count a warning or worse."""
        self.tally.details[SEVERITIES[kind]][daemon, self.warning_texts.condensed(text)] += 1

    def rest(self, read: Read, line: str, text: str) -> None:
        """A text that is none of the daemon's: perhaps one in a wrapping of syslog's, which is read again."""
        if text.endswith("has changed -- restarting"):
            self.tally.events["restarted for a changed table"] += 1
        else:
            unwrap(read, line, text)


def unwrap(read: Read, line: str, text: str) -> None:
    """``message repeated 3 times: [ … ]`` (rsyslog) counts that often; ``[ID 197553 mail.info] `` (Solaris) is none."""
    if repeated := _REPEATED.match(text):
        for _ in range(min(int(repeated[1]), _MOST_REPEATS)):
            read(line, repeated[2])
    elif solaris := _SOLARIS.match(text):
        read(line, text[solaris.end() :])
