"""Who logged a line: host, program and process between the stamp and the message.

Postfix names its daemons ``SYSLOG_NAME/DAEMON``, where the name may be anything and may itself contain slashes
(``postfix/submission/smtpd``, ``postfix-out/smtp``, ``mx1/qmgr``): the daemon is always the last part.
"""

from __future__ import annotations

import re
from typing import NamedTuple

POSTFIX_DAEMONS = frozenset({
    "anvil", "bounce", "cleanup", "defer", "discard", "dnsblog", "error", "flush", "lmtp", "local", "master", "nqmgr",
    "oqmgr", "pickup", "pipe", "postalias", "postcat", "postconf", "postdrop", "postfix-script", "postfix-tls-script",
    "postfix-wrapper", "postkick", "postlock", "postlog", "postlogd", "postmap", "postmulti", "postqueue",
    "postscreen", "postsuper", "proxymap", "proxywrite", "qmgr", "qmqpd", "relay", "retry", "scache", "sendmail",
    "showq", "smtp", "smtpd", "spawn", "tlsmgr", "tlsproxy", "trace", "trivial-rewrite", "verify", "virtual",
})  # fmt: skip
"""What the last part may be for a name that does not begin with ``postfix``."""

_LEVEL = r"(?:(?:mail|daemon|auth|authpriv|user|syslog|kern|cron|local\d)\.[a-z]{3,7} )?"
_HEAD = re.compile(
    rf"(?:<[\w.]{{3,24}}> )?(?:(?P<host>[^\s\[{{]\S*) {{1,8}})??{_LEVEL}(?P<program>[^\s\[\]:(<]+)"
    r"(?: *\[(?P<pid>\d{1,10})[^\]\s]*\])?(?:\([^()\s]*\))?:(?: |$)",
    re.ASCII,
)
_LEVELS = frozenset({"DEBUG", "INFO", "NOTICE", "WARNING", "WARN", "ERROR", "ERR", "CRIT", "ALERT", "EMERG"})
"""What some containers write where the host would stand."""
_RFC5424 = re.compile(r"(?P<host>\S+) (?P<program>\S+) (?P<pid>\S+) \S+ (?:-|(?:\[(?:[^\]\\]|\\.)*\])+)(?: \ufeff?|$)")
_RSPAMD_OWN = re.compile(r"#(?P<pid>\d{1,10})\([^)\s]*\) ")
_POSTFIX = re.compile(r"(?P<instance>/?postfix[^/]*)(?:/(?P<service>\S+))?/(?P<daemon>[\w.-]+)$")
_POSTFIX_ALONE = re.compile(r"/?(?P<daemon>postfix(?:-script|-wrapper|-tls-script)?)$")
_NAMED = re.compile(r"(?P<instance>[^/]+)(?:/(?P<service>\S+))?/(?P<daemon>[a-z-]+)$")


class Program(NamedTuple):
    """Who logs, as an event names it."""

    host: str
    program: str
    instance: str
    service: str
    daemon: str
    pid: int | None

    @property
    def is_postfix(self) -> bool:
        """Whether a part of Postfix."""
        return bool(self.instance)


def split_head(line: str, start: int) -> tuple[Program, int] | None:
    """``host program[pid]: `` from ``start`` on (or rspamd's ``#pid(worker) ``), and where the message begins."""
    found = None if line.startswith("#", start) else _HEAD.match(line, start)
    if found is None:
        own = _RSPAMD_OWN.match(line, start)
        return (named("", "rspamd", int(own["pid"])), own.end()) if own else None
    pid, host = found["pid"], found["host"] or ""
    return named("" if host in _LEVELS else host, found["program"], int(pid) if pid else None), found.end()


def split_rfc5424(line: str, start: int) -> tuple[Program, int] | None:
    """``host program pid message-id structured-data `` from ``start`` on; ``-`` stands for nothing."""
    found = _RFC5424.match(line, start)
    if found is None:
        return None
    host, program, pid = ("" if text == "-" else text for text in found.group("host", "program", "pid"))
    number = int(pid) if pid.isdecimal() and len(pid) <= 10 else None
    return named(host, program, number), found.end()


def named(host: str, program: str, pid: int | None) -> Program:
    """A program by its name in the log."""
    found = _POSTFIX.match(program)
    if found is None:
        found = _NAMED.match(program)
        if found and found["daemon"] not in POSTFIX_DAEMONS:
            found = None
    if found:
        instance = found["instance"].removeprefix("/")
        return Program(host, program, instance, found["service"] or "", found["daemon"], pid)
    if alone := _POSTFIX_ALONE.match(program):
        return Program(host, program, "postfix", "", alone["daemon"], pid)
    return Program(host, program, "", "", program.rpartition("/")[2], pid)
