"""Logging in, in each protocol: how AUTH is said there, and what its answers mean.

RFC 4954 (SMTP), 9051 (IMAP), 4959 (SASL-IR), 5034 (POP3), 5804 (ManageSieve).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from re import Pattern

from mailtui.services.probes.manner import HIDDEN, Stopped
from mailtui.services.probes.model import Protocol, Verdict
from mailtui.services.probes.sasl import Credentials, Exchange, SaslError, choose
from mailtui.services.probes.talk import Talk, reply_of


@dataclass(frozen=True, slots=True)
class _Dialect:
    """AUTH in one protocol; patterns are matched at the beginning of a line."""

    command: str
    initial: str
    """How the initial response follows the command."""
    answer: str
    last: Pattern[bytes]
    """The last line of a reply, a challenge among them."""
    challenge: Pattern[str]
    accepted: Pattern[str]
    temporary: Pattern[str]
    longest: int = 2000
    """Octets of a command; a token that makes it longer is said only when it is asked for."""


_DIALECTS: dict[Protocol, _Dialect] = {
    "smtp": _Dialect(
        "AUTH {0}",
        " {0}",
        "{0}",
        re.compile(rb"\d{3}(?!-)"),
        re.compile(r"334 ?(.*)"),
        re.compile(r"235"),
        re.compile(r"4\d\d"),
        longest=510,
    ),
    "imap": _Dialect(
        "m AUTHENTICATE {0}",
        " {0}",
        "{0}",
        re.compile(rb"m (?:OK|NO|BAD)\b|\+", re.IGNORECASE),
        re.compile(r"\+ ?(.*)"),
        re.compile(r"m OK", re.IGNORECASE),
        re.compile(r"m NO \[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG)", re.IGNORECASE),
    ),
    "pop3": _Dialect(
        "AUTH {0}",
        " {0}",
        "{0}",
        re.compile(rb"\+OK|-ERR|\+ |\+$"),
        re.compile(r"\+ ?(?!OK)(.*)"),
        re.compile(r"\+OK"),
        re.compile(r"-ERR \[(?:SYS/TEMP|IN-USE)", re.IGNORECASE),
        longest=253,
    ),
    "sieve": _Dialect(
        'AUTHENTICATE "{0}"',
        ' "{0}"',
        '"{0}"',
        re.compile(rb'(?:OK|NO|BYE)\b|"|[\w+/]+={0,2}$', re.IGNORECASE),
        re.compile(r'"?(?!OK|NO|BYE)([A-Za-z0-9+/]*={0,2})"?\s*$'),
        re.compile(r"OK", re.IGNORECASE),
        re.compile(r"NO \((?:TRYLATER|UNAVAILABLE)", re.IGNORECASE),
    ),
}
_NO_PASSWORD = "the server offers no mechanism that takes a password"  # noqa: S105 - a sentence


def log_in(talk: Talk, who: Credentials, wanted: str = "") -> tuple[str, Verdict, str]:
    """The mechanism used, what came of it, and the server's words. Raises Stopped."""
    if not talk.may_hear_secrets:
        raise Stopped("untrusted", "this is not the machine it was taken for: no password is said to it")
    offered = talk.offered
    mechanism = choose(offered, wanted) or ("USER" if "USER" in offered and wanted in ("", "USER") else "")
    if not mechanism:
        told = f"the server does not offer {wanted}" if wanted and offered else _NO_PASSWORD
        raise Stopped("not-offered", told + (f"; it offers {' '.join(offered)}" if offered else ""))
    protocol = talk.endpoint.protocol
    if mechanism == "USER":
        return mechanism, *_judged(_by_user(talk, who), _DIALECTS["pop3"])
    if mechanism == "LOGIN" and protocol == "imap":
        return mechanism, *_judged(_by_literals(talk, who), _DIALECTS["imap"])
    return mechanism, *_judged(_by_sasl(talk, Exchange(mechanism, who), mechanism), _DIALECTS[protocol])


def _judged(said: str, dialect: _Dialect) -> tuple[Verdict, str]:
    if dialect.accepted.match(said):
        return "accepted", said
    return ("temporary" if dialect.temporary.match(said) else "refused"), said


def _by_sasl(talk: Talk, exchange: Exchange, mechanism: str) -> str:
    dialect = _DIALECTS[talk.endpoint.protocol]
    first = exchange.first
    command = dialect.command.format(mechanism)
    # IMAP alone has servers that want to be asked without the first answer (RFC 4959).
    at_once = talk.endpoint.protocol != "imap" or any(b"SASL-IR" in line.upper() for line in talk.told)
    if first is not None and at_once and len(command) + len(dialect.initial.format(first)) <= dialect.longest:
        reply = talk.say(
            command + dialect.initial.format(first), dialect.last, shown=command + dialect.initial.format(HIDDEN)
        )
        first = None
    else:
        reply = talk.say(command, dialect.last)
    while challenge := dialect.challenge.match(reply[-1]):
        try:
            answer, first = (first, None) if first is not None else (exchange.answer(challenge[1].strip()), None)
        except SaslError as error:
            raise Stopped("unclear", str(error), reply_of(reply)) from error
        reply = talk.say(dialect.answer.format(answer), dialect.last, shown=dialect.answer.format(HIDDEN))
    return reply_of(reply)


def _by_user(talk: Talk, who: Credentials) -> str:
    """POP3 as it was (RFC 1939, 7)."""
    _one_line(who)
    said = reply_of(talk.say(f"USER {who.user}"))
    return reply_of(talk.say(f"PASS {who.secret}", shown=f"PASS {HIDDEN}")) if said.startswith("+OK") else said


def _by_literals(talk: Talk, who: Credentials) -> str:
    """IMAP's command LOGIN, both words as literals: they may hold any letter (RFC 9051, 6.2.3)."""
    last = _DIALECTS["imap"].last
    reply = talk.say(f"m LOGIN {{{len(who.user.encode())}}}", last)
    if not reply[-1].startswith("+"):
        return reply_of(reply)
    reply = talk.say(f"{who.user} {{{len(who.secret.encode())}}}", last)
    return reply_of(talk.say(who.secret, last, shown=HIDDEN) if reply[-1].startswith("+") else reply)


def _one_line(who: Credentials) -> None:
    if set("\r\n\0") & set(who.user + who.secret):
        raise Stopped("unclear", "user and password must stand on one line")
