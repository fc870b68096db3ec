"""The report: everything the tally holds, named as ``mailtui report --json`` names it, most frequent first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from itertools import islice
from typing import Any

from mailtui.maillog.report import sections
from mailtui.maillog.report.domains import Alike, domain_of, host_domain
from mailtui.maillog.report.stamps import day_and_hour
from mailtui.maillog.report.sums import Sent, Usage
from mailtui.maillog.report.tally import OUTCOMES, Tally

Row = dict[str, Any]
Nested = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """One summary. Lists are sorted, most first; nested counts go from the general to the particular."""

    first: str | None
    last: str | None
    lines: int
    unparsed: int
    totals: dict[str, int]
    per_day: list[Row]
    per_hour: list[Row]
    sender_domains: list[Row]
    recipient_domains: list[Row]
    senders: list[Row]
    recipients: list[Row]
    deferrals: Nested
    bounces: Nested
    expired: Nested
    rejects: Nested
    reject_warnings: Nested
    holds: Nested
    discards: Nested
    reject_classes: dict[str, int]
    reject_codes: dict[str, int]
    connect_failures: Nested
    warnings: Nested
    errors: Nested
    fatals: Nested
    panics: Nested
    master: dict[str, int]
    notices: dict[str, int]
    smtpd: Row
    lost_connections: Nested
    postscreen: Row
    anvil: list[Row]
    sasl: Row
    tls: Row
    delays: dict[str, dict[str, float]]
    notifications: Nested
    postsuper: dict[str, int]
    no_size: dict[str, str]
    dovecot: Row

    def as_json(self, top: int | None = None) -> dict[str, Any]:
        """Every field; of lists only the first ``top``, where that is given."""
        return {field.name: _shortened(getattr(self, field.name), field.name, top) for field in fields(self)}


_NESTED = {
    "deferrals": "deferral_reasons",
    "bounces": "bounce_reasons",
    "expired": "expired_reasons",
    "rejects": "reject_reasons",
    "reject_warnings": "reject_warning_reasons",
    "holds": "hold_reasons",
    "discards": "discard_reasons",
    "reject_codes": "reject_codes",
    "connect_failures": "connect_failures",
    "warnings": "warnings",
    "errors": "errors",
    "fatals": "fatals",
    "panics": "panics",
    "master": "master",
    "lost_connections": "lost_connections",
    "notifications": "notifications",
}
"""Fields of the report that are a detail of the tally, as a tree."""

_WHOLE = frozenset({"per_day", "per_hour"})


def _shortened(value: Any, name: str, top: int | None) -> Any:
    if top is None or name in _WHOLE:
        return value
    if isinstance(value, list):
        return value[:top]
    if isinstance(value, dict) and name not in ("totals", "delays"):
        leaf = all(isinstance(item, int) for item in value.values())
        items = islice(value.items(), top) if leaf and name not in ("smtpd", "postscreen") else value.items()
        return {key: _shortened(item, key, top) for key, item in items}
    return value


def summarise(tally: Tally, newest: date, alike: Alike) -> Report:
    """Make the report. ``newest`` is a day no line is later than: it tells the year where the log has none."""
    details = tally.details
    people: dict[str, Any] = {
        "sender_domains": _sender_domains(tally),
        "recipient_domains": _recipient_domains(tally),
        "senders": _senders(tally, alike),
        "recipients": _recipients(tally, alike),
    }
    nested: dict[str, Any] = {name: sections.nest(details[detail]) for name, detail in _NESTED.items()}
    return Report(
        first=_iso(tally.first),
        last=_iso(tally.last),
        lines=tally.lines,
        unparsed=tally.unparsed,
        totals=_totals(tally, people),
        per_day=_per_day(tally, newest),
        per_hour=_per_hour(tally, newest),
        **people,
        **nested,
        reject_classes=sections.reject_classes(details["reject_reasons"]),
        notices=sections.notices(details["warnings"], tally.events),
        smtpd=sections.smtpd(tally, newest),
        postscreen=sections.postscreen(tally),
        anvil=sections.anvil(tally),
        sasl=sections.sasl(tally),
        tls=sections.tls(tally),
        delays=sections.delays(tally),
        postsuper=sections.postsuper(tally.events),
        no_size=dict(tally.no_size),
        dovecot=sections.dovecot(details["dovecot"]),
    )


def with_sender_domains(report: Report, domains: Mapping[str, Sent]) -> Report:
    """The report with sender domains counted by somebody else."""
    totals = {**report.totals, "sender_domains": len(domains)}
    return replace(report, totals=totals, sender_domains=_sent_rows("domain", domains.items()))


def _iso(time: float | None) -> str | None:
    return None if time is None else datetime.fromtimestamp(time).astimezone().isoformat()


def _totals(tally: Tally, people: Mapping[str, list[Row]]) -> dict[str, int]:
    sums = {name: sum(tally.outcomes[name].values()) for name in OUTCOMES}
    return {
        "received": sums["received"],
        "delivered": sums["delivered"],
        "forwarded": sums["forwarded"],
        "deferred": tally.deferred,
        "deferrals": sums["deferrals"],
        "bounced": sums["bounced"],
        "expired": sums["expired"],
        "rejected": sums["rejected"],
        "reject_warnings": sums["reject_warnings"],
        "held": sums["held"],
        "discarded": sums["discarded"],
        "bytes_received": sum(row["bytes"] for row in people["senders"]),
        "bytes_delivered": sum(row["bytes"] for row in people["recipients"]),
        "senders": len(people["senders"]),
        "sender_domains": len(people["sender_domains"]),
        "recipients": len(people["recipients"]),
        "recipient_domains": sum(1 for row in people["recipient_domains"] if row["messages"]),
    }


def _traffic(counts: Mapping[str, int]) -> Row:
    return {name: counts.get(name, 0) for name in OUTCOMES}


def _per_day(tally: Tally, newest: date) -> list[Row]:
    days: dict[str, dict[str, int]] = {}
    for name, (day, _), count in _outcomes(tally, newest):
        counts = days.setdefault(day, {})
        counts[name] = counts.get(name, 0) + count
    return [{"date": day, **_traffic(days[day])} for day in sorted(days)]


def _per_hour(tally: Tally, newest: date) -> list[Row]:
    rows: list[dict[str, int]] = [{} for _ in range(24)]
    for name, (_, hour), count in _outcomes(tally, newest):
        rows[hour][name] = rows[hour].get(name, 0) + count
    return [{"hour": hour, **_traffic(counts)} for hour, counts in enumerate(rows)]


def _outcomes(tally: Tally, newest: date) -> Iterator[tuple[str, tuple[str, int], int]]:
    """What was counted, its day and hour, how often; without what has a damaged stamp."""
    for name, hours in tally.outcomes.items():
        for stamp, count in hours.items():
            if found := day_and_hour(stamp, newest):
                yield name, found, count


def _sender_domains(tally: Tally) -> list[Row]:
    domains: dict[str, Sent] = {}
    for sender, sent in tally.senders.items():
        if sender:
            domains.setdefault(domain_of(sender), Sent()).add(sent)
    for client, sent in tally.null_sender_clients.items():
        domains.setdefault(host_domain(client), Sent()).add(sent)
    return _sent_rows("domain", domains.items())


def _senders(tally: Tally, alike: Alike) -> list[Row]:
    senders: dict[str, Sent] = {}
    for sender, sent in tally.senders.items():
        key = alike.sender(sender) or "<>"
        senders[key] = sent.plus(senders[key]) if key in senders else sent
    return _sent_rows("address", senders.items())


def _sent_rows(name: str, entries: Iterable[tuple[str, Sent]]) -> list[Row]:
    ordered = sorted(entries, key=lambda entry: (-entry[1].messages, -entry[1].size, entry[0]))
    return [{name: key, "messages": sent.messages, "bytes": sent.size} for key, sent in ordered]


def _recipients(tally: Tally, alike: Alike) -> list[Row]:
    found: dict[str, Usage] = {}
    for to, usage in tally.recipients.items():
        if usage.delivered:
            key = alike.recipient(to)
            found[key] = usage.plus(found[key]) if key in found else usage
    ordered = sorted(found.items(), key=lambda entry: (-entry[1].delivered, -entry[1].size, entry[0]))
    return [{"address": to, "messages": usage.delivered, "bytes": usage.size} for to, usage in ordered]


def _recipient_domains(tally: Tally) -> list[Row]:
    domains: dict[str, Usage] = {}
    for to, usage in tally.recipients.items():
        domains.setdefault(domain_of(to), Usage()).add(usage)
    ordered = sorted(domains.items(), key=lambda entry: (-entry[1].delivered, -entry[1].size, entry[0]))
    return [
        {
            "domain": domain,
            "messages": usage.delivered,
            "bytes": usage.size,
            "deferrals": usage.deferrals,
            "delay_average": round(round(usage.delay, 4) / usage.delivered, 2) if usage.delivered else 0.0,
            "delay_max": usage.delay_max,
        }
        for domain, usage in ordered
    ]
