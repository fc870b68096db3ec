"""The report: everything the tally holds, named as ``mailtui report --json`` names it, most frequent first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from itertools import islice
from typing import Any

from mailtui.maillog.report import sections
from mailtui.maillog.report.domains import address, domain_of, host_domain
from mailtui.maillog.report.stamps import day_and_hour
from mailtui.maillog.report.tally import OUTCOMES, Sent, Tally, Usage

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


def summarise(tally: Tally, newest: date) -> Report:
    """Make the report. ``newest`` is a day no line is later than: it tells the year where the log has none."""
    details = tally.details
    nested = {name: sections.nest(details[name]) for name in details}
    return Report(
        first=_iso(tally.first),
        last=_iso(tally.last),
        lines=tally.lines,
        unparsed=tally.unparsed,
        totals=_totals(tally),
        per_day=_per_day(tally, newest),
        per_hour=_per_hour(tally, newest),
        sender_domains=_sender_domains(tally),
        recipient_domains=_recipient_domains(tally),
        senders=_senders(tally),
        recipients=_recipients(tally),
        deferrals=nested["deferral_reasons"],
        bounces=nested["bounce_reasons"],
        expired=nested["expired_reasons"],
        rejects=nested["reject_reasons"],
        reject_warnings=nested["reject_warning_reasons"],
        holds=nested["hold_reasons"],
        discards=nested["discard_reasons"],
        reject_classes=sections.reject_classes(details["reject_reasons"]),
        reject_codes=nested["reject_codes"],
        connect_failures=nested["connect_failures"],
        warnings=nested["warnings"],
        errors=nested["errors"],
        fatals=nested["fatals"],
        panics=nested["panics"],
        master=nested["master"],
        notices=sections.notices(details["warnings"], tally.events),
        smtpd=sections.smtpd(tally, newest),
        lost_connections=nested["lost_connections"],
        postscreen=sections.postscreen(tally),
        anvil=sections.anvil(tally),
        sasl=sections.sasl(tally),
        tls=sections.tls(tally),
        delays=sections.delays(tally),
        notifications=nested["notifications"],
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


def _totals(tally: Tally) -> dict[str, int]:
    sums = {name: sum(tally.outcomes[name].values()) for name in OUTCOMES}
    senders = tally.senders.values()
    delivered = [usage for usage in tally.recipients.values() if usage.delivered]
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
        "bytes_received": sum(sent.size for sent in senders),
        "bytes_delivered": sum(usage.size for usage in delivered),
        "senders": len({address(sender) for sender in tally.senders}),
        "sender_domains": len(_by_sender_domain(tally)),
        "recipients": len({address(to) for to, usage in tally.recipients.items() if usage.delivered}),
        "recipient_domains": len({domain_of(to) for to, usage in tally.recipients.items() if usage.delivered}),
    }


def _traffic(counts: Mapping[str, int]) -> Row:
    return {name: counts.get(name, 0) for name in OUTCOMES}


def _per_day(tally: Tally, newest: date) -> list[Row]:
    days: dict[str, dict[str, int]] = {}
    for name, hours in tally.outcomes.items():
        for hour, count in hours.items():
            day, _ = day_and_hour(hour, newest)
            counts = days.setdefault(day, {})
            counts[name] = counts.get(name, 0) + count
    return [{"date": day, **_traffic(days[day])} for day in sorted(days)]


def _per_hour(tally: Tally, newest: date) -> list[Row]:
    rows: list[dict[str, int]] = [{} for _ in range(24)]
    for name, hours in tally.outcomes.items():
        for stamp, count in hours.items():
            _, hour = day_and_hour(stamp, newest)
            rows[hour % 24][name] = rows[hour % 24].get(name, 0) + count
    return [{"hour": hour, **_traffic(counts)} for hour, counts in enumerate(rows)]


def _by_sender_domain(tally: Tally) -> dict[str, Sent]:
    domains: dict[str, Sent] = {}
    for sender, sent in tally.senders.items():
        if sender:
            domains.setdefault(domain_of(sender), Sent()).add(sent)
    for client, sent in tally.null_sender_clients.items():
        domains.setdefault(host_domain(client), Sent()).add(sent)
    return domains


def _sender_domains(tally: Tally) -> list[Row]:
    return _sent_rows("domain", _by_sender_domain(tally).items())


def _senders(tally: Tally) -> list[Row]:
    senders: dict[str, Sent] = {}
    for sender, sent in tally.senders.items():
        senders.setdefault(address(sender) or "<>", Sent()).add(sent)
    return _sent_rows("address", senders.items())


def _sent_rows(name: str, entries: Iterable[tuple[str, Sent]]) -> list[Row]:
    ordered = sorted(entries, key=lambda entry: (-entry[1].messages, -entry[1].size, entry[0]))
    return [{name: key, "messages": sent.messages, "bytes": sent.size} for key, sent in ordered]


def _recipients(tally: Tally) -> list[Row]:
    found: dict[str, Usage] = {}
    for to, usage in tally.recipients.items():
        if usage.delivered:
            found.setdefault(address(to), Usage()).add(usage)
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
            "delay_average": round(usage.delay / usage.delivered, 2) if usage.delivered else 0.0,
            "delay_max": usage.delay_max,
        }
        for domain, usage in ordered
    ]
