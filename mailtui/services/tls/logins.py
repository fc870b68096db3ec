"""Who really logs in, and how: what a closed port, required TLS or a newer least version would break.

Postfix tells the version of each session (``smtpd_tls_loglevel = 1``) and the user of each message; Dovecot tells
whether there was TLS, and the version where ``login_log_format_elements`` has ``%k``.
"""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mailtui.maillog.model import Event
from mailtui.maillog.parser import Parser
from mailtui.maillog.scan import open_log
from mailtui.text import clean, local

_WANTED = re.compile(rb": client=|(?:Login|Logged in): user=|TLS connection established from|disconnect from")
_VERSION = re.compile(r"(?:TLS|SSL)v[\d.]+")
_OLD = frozenset({"SSLv3", "TLSv1", "TLSv1.1"})
_SUFFIX = "-login"
_MOST_NAMED = 5
_MOST_SESSIONS = 10_000
_DOORS = {"managesieve": "sieve", "": "smtpd"}


@dataclass(frozen=True, slots=True)
class Way:
    """One user, or one strange server, at one door in one way. Text is cleaned."""

    who: str
    is_user: bool
    """Whether somebody logged in; else it is a server with mail for us."""
    door: str
    """``imap``, ``pop3``, ``sieve``; for Postfix what its ``syslog_name`` adds: ``submission``; else ``smtpd``."""
    tls: str
    """``TLSv1.2``; ``TLS`` where the version is not logged; ``""`` for none."""
    count: int
    last: float
    client: str
    """The address it came from last."""

    @property
    def is_clear(self) -> bool:
        """Whether a password crossed the network without TLS; ``secured`` is Dovecot's word for this machine's own."""
        return not self.tls

    @property
    def is_old(self) -> bool:
        """Whether the version must not be used any more (RFC 8996)."""
        return self.tls in _OLD


class LoginBook:
    """The logins of a log."""

    def __init__(self) -> None:
        self._ways: dict[tuple[str, bool, str, str], tuple[int, float, str]] = {}
        self._sessions: dict[tuple[str, int | None, str], str] = {}
        self.first: float | None = None
        self.last: float | None = None

    def add(self, event: Event) -> None:
        """Note an event, if it is one of those."""
        if event.time is not None:
            self.first = event.time if self.first is None else self.first
            self.last = event.time
        if event.event == "login":
            self._login(event)
        elif event.daemon == "smtpd":
            self._smtpd(event)

    @property
    def ways(self) -> tuple[Way, ...]:
        """Every way, the most used first."""
        found = (Way(*key, *how) for key, how in self._ways.items())
        return tuple(sorted(found, key=lambda way: (-way.count, way.who)))

    def without_tls(self, *doors: str) -> tuple[Way, ...]:
        """Users who would be refused if TLS were required."""
        return tuple(one for one in self.ways if one.is_user and one.is_clear and (not doors or one.door in doors))

    def with_old_versions(self, *doors: str) -> tuple[Way, ...]:
        """Those who would be refused if TLS 1.2 were the least."""
        return tuple(one for one in self.ways if one.is_old and (not doors or one.door in doors))

    def through(self, *doors: str) -> tuple[Way, ...]:
        """Users who come by a door, however."""
        return tuple(one for one in self.ways if one.is_user and one.door in doors)

    def evidence(self, ways: tuple[Way, ...], what: str) -> tuple[str, ...]:
        """Who would break, in lines; that nobody would, as far as the log tells."""
        if self.first is None:
            return ("who would break: no log that tells of logins was read",)
        since = local(self.first)
        if not ways:
            return (f"who would break: nobody, none came {what} since {since}",)
        people = list(dict.fromkeys(way.who for way in ways))
        more = f" and {len(people) - _MOST_NAMED} more" if len(people) > _MOST_NAMED else ""
        return (
            f"who would break: {len(people)} came {what} since {since}: {', '.join(people[:_MOST_NAMED])}{more}",
            *(
                f"{way.who}: {way.count} times by {way.door}, last {local(way.last)} from {way.client}"
                for way in ways[:_MOST_NAMED]
            ),
        )

    def _login(self, event: Event) -> None:
        fields = event.fields
        door = event.daemon.removesuffix(_SUFFIX)
        version = _VERSION.search(fields.get("tls", ""))
        tls = version[0] if version else fields.get("tls", "").partition(" ")[0]
        self._note(fields.get("user", ""), True, _DOORS.get(door, door), tls, event, fields.get("rip", ""))

    def _smtpd(self, event: Event) -> None:
        ip = event.fields.get("ip", "")
        session = (event.service, event.pid, ip)
        door = event.service or _DOORS[""]
        if event.event == "tls" and event.fields.get("direction") == "from":
            if len(self._sessions) > _MOST_SESSIONS:
                self._sessions.clear()
            self._sessions[session] = event.fields.get("protocol", "")
        elif event.event == "disconnect":
            self._sessions.pop(session, None)
        elif event.event == "client":  # a message begins: who only scans, this console too, sends none
            tls = self._sessions.get(session, "")
            user = event.fields.get("sasl_username", "")
            if user or tls in _OLD:
                self._note(user or event.fields.get("host", ip), bool(user), door, tls, event, ip)

    def _note(self, who: str, is_user: bool, door: str, tls: str, event: Event, client: str) -> None:
        key = (clean(who), is_user, clean(door), clean(tls))
        count = self._ways.get(key, (0, 0.0, ""))[0]
        self._ways[key] = (count + 1, event.time or 0.0, clean(client))


def logged_as(syslog_name: str) -> str:
    """The door a Postfix service is in the log: what stands behind the slash of its ``syslog_name``."""
    return syslog_name.partition("/")[2] or _DOORS[""]


def logins_in(files: Iterable[Path], since: float = 0.0) -> LoginBook:
    """The logins in log files, compressed ones too; a file that cannot be read has none."""
    book = LoginBook()
    for file in files:
        with suppress(OSError, EOFError, zlib.error):
            for event in _events(file):
                if event.time is None or event.time >= since:
                    book.add(event)
    return book


def _events(file: Path) -> Iterator[Event]:
    """Only the lines that matter are read in full: most of a log is of other things."""
    parser = Parser(str(file), now=min(time.time(), file.stat().st_mtime + 1))
    offset = 0
    with open_log(file) as stream:
        for line in stream:
            if _WANTED.search(line):
                yield parser.parse(line.rstrip(b"\n"), offset)
            offset += len(line)
