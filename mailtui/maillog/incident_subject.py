"""What an incident is about: the same for every failure with one cause."""

from __future__ import annotations

import re
from dataclasses import dataclass
from zlib import crc32

from mailtui.maillog.causes import classify
from mailtui.maillog.model import Event, Verdict
from mailtui.maillog.servers import is_ours

_ABOUT_US = frozenset({"reputation", "auth", "auth-spf", "auth-dkim", "auth-dmarc", "dns-ptr"})
"""Causes that lie in what we are, whoever complains."""

_THEIR_MAILBOX = frozenset({"recipient", "quota", "size", "virus"})
_PASSING = frozenset({"greylist", "rate"})
_URGENT = frozenset({"config-local", "disk"})
_WORTH_A_LOOK = frozenset({"sender_owner", "rcpt_verify"})
"""Refusals that hit our own users, or tell of a backend that is down."""

_CONNECT = re.compile(r"connect to (\S+\[[^\]]+\](?::\d+)?): ")
_NUMBERS = re.compile(r"\d+|[0-9A-F]{8,}")
_TABLE = re.compile(r"in ([a-z ]+ table)")
_ZONE = re.compile(r"blocked using ([\w.-]+)")


@dataclass(frozen=True, slots=True)
class Subject:
    """One cause at one place; its incident's words."""

    id: str
    cause: str
    who: str
    action: str
    severity: str
    meaning: str
    of: str = ""
    """Which of many this failure is about: a destination, a recipient, a client."""
    wide: str = ""
    """Subjects with the same word here fail alike at other places."""


def of_delivery(event: Event) -> Subject:
    """A recipient that was not reached, by what must be mended, and by whom."""
    fields = event.fields
    reason, to, relay = fields.get("reason", ""), fields.get("to", ""), fields.get("relay", "none")
    verdict = classify(reason, dsn=fields.get("dsn", ""), service=event.daemon, relay=relay) or _unknown(reason)
    domain = to.rpartition("@")[2].lower() or to
    if verdict.cause == "config-local" or is_ours(event.daemon, relay, reason):
        return _of_our_delivery(verdict, to, fields.get("orig_to", ""), relay, reason)
    if verdict.cause in _ABOUT_US or verdict.who == "us":
        return _subject("delivery", verdict, "error", of=domain)
    if verdict.cause in _PASSING or verdict.who == "wait":
        return _subject("delivery", verdict, "notice", of=domain)
    if verdict.cause in _THEIR_MAILBOX:
        return _subject("delivery", verdict, "notice", of=domain)
    return _subject("delivery", verdict, "warning", domain, of=domain, wide=verdict.rule)


def of_refusal(event: Event) -> Subject:
    """Mail that our own smtpd, cleanup or a milter refused; most of it is as it should be."""
    fields = event.fields
    reason = fields.get("reason", "")
    verdict = classify(reason, dsn=fields.get("dsn", ""), where="I") or _unknown(reason)
    if event.event == "milter-reject" and fields.get("dsn", "").startswith("4.7.1"):
        verdict = _MILTER_DOWN
    zone, table = _ZONE.search(reason), _TABLE.search(reason)
    severity = _severity_of_refusal(verdict)
    of = zone[1] if zone else fields.get("to" if verdict.cause == "recipient" else "ip", "")
    return _subject("refused", verdict, severity, table[1] if table else "", of=of)


def _severity_of_refusal(verdict: Verdict) -> str:
    if verdict.rule in _WORTH_A_LOOK:
        return "warning"
    urgent = verdict.cause in _URGENT or verdict.who == "us"
    return "error" if urgent and verdict.cause != "unknown" else "notice"


def given_up() -> Subject:
    """A message that expired, and whose failures are in no log that was read."""
    verdict = Verdict(
        "expired",
        "expired",
        "us / remote",
        "given up after maximal_queue_lifetime",
        "Look into the older logs for why.",
    )
    return _subject("delivery", verdict, "warning")


def unlisted(event: Event) -> Subject:
    """A warning or error no rule knows: those that differ in numbers alone are one."""
    reason = event.fields.get("reason", event.text)
    name = identity("trouble", event.daemon, _NUMBERS.sub("#", reason)[:200])
    title = f"{event.daemon or event.program} {event.severity}: {reason[:120]}"
    severity = "warning" if event.severity == "warning" else "error"
    return Subject(name, event.severity, "us", "Read the lines around it.", severity, title)


def identity(*parts: str) -> str:
    """A short name that is the same in every run."""
    text = "\0".join(parts).encode("utf-8", "surrogateescape")
    return f"{parts[0]}-{crc32(text):08x}"


_MILTER_DOWN = Verdict(
    "milter_down",
    "config-local",
    "us",
    "a milter does not answer, or asks to try again: mail is deferred",
    "Look at the warnings about the milter just before; start it, or correct smtpd_milters.",
)


DEAD_ALIAS = Verdict(
    "alias_dead",
    "recipient",
    "us",
    "an alias leads to an address that does not exist",
    "Take the address out of the alias, or create its mailbox.",
)
"""What it means where our own alias led to a recipient that our own programs do not know."""


def _of_our_delivery(verdict: Verdict, to: str, orig_to: str, relay: str, reason: str) -> Subject:
    if verdict.cause == "recipient":
        if orig_to and orig_to.lower() != to.lower():
            return _subject("alias", DEAD_ALIAS, "error", orig_to, of=f"{orig_to} → {to}")
        return _subject("mailbox", verdict, "warning", of=to)
    if verdict.cause in ("quota", "size"):
        return _subject("mailbox", verdict, "warning", of=to)
    severity = "warning" if verdict.who == "wait" else "error"
    server = relay if relay != "none" else _server_in(reason)
    return _subject("ours", verdict, severity, server, of=server)


def _server_in(reason: str) -> str:
    """The server that could not be reached, as the reason names it."""
    found = _CONNECT.search(reason)
    return found[1] if found else ""


def _subject(kind: str, verdict: Verdict, severity: str, *place: str, of: str = "", wide: str = "") -> Subject:
    name = identity(kind, verdict.rule, *place)
    return Subject(name, verdict.cause, verdict.who, verdict.action, severity, verdict.meaning, of, wide)


def _unknown(reason: str) -> Verdict:
    """A failure no rule knows: those that differ in numbers alone are one."""
    shape = _NUMBERS.sub("#", reason)[:80]
    name = f"unknown-{crc32(shape.encode('utf-8', 'surrogateescape')):08x}"
    return Verdict(
        name, "unknown", "us", reason[:120] or "no reason given", "Read the reason; no rule knows this text."
    )
