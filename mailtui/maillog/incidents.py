"""Failures grouped by one cause: which it is, how often, since when, who must act and what to do next."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from zlib import crc32

from mailtui.maillog.causes import classify
from mailtui.maillog.data import table
from mailtui.maillog.incident_group import Group, Subject
from mailtui.maillog.model import Event, Incident, Story, Verdict

MAX_GROUPS = 300
MAX_WAITING = 50_000

_REFUSALS = frozenset({"reject", "milter-reject", "proxy-reject", "ps-reject"})
_TROUBLE = frozenset({"warning", "error", "fatal", "panic"})
_ORDER = {"error": 0, "warning": 1, "notice": 2}
_PASSING = frozenset({"greylist", "rate"})
_OURS = frozenset({"config-local", "mailbox-storage", "disk", "loop", "auth"})
_ABOUT_US = frozenset({"reputation", "auth-spf", "auth-dkim", "auth-dmarc", "dns-ptr", "policy"})
_LOCAL_RELAYS = frozenset({"none", "local", "virtual", "error"})
_URGENT_REFUSALS = frozenset({"lookup_tmp", "disk", "cfg_local", "rbl_refused", "suspended"})
_NUMBERS = re.compile(r"\d+|[0-9A-F]{8,}")
_TABLE = re.compile(r"in ([a-z ]+ table)")


class IncidentBook:
    """Groups of failures; ``story_of`` gives the story with a key, for failures that name no recipient."""

    def __init__(self, story_of: Callable[[str], Story | None] = lambda _: None) -> None:
        self._story_of = story_of
        self._groups: OrderedDict[str, Group] = OrderedDict()
        self._waiting: OrderedDict[tuple[str, str], str] = OrderedDict()

    def add(self, event: Event, key: str | None = None) -> None:
        """Take in one event; ``key`` is the story it belongs to."""
        if event.event == "delivery":
            self._delivery(event)
        elif event.event in _REFUSALS:
            self._refusal(event)
        elif event.event == "expired" and event.daemon != "postsuper":
            self._expired(event, key)
        elif event.event in _troubles() or event.severity in _TROUBLE:
            self._trouble(event)

    def incidents(self) -> tuple[Incident, ...]:
        """All incidents, the worst first, then the latest."""
        wide: dict[str, int] = {}
        for group in self._groups.values():
            if group.subject.wide and not group.healed:
                wide[group.subject.wide] = wide.get(group.subject.wide, 0) + 1
        found = (g.snapshot(max(wide.get(g.subject.wide, 1) - 1, 0)) for g in self._groups.values())
        return tuple(sorted(found, key=lambda incident: (_ORDER[incident.severity], -incident.last)))

    def events(self, incident_id: str) -> Sequence[Event]:
        """The latest lines of one incident, oldest first."""
        group = self._groups.get(incident_id)
        return tuple(group.events) if group else ()

    def _delivery(self, event: Event) -> None:
        fields = event.fields
        status, to = fields.get("status", "").lower(), fields.get("to", "")
        if status in ("sent", "deliverable"):
            self._delivered(event.queue_id, to)
            return
        reason = fields.get("reason", "")
        verdict = classify(reason, dsn=fields.get("dsn", ""), service=event.daemon) or _unknown(reason)
        waits = status in ("deferred", "softbounce")
        subject = _delivery_subject(verdict, event, waits=waits)
        self._count(subject, "deferred" if waits else status, event, to, waits=waits)

    def _delivered(self, queue_id: str, to: str) -> None:
        incident = self._waiting.pop((queue_id, to), "")
        if incident in self._groups:
            self._groups[incident].deliver(queue_id, to)

    def _refusal(self, event: Event) -> None:
        reason = event.fields.get("reason", "")
        verdict = classify(reason, dsn=event.fields.get("dsn", ""), where="I") or _unknown(reason)
        found = _TABLE.search(reason)
        place = f"({found[1]})" if found else ""
        severity = (
            "error" if verdict.cause in ("config-local", "disk") or verdict.rule in _URGENT_REFUSALS else "notice"
        )
        identity = _identity("refused", verdict.rule, place)
        subject = Subject(identity, verdict.cause, verdict.who, verdict.action, severity, verdict.meaning, place)
        stage = event.fields.get("stage") or event.fields.get("part") or "once"
        self._count(subject, f"refused at {stage}", event, event.fields.get("to", ""), waits=False)

    def _expired(self, event: Event, key: str | None) -> None:
        story = self._story_of(key) if key else None
        for recipient in story.recipients if story else ():
            if recipient.status == "expired" and recipient.attempts:
                last = event._replace(fields={**event.fields, "to": recipient.to, "reason": recipient.reason})
                verdict = recipient.verdict or _unknown(recipient.reason)
                self._count(_delivery_subject(verdict, last, waits=False), "expired", last, recipient.to, waits=False)

    def _trouble(self, event: Event) -> None:
        row = _troubles().get(event.event)
        subject = _unlisted_trouble(event) if row is None else _listed_trouble(event, *row)
        self._count(subject, "", event, "", waits=False)

    def _count(self, subject: Subject, verb: str, event: Event, to: str, *, waits: bool) -> None:
        group = self._groups.get(subject.id)
        if group is None:
            if len(self._groups) >= MAX_GROUPS:
                self._forget_one()
            group = self._groups[subject.id] = Group(subject, verb)
        self._groups.move_to_end(subject.id)
        group.add(event, to, waits=waits)
        if waits:
            self._wait(event.queue_id, to, subject.id)

    def _wait(self, queue_id: str, to: str, incident: str) -> None:
        """A recipient waits for one cause at a time: the latest."""
        before = self._waiting.get((queue_id, to), "")
        if before != incident and before in self._groups:
            self._groups[before].deliver(queue_id, to)
        self._waiting[queue_id, to] = incident
        if len(self._waiting) > MAX_WAITING:
            self._waiting.popitem(last=False)

    def _forget_one(self) -> None:
        """Make room: the longest unseen notice, or whatever was longest unseen."""
        notices = (key for key, group in self._groups.items() if group.subject.severity == "notice")
        del self._groups[next(notices, next(iter(self._groups)))]


def _delivery_subject(verdict: Verdict, event: Event, *, waits: bool) -> Subject:
    """What fails for one cause is one incident: at one destination, for one of our recipients, or of ours alone."""
    fields = event.fields
    to, relay = fields.get("to", ""), fields.get("relay", "none")
    domain = to.rpartition("@")[2].lower()
    here = relay in _LOCAL_RELAYS or "[private/" in relay or "[/" in relay
    wide = ""
    if verdict.cause in _OURS:
        place = "" if relay in _LOCAL_RELAYS else f"at {relay}"
    elif verdict.cause in _ABOUT_US:
        place, wide = f"to {domain}", verdict.rule
    elif here and verdict.cause in ("recipient", "quota", "size"):
        place = f"to {fields.get('orig_to') or to}"
    else:
        place, wide = f"to {domain}", verdict.rule
    severity = "warning"
    if verdict.cause in _PASSING and waits:
        severity = "notice"
    elif verdict.who.startswith("us") or here:
        severity = "error"
    identity = _identity("delivery" if waits else "returned", verdict.rule, place)
    return Subject(identity, verdict.cause, verdict.who, verdict.action, severity, verdict.meaning, place, wide)


def _listed_trouble(
    event: Event, cause: str, severity: str, who: str, by: list[str], title: str, action: str
) -> Subject:
    """A row of ``troubles.json``; ``by`` names the fields that tell one trouble from another."""
    parts = [event.fields[name] for name in by if event.fields.get(name)]
    shapes = [_NUMBERS.sub("#", part) for part in parts] if "reason" in by else parts
    if event.severity in ("fatal", "panic"):
        severity = "error"
    place = f"({', '.join(parts)[:100]})" if parts else ""
    return Subject(_identity(event.event, *shapes), cause, who, action, severity, title, place)


def _unlisted_trouble(event: Event) -> Subject:
    """A warning or error no rule knows: those that differ in numbers alone are one."""
    reason = event.fields.get("reason", event.text)
    identity = _identity("trouble", event.daemon, _NUMBERS.sub("#", reason)[:200])
    title = f"{event.daemon or event.program} {event.severity}: {reason[:120]}"
    severity = "warning" if event.severity == "warning" else "error"
    return Subject(identity, event.severity, "us", "Read the lines around it.", severity, title)


def _unknown(reason: str) -> Verdict:
    """A failure no rule knows."""
    shape = _NUMBERS.sub("#", reason)[:80]
    action = "Read the reason; no rule knows this text."
    return Verdict(
        f"unknown-{crc32(shape.encode('utf-8', 'surrogateescape')):08x}",
        "unknown",
        "us",
        reason[:120] or "no reason given",
        action,
    )


def _identity(*parts: str) -> str:
    """A short name that is the same in every run."""
    text = "\0".join(parts).encode("utf-8", "surrogateescape")
    return f"{parts[0]}-{crc32(text):08x}"


def _troubles() -> dict[str, tuple[str, str, str, list[str], str, str]]:
    found: dict[str, tuple[str, str, str, list[str], str, str]] = table("troubles")
    return found
