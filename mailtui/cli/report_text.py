"""The report for reading: 80 columns, what is wrong before what is routine, empty sections left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mailtui.maillog.report.sections import total
from mailtui.text import clean, human_duration, human_size

if TYPE_CHECKING:
    from mailtui.cli.output import Output
    from mailtui.maillog.report import Report

Row = Mapping[str, Any]

_DETAILS = (
    ("Deferrals", "deferrals"),
    ("Bounces", "bounces"),
    ("Expired", "expired"),
    ("Rejects by class", "reject_classes"),
    ("Rejects by reply code", "reject_codes"),
    ("Rejects", "rejects"),
    ("Reject warnings", "reject_warnings"),
    ("Held", "holds"),
    ("Discarded", "discards"),
    ("Connections that failed", "connect_failures"),
    ("Panics", "panics"),
    ("Fatal errors", "fatals"),
    ("Errors", "errors"),
    ("Notices", "notices"),
    ("Warnings", "warnings"),
    ("Master and scripts", "master"),
    ("Connections lost", "lost_connections"),
    ("Notifications sent", "notifications"),
    ("Done with postsuper", "postsuper"),
)
_SASL = (
    ("SASL messages by user", "users"),
    ("SASL failures by method", "failures_by_method"),
    ("SASL failures by address", "failures_by_address"),
)
_DOVECOT = (
    ("Dovecot logins by protocol", "logins_by_protocol"),
    ("Dovecot logins by user", "logins_by_user"),
    ("Dovecot login failures by reason", "login_failures_by_reason"),
    ("Dovecot login failures by user", "login_failures_by_user"),
    ("Dovecot login failures by address", "login_failures_by_address"),
    ("Dovecot logins ended", "logins_ended"),
    ("Dovecot authentication failures", "auth_failures"),
    ("Dovecot sessions ended", "disconnects"),
    ("Dovecot saved to", "saved_by_mailbox"),
    ("Dovecot could not save", "save_failures"),
    ("Sieve", "sieve"),
    ("Dovecot panics", "panics"),
    ("Dovecot fatal errors", "fatals"),
    ("Dovecot errors", "errors"),
    ("Dovecot warnings", "warnings"),
    ("Dovecot master", "master"),
)
_TRAFFIC = ("received", "delivered", "deferrals", "bounced", "expired", "rejected")
_DELAYS = {
    "before_qmgr": "before the queue manager",
    "in_qmgr": "in the queue manager",
    "connection": "connection set-up",
    "transmission": "transmission",
}


def report_lines(report: Report, top: int, output: Output) -> Iterator[str]:
    """The whole report, line by line, clean."""
    sections = (
        *_head(report),
        ("Totals", _totals(report.totals)),
        *((title, _nested(getattr(report, name), top)) for title, name in _DETAILS),
        *_traffic(report),
        *_domains(report, top),
        *_people(report, top),
        *_sessions(report, top),
        *((title, _nested(report.sasl[name], top)) for title, name in _SASL),
        *((title, _nested(report.dovecot[name], top)) for title, name in _DOVECOT),
    )
    for title, lines in sections:
        shown = list(lines)
        if shown:
            yield output.styled(title, "bold")
            yield from shown
            yield ""


def _head(report: Report) -> Iterator[tuple[str, list[str]]]:
    first, last = (time[:19].replace("T", " ") if time else "?" for time in (report.first, report.last))
    yield (
        f"Mail report, {first} to {last}",
        [f"  {report.lines:,} lines, {report.unparsed:,} without a readable header"],
    )


def _totals(totals: Mapping[str, int]) -> Iterator[str]:
    answered = totals["delivered"] + totals["rejected"] + totals["discarded"]
    notes = {
        "received": f"{human_size(totals['bytes_received'])} from {totals['senders']:,} senders"
        f" in {totals['sender_domains']:,} domains",
        "delivered": f"{human_size(totals['bytes_delivered'])} to {totals['recipients']:,} recipients"
        f" in {totals['recipient_domains']:,} domains",
        "deferred": f"in {totals['deferrals']:,} attempts",
        "rejected": _percent(totals["rejected"], answered),
        "discarded": _percent(totals["discarded"], answered),
    }
    for name in ("received", "delivered", "forwarded", "deferred", "bounced", "expired",
                 "rejected", "reject_warnings", "held", "discarded"):  # fmt: skip
        yield f"  {totals[name]:>11,}  {name.replace('_', ' '):16} {notes.get(name, '')}".rstrip()


def _percent(part: int, whole: int) -> str:
    return f"{100 * part // whole} %" if whole and part else ""


def _nested(tree: Mapping[str, Any], top: int, indent: int = 2) -> Iterator[str]:
    """Counts before their names, each level under the one above."""
    for key, value in list(tree.items())[:top]:
        lead = f"{' ' * indent}{total(value):>9,}  "
        yield _cut(lead, key or "(none)")
        if isinstance(value, dict):
            yield from _nested(value, max(3, top // 2), indent + 2)
    if len(tree) > top:
        yield f"{' ' * (indent + 11)}and {len(tree) - top:,} more"


def _cut(lead: str, text: str, width: int = 80) -> str:
    shown = clean(text)
    room = max(20, width - len(lead))
    return lead + (shown if len(shown) <= room else f"{shown[: room - 1]}…")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Columns of eleven, the last one as long as it may be."""
    body = list(rows)
    if body:
        yield _cut("  " + "".join(f"{head:>11}" for head in heads[:-1]) + "  ", heads[-1])
        for row in body:
            yield _cut("  " + "".join(f"{cell:>11}" for cell in row[:-1]) + "  ", row[-1])


def _traffic(report: Report) -> Iterator[tuple[str, Iterator[str]]]:
    heads = [*_TRAFFIC, ""]
    if len(report.per_day) > 1:
        yield "Per day", _table(heads, ([*_numbers(row), row["date"]] for row in report.per_day))
    hours = (row for row in report.per_hour if any(row[name] for name in _TRAFFIC))
    yield "Per hour", _table(heads, ([*_numbers(row), f"{row['hour']:02}–{row['hour'] + 1:02}"] for row in hours))


def _numbers(row: Row) -> list[str]:
    return [f"{row[name]:,}" for name in _TRAFFIC]


def _domains(report: Report, top: int) -> Iterator[tuple[str, Iterator[str]]]:
    rows = (
        [
            f"{row['messages']:,}", human_size(row["bytes"]), f"{row['deferrals']:,}",
            human_duration(row["delay_average"]), human_duration(row["delay_max"]), row["domain"],
        ]
        for row in report.recipient_domains[:top]
    )  # fmt: skip
    title = f"Recipient domains{_of(top, report.recipient_domains)}"
    yield title, _table(["delivered", "size", "deferrals", "delay", "longest", "domain"], rows)
    yield f"Sender domains{_of(top, report.sender_domains)}", _sent("domain", report.sender_domains[:top])


def _of(top: int, rows: Sequence[Row]) -> str:
    return f" ({top} of {len(rows):,})" if len(rows) > top else ""


def _sent(name: str, rows: Iterable[Row]) -> Iterator[str]:
    return _table(
        ["messages", "size", name], ([f"{row['messages']:,}", human_size(row["bytes"]), row[name]] for row in rows)
    )


def _people(report: Report, top: int) -> Iterator[tuple[str, Iterator[str]]]:
    for title, rows in (("Senders", report.senders), ("Recipients", report.recipients)):
        yield f"{title} by messages{_of(top, rows)}", _sent("address", rows[:top])
        largest = sorted(rows, key=lambda row: -int(row["bytes"]))
        yield f"{title} by size{_of(top, rows)}", _sent("address", largest[:top])
    yield (
        "Delivered without a size in the log",
        iter(_cut("  ", f"{queue_id}  {to}") for queue_id, to in list(report.no_size.items())[:top]),
    )


def _sessions(report: Report, top: int) -> Iterator[tuple[str, Iterator[str]]]:
    heads = ["sessions", "total", "average", "longest", "domain"]
    smtpd = report.smtpd
    if smtpd["connections"]:
        everything = [*_times(smtpd), f"all, from {smtpd['domains']:,} domains"]
        rows = ([*_times(row), row["domain"]] for row in smtpd["by_domain"][:top])
        yield f"SMTP sessions{_of(top, smtpd['by_domain'])}", _table(heads, [everything, *rows])
    screened = {"connections": report.postscreen["connections"], **report.postscreen["actions"]}
    yield "postscreen", _nested({name: count for name, count in screened.items() if count}, len(screened))
    yield (
        "Highest rates (anvil)",
        _table(["max", "what"], ([f"{row['max']:,}", f"{row['what']} {row['client']}"] for row in report.anvil[:top])),
    )
    for side, title in (("smtpd", "TLS from clients"), ("smtp", "TLS to servers")):
        seen = report.tls[side]
        yield title, _nested({**seen["protocols"], **seen["trust"]}, 20)
    yield "TLS levels by relay", _nested(report.tls["relays"], top)
    yield (
        "Delays of deliveries",
        _table(
            ["median", "90 %", "95 %", "99 %", "longest", "spent"],
            (
                [*(human_duration(values[name]) for name in ("p50", "p90", "p95", "p99", "max")), _DELAYS[phase]]
                for phase, values in report.delays.items()
            ),
        ),
    )


def _times(row: Row) -> list[str]:
    times = (human_duration(row[name]) for name in ("seconds", "seconds_average", "seconds_max"))
    return [f"{row['connections']:,}", *times]
