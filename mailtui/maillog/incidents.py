"""Failures grouped by one cause: which it is, how often, since when, who must act and what to do next."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from mailtui.maillog.incident_deaths import SAME_DEATH, Deaths
from mailtui.maillog.incident_group import MAX_EVENTS, Group, merged
from mailtui.maillog.incident_repeats import Repeats
from mailtui.maillog.incident_subject import Subject, given_up, of_delivery, of_refusal
from mailtui.maillog.incident_trouble import rows, trouble_of
from mailtui.maillog.incident_waiting import Waiting
from mailtui.maillog.mailbox_damage import (
    CONSEQUENCES,
    OPENED,
    damage_of,
    graver,
    incident_of,
    mailbox_of,
    process_of,
)
from mailtui.maillog.mailbox_damage import EVENTS as DAMAGE
from mailtui.maillog.model import Event, Incident
from mailtui.maillog.story_links import Links

MAX_GROUPS = 300
MAX_REACHED = 5_000

MANY_PLACES = 5
"""Destinations from which on one line tells of all of them."""
_TOO_MANY = 3
"""Destinations that may fail alike by chance."""

_REFUSALS = frozenset({"reject", "milter-reject", "proxy-reject", "ps-reject"})
_TROUBLE = frozenset({"warning", "error", "fatal", "panic"})
_ORDER = {"error": 0, "warning": 1, "notice": 2}
_REACHED = frozenset({"sent", "deliverable"})
_GONE = frozenset({"removed", "canceled"})


class IncidentBook:
    """Groups of failures, bounded in number; the longest unseen notice makes room."""

    def __init__(self) -> None:
        self._groups: OrderedDict[str, Group] = OrderedDict()
        self._waiting = Waiting()
        self._reached: OrderedDict[str, float] = OrderedDict()
        """When mail was last delivered to a domain elsewhere."""
        self._deaths = Deaths()
        self._damaged: Links[tuple[str, str], tuple[str, float]] = Links()
        """Host and process that met a damaged mailbox: the incident, and when."""
        self._repeats = Repeats()

    def add(self, event: Event) -> None:
        """Take in one event."""
        meant = self._repeats.meant(event)
        if meant is not None:
            self._read(meant)

    def _read(self, event: Event) -> None:
        name = event.event
        if name == "delivery":
            self._delivery(event)
        elif name in _GONE:
            self._waiting.pop(event)
        elif name in _REFUSALS:
            self._count(of_refusal(event), event, event.fields.get("to", ""))
        elif name == "expired" and event.daemon != "postsuper":
            self._expired(event)
        elif name == OPENED:
            self._opened(event)
        elif name in rows() or event.severity in _TROUBLE:
            self._trouble(event)

    def incidents(self) -> tuple[Incident, ...]:
        """All incidents, the worst first, then the latest."""
        found: list[Incident] = []
        wide: dict[str, list[Group]] = {}
        for group in self._groups.values():
            if group.subject.wide:
                wide.setdefault(group.wide_id, []).append(group)
            else:
                found.append(group.snapshot())
        for name, groups in wide.items():
            found += self._of_places(name, groups)
        return tuple(sorted(found, key=lambda incident: (_ORDER[incident.severity], -incident.last)))

    def events(self, incident_id: str) -> Sequence[Event]:
        """The latest lines of one incident, oldest first."""
        group = self._groups.get(incident_id)
        if group is not None:
            return tuple(group.events)
        groups = (g for g in self._groups.values() if g.subject.wide and g.wide_id == incident_id)
        events = [event for group in groups for event in group.events]
        return tuple(sorted(events, key=lambda event: event.time or 0.0)[-MAX_EVENTS:])

    def _of_places(self, name: str, groups: list[Group]) -> list[Incident]:
        """One cause at several places; of destinations, ours when hardly any other was reached meanwhile."""
        since = min(group.first for group in groups)
        reached = sum(1 for time in self._reached.values() if time >= since)
        is_delivery = all(group.is_delivery for group in groups)
        ours = is_delivery and not groups[0].healed and len(groups) >= _TOO_MANY and len(groups) >= reached
        if not ours and len(groups) < MANY_PLACES:
            return [group.snapshot() for group in groups]
        return [merged(name, groups, ("us" if ours else "remote") if is_delivery else "")]

    def _delivery(self, event: Event) -> None:
        status, to = event.fields.get("status", "").lower(), event.fields.get("to", "")
        if status in _REACHED:
            self._arrived(event, to)
            return
        subject = of_delivery(event)
        again = subject.id in self._waiting.names(event, to)
        group = self._count(subject, event, to, again=again)
        if status in ("deferred", "softbounce"):
            group.is_delivery = True
            self._waiting.put(event, to, group.names)
        else:
            self._waiting.release(event, to)
            group.lose(event.queue_id)

    def _arrived(self, event: Event, to: str) -> None:
        self._waiting.release(event, to)
        if event.daemon == "smtp" and event.time is not None:
            domain = to.rpartition("@")[2].lower()
            self._reached[domain] = event.time
            self._reached.move_to_end(domain)
            if len(self._reached) > MAX_REACHED:
                self._reached.popitem(last=False)

    def _expired(self, event: Event) -> None:
        """Given up: whoever still waits is lost, for the cause it waited for."""
        waiting = self._waiting.pop(event)
        if not waiting:
            self._count(given_up(), event).lose(event.queue_id)
        for incident, *_ in waiting:
            held_up = self._groups.get(incident)
            if held_up is not None:
                held_up.add(event, held_up.subject, again=True)
                held_up.lose(event.queue_id)

    def _trouble(self, event: Event) -> None:
        """A process that dies is told of twice: by itself why, and by its master that it did."""
        if self._damage(event) or self._told_before(event):
            return
        found = trouble_of(event)
        if found is None:
            return
        subject, user = found
        self._count(subject, event, user)
        self._deaths.put(event, subject.id)

    def _damage(self, event: Event) -> bool:
        """A mailbox's damage, or the death of the process that met it; whether it was that."""
        process = process_of(event)
        if event.event in CONSEQUENCES:
            # Dovecot 2.2's master knows the service of the dead process only.
            nameless = not event.fields.get("user") and event.event == "child-killed"
            known = self._damaged.get(process) or (self._damaged.get((event.host, "")) if nameless else None)
            incident, when = known or ("", 0.0)
            group = self._groups.get(incident)
            if group is None or (event.time or 0.0) - when > SAME_DEATH:
                return False
            group.events.append(event)
            if event.event == "panic":
                group.subject = replace(group.subject, severity="error")
                self._damaged.put((event.host, ""), (incident, event.time or 0.0))
            return True
        subject = damage_of(event) if event.event in DAMAGE else None
        if subject is None:
            return False
        group = self._count(subject, event, event.fields.get("user", ""))
        group.subject = graver(group.subject, subject)
        self._damaged.put(process, (subject.id, event.time or 0.0))
        return True

    def _opened(self, event: Event) -> None:
        """Mail was put into a mailbox, which may have been damaged until then."""
        if not self._damaged:
            return
        incident = incident_of(event, event.fields.get("user", ""), mailbox_of(event))
        group = self._groups.get(incident)
        if group is not None and process_of(event) != process_of(group.events[-1]):
            group.opened = True

    def _told_before(self, event: Event) -> bool:
        incident = self._deaths.told(event)
        group = self._groups.get(incident)
        if group is None:
            return False
        group.events.append(event)
        self._deaths.put(event, incident)
        return True

    def _count(self, subject: Subject, event: Event, who: str = "", *, again: bool = False) -> Group:
        group = self._groups.get(subject.id)
        if group is None:
            if len(self._groups) >= MAX_GROUPS:
                self._forget_one()
            group = self._groups[subject.id] = Group(subject, self._waiting)
        self._groups.move_to_end(subject.id)
        group.add(event, subject, who, again=again)
        return group

    def _forget_one(self) -> None:
        """Make room: the longest unseen notice, or whatever was longest unseen."""
        notices = (key for key, group in self._groups.items() if group.subject.severity == "notice")
        del self._groups[next(notices, next(iter(self._groups)))]
