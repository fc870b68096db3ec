"""Counting as pflogsumm 1.1.5 does, so that an operator can compare the reports.

A port of its main loop, rule by rule and in its order: re-injections count as received, hand-offs to a filter as
delivered, every search is made anywhere in the line, services it does not know are not seen, a queue ID used twice
keeps its first size. The patterns are pflogsumm's own, on purpose: what the grammar knows better must not leak in.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from mailtui.maillog.report.reasons import reject_reason, remote_reason, shorten
from mailtui.maillog.report.sums import Sent, Usage
from mailtui.maillog.report.tally import Tally

_TRADITIONAL = re.compile(r"(...) {1,2}(\d{1,2}) (\d{2}):\d{2}:\d{2} \S+ (.+)", re.ASCII)
_RFC_3339 = re.compile(r"\d{4}-(\d{2})-(\d{2})T(\d{2}):\d{2}:\d{2}(?:\.\d+)?(?:[+-]\d{2}:\d{2}|Z) \S+ (.+)", re.ASCII)
_DAEMON = re.compile(r"postfix(?:/(?:smtps|submission))?/([^\[:]*).*?: ([^:\s]+)", re.ASCII)
_POSTFIX = re.compile(r"(postfix(?:-script)?)(?:\[\d+\])?: ([^:\s]+)", re.ASCII)
_SOLARIS = re.compile(r": \[ID \d+ [^\]]+\] ", re.ASCII)
_CLEANUP = re.compile(
    r"/cleanup\[\d+\]: .*?\b((?:milter-)?reject|warning|hold|discard): (header|body|END-OF-MESSAGE) (.*)$", re.ASCII
)
_CLIENT = re.compile(r"\[\d+\]: \w+: client=(.+?)(?:,|$)", re.ASCII)
_SMTPD_ACTION = re.compile(r"\[\d+\]: \w+: (reject(?:_warning)?|hold|discard): ", re.ASCII)
_ACTION = re.compile(r"\b(?:reject(?:_warning)?|hold|discard): (\S+) from (\S+?): (.*)$", re.ASCII)
_SIZE = re.compile(r"from=<([^>]*)>, size=(\d+)", re.ASCII)
_STATUS = re.compile(
    r"to=<([^>]*)>, (?:orig_to=<[^>]*>, )?relay=([^,]+), (?:conn_use=[^,]+, )?delay=([^,]+), "
    r"(?:delays=[^,]+, )?(?:dsn=[^,]+, )?status=(\S+)(.*)$",
    re.ASCII,
)
_PICKUP = re.compile(r": (?:sender|uid)=")
_HOST = re.compile(r"([^\[]*)\[((?:\d{1,3}\.){3}\d{1,3})\]|([^/]*)/([0-9a-fA-F.:]+)", re.ASCII)
_HOST_LOOSELY = re.compile(r"([^\[(/]*)[\[(/]([^\])]+)[\])]:?\d*$", re.ASCII)
_FOLDED = re.compile(r"(.*)\.([^.]+)\.([^.]{3}|[^.]{2,3}\.[^.]{2})$")
_AT = re.compile(r"@.+")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OUTCOMES = {
    "reject": ("rejected", "reject_reasons"),
    "milter-reject": ("rejected", "reject_reasons"),
    "warning": ("reject_warnings", "reject_warning_reasons"),
    "reject_warning": ("reject_warnings", "reject_warning_reasons"),
    "hold": ("held", "hold_reasons"),
    "discard": ("discarded", "discard_reasons"),
}
_SEVERITIES = {"warning": "warnings", "fatal": "fatals", "panic": "panics"}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line pflogsumm would look at."""

    hour: str
    rest: str
    """After the host."""
    command: str
    queue_id: str


@dataclass
class Pflogsumm:
    """Reads lines as pflogsumm does; what it knows is in ``tally`` and ``sender_domains``."""

    today: date
    tally: Tally = field(default_factory=Tally)
    sender_domains: dict[str, Sent] = field(default_factory=lambda: defaultdict(Sent))
    _received: dict[str, str] = field(default_factory=dict)
    _sizes: dict[str, int] = field(default_factory=dict)
    _deferred: set[str] = field(default_factory=set)
    _day: str = ""
    _day_of_month: int = 0

    def feed(self, lines: Iterable[str]) -> None:
        """Count lines, in the order of the files."""
        for text in lines:
            self.tally.lines += 1
            line = self._split(text)
            if line is not None:
                self._read(line)

    def _split(self, text: str) -> _Line | None:
        if ": [ID " in text:
            text = _SOLARIS.sub(": ", text, count=1)
        found = _TRADITIONAL.match(text)
        if found:
            name, day, hour, rest = found.groups()
            month = _MONTHS.index(name) + 1 if name in _MONTHS else 1
        else:
            found = _RFC_3339.match(text)
            if not found:
                self.tally.unparsed += 1
                return None
            number, day, hour, rest = found.groups()
            month = int(number)
        named = _DAEMON.match(rest) or _POSTFIX.match(rest)
        if not named:
            return None
        return _Line(f"{self._date(month, int(day))}T{hour}", rest, named[1], named[2])

    def _date(self, month: int, day: int) -> str:
        """The date changes only with the day of the month; a later month than this one is last year's."""
        if day != self._day_of_month:
            self._day_of_month = day
            year = self.today.year - (month > self.today.month)
            self._day = f"{year}-{month:02}-{day:02}"
        return self._day

    def _read(self, line: _Line) -> None:
        if line.command == "cleanup" and (action := _CLEANUP.search(line.rest)):
            self._act(line, action[1], (action[2], shorten(action[3]), ""))
        elif line.queue_id in _SEVERITIES:
            _, _, text = line.rest.rpartition(f"{line.queue_id}: ")
            self.tally.details[_SEVERITIES[line.queue_id]][line.command, shorten(text)] += 1
        elif line.queue_id in ("reject", "reject_warning", "hold", "discard"):
            self._act(line, line.queue_id, _session(line.rest))
        elif line.command == "master":
            self.tally.details["master"][(shorten(line.rest.rpartition(": ")[2]),)] += 1
        elif line.command in ("smtpd", "postscreen"):
            self._read_smtpd(line)
        else:
            self._read_other(line)

    def _act(self, line: _Line, action: str, key: tuple[str, str, str]) -> None:
        outcome, details = _OUTCOMES[action]
        self.tally.outcomes[outcome][line.hour] += 1
        self.tally.details[details][key] += 1

    def _read_smtpd(self, line: _Line) -> None:
        if client := _CLIENT.search(line.rest):
            self._receive(line, _domain(client[1]))
        elif action := _SMTPD_ACTION.search(line.rest):
            self._act(line, action[1], _session(line.rest))

    def _receive(self, line: _Line, origin: str) -> None:
        self.tally.outcomes["received"][line.hour] += 1
        self._received[line.queue_id] = origin

    def _read_other(self, line: _Line) -> None:
        if size := _SIZE.search(line.rest):
            self._sized(line.queue_id, size[1], int(size[2]))
        elif status := _STATUS.search(line.rest):
            self._delivery(line, *status.groups())
        elif line.command == "pickup" and _PICKUP.search(line.rest):
            self._receive(line, "pickup")

    def _sized(self, queue_id: str, sender: str, size: int) -> None:
        if self._sizes.get(queue_id):
            return
        self._sizes[queue_id] = size
        origin = self._received.pop(queue_id, "")
        if not origin:
            return
        address = _lower_domain(sender) if sender else "from=<>"
        user, _, domain = address.partition("@")
        if not user or not domain:
            domain = address if origin == "pickup" else origin
        for table, key in ((self.tally.senders, address), (self.sender_domains, domain)):
            table.setdefault(key, Sent()).add(Sent(1, size))

    def _delivery(self, line: _Line, to: str, relay: str, delay: str, status: str, text: str) -> None:
        to = _lower_domain(to)
        seconds = _number(delay)
        if status == "sent":
            if "forwarded as " in text:
                self.tally.outcomes["forwarded"][line.hour] += 1
                return
            size = self._sizes.get(line.queue_id, 0)
            self.tally.deliver(line.hour, to, size, seconds)
            if not size:
                self.tally.no_size[line.queue_id] = to
        elif status == "deferred":
            self.tally.outcomes["deferrals"][line.hour] += 1
            self._deferred.add(line.queue_id)
            self.tally.deferred = len(self._deferred)
            self.tally.recipients.setdefault(to, Usage()).add(Usage(deferrals=1, delay_max=seconds))
            self.tally.details["deferral_reasons"][line.command, relay, remote_reason(text[2:-1])] += 1
        elif status == "bounced":
            self.tally.outcomes["bounced"][line.hour] += 1
            self.tally.details["bounce_reasons"][relay, remote_reason(text[2:-1])] += 1


def _session(rest: str) -> tuple[str, str, str]:
    found = _ACTION.search(rest)
    return (found[1], reject_reason(found[3]), _domain(found[2])) if found else ("", shorten(rest), "")


def _number(text: str) -> float:
    """As Perl reads a number: as far as it is one."""
    found = re.match(r"[\d.]+", text, re.ASCII)
    try:
        return float(found[0]) if found else 0.0
    except ValueError:
        return 0.0


def _lower_domain(address: str) -> str:
    """From the first ``@`` on, ASCII letters only, as bytes in the C locale."""
    return _AT.sub(lambda domain: _ascii_lower(domain[0]), address, count=1)


def _ascii_lower(text: str) -> str:
    return text.lower() if text.isascii() else "".join(c.lower() if c.isascii() else c for c in text)


def _domain(client: str) -> str:
    """Pflogsumm's ``gimme_domain``: the last labels of the name, or the address."""
    found = _HOST.match(client)
    if found:
        name, ip = (found[1], found[2]) if found[2] else (found[3], found[4])
    elif loosely := _HOST_LOOSELY.match(client):
        name, ip = loosely[1], loosely[2]
    else:
        return ""
    if name in ("", "unknown"):
        return ip
    folded = _FOLDED.match(name)
    return _ascii_lower(f"{folded[2]}.{folded[3]}") if folded else name
