"""The sections of the report that are more than a sorted counter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from mailtui.maillog.report.domains import host_domain
from mailtui.maillog.report.stamps import day_and_hour
from mailtui.maillog.report.sums import Connections
from mailtui.maillog.report.tally import Tally

_REJECT_CLASSES = (
    ("relaying denied", re.compile(r"[Rr]elay access denied")),
    ("unknown user", re.compile(r"[Uu]ser unknown|[Uu]ndeliverable address|does not exist")),
    ("blocklist", re.compile(r"blocked using|Service unavailable")),
    ("greylisted", re.compile(r"[Gg]reylist|Service currently unavailable|Try again later")),
    ("client hostname", re.compile(r"cannot find your (?:reverse )?hostname")),
    ("client", re.compile(r"Client host rejected")),
    ("sender", re.compile(r"Sender address rejected")),
    ("helo", re.compile(r"Helo command rejected")),
    ("recipient", re.compile(r"Recipient address rejected")),
    ("pipelining", re.compile(r"pipelining|bare <")),
    ("size", re.compile(r"size (?:exceeds|limit)|Message too large")),
    ("space", re.compile(r"Insufficient system storage|not enough free space")),
    ("configuration", re.compile(r"Server configuration (?:error|problem)")),
    ("lookup failure", re.compile(r"[Ll]ookup failure|verification (?:failed|problem)")),
    ("encryption required", re.compile(r"encryption is required|STARTTLS")),
    ("data", re.compile(r"Data command rejected|End-of-data rejected")),
    ("VRFY or ETRN", re.compile(r"VRFY|Etrn command rejected")),
)
_CONTENT_STAGES = {"header": "header check", "body": "body check", "mime-error": "body check"}
_NOTICES = (
    ("database older than its source", "is older than source file"),
    ("process limit reached", "has reached its process limit"),
    ("connection or rate limit exceeded", "limit exceeded"),
    ("table lookup problem", "lookup"),
    ("TLS library problem", "TLS library problem"),
    ("host name does not match address", "does not resolve to address"),
    ("not enough space", "not enough free space"),
    ("milter trouble", "milter"),
    ("no route to a transport", "connect to transport"),
    ("illegal address syntax", "Illegal address syntax"),
    ("non-SMTP command", "non-SMTP command"),
    ("a daemon died", "exit status"),
    ("a daemon was killed", "killed by signal"),
    ("mail loops back to this host", "greeted me with my own hostname"),
    ("SASL failure", "SASL "),
)
_DELAYS = ("before_qmgr", "in_qmgr", "connection", "transmission")
_PERCENTILES = (50, 90, 95, 99)
_TLS_LEVELS = {"Anonymous": "anonymous", "Untrusted": "untrusted", "Trusted T": "trusted", "Verified ": "verified"}


def nest(details: Mapping[tuple[str, ...], int]) -> dict[str, Any]:
    """``{("smtpd", "text"): 3}`` → ``{"smtpd": {"text": 3}}``, each level sorted by its sums."""
    tree: dict[str, Any] = {}
    for key, count in details.items():
        branch = tree
        for part in key[:-1]:
            branch = branch.setdefault(part, {})
        branch[key[-1]] = branch.get(key[-1], 0) + count
    return _ordered(tree)[0]


def _ordered(tree: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The tree with its largest branches first, and its sum."""
    branches = {key: _ordered(value) for key, value in tree.items() if isinstance(value, dict)}
    counts: dict[str, int] = {**tree, **{key: count for key, (_, count) in branches.items()}}
    keys = sorted(sorted(counts), key=counts.__getitem__, reverse=True)  # of equal ones, by name
    return {key: branches[key][0] if key in branches else counts[key] for key in keys}, sum(counts.values())


def total(value: Any) -> int:
    """The sum of a nested count."""
    return sum(map(total, value.values())) if isinstance(value, dict) else int(value)


def _counted(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for key, count in pairs:
        counts[key] += count
    return dict(counts.most_common())


def reject_classes(reasons: Mapping[tuple[str, ...], int]) -> dict[str, int]:
    """Rejects by what they are about, as postfix-logwatch groups them."""
    alike: Counter[tuple[str, str]] = Counter()
    for (stage, reason, _), count in reasons.items():
        alike[stage, reason] += count
    return _counted((_reject_class(stage, reason), count) for (stage, reason), count in alike.items())


def _reject_class(stage: str, reason: str) -> str:
    if stage in _CONTENT_STAGES:
        return _CONTENT_STAGES[stage]
    for name, pattern in _REJECT_CLASSES:
        if pattern.search(reason):
            return name
    return "content or milter" if stage == "END-OF-MESSAGE" else "other"


def notices(warnings: Mapping[tuple[str, ...], int], events: Mapping[str, int]) -> dict[str, int]:
    """Warnings by what an operator would do about them, and restarts for changed tables."""
    named = ((_notice(text), count) for (_, text), count in warnings.items())
    restarts = [(name, count) for name, count in events.items() if name.startswith("restarted")]
    return _counted([*((name, count) for name, count in named if name), *restarts])


def _notice(text: str) -> str:
    return next((name for name, part in _NOTICES if part in text), "")


def smtpd(tally: Tally, newest: date) -> dict[str, Any]:
    """Sessions with smtpd: how many, how long, by day, hour and domain."""
    everything = Connections()
    domains: dict[str, Connections] = {}
    for client, sessions in tally.clients.items():
        everything.add(sessions)
        domains.setdefault(host_domain(client), Connections()).add(sessions)
    days: dict[str, Connections] = {}
    hours = [Connections() for _ in range(24)]
    for stamp, sessions in tally.smtpd_hours.items():
        if found := day_and_hour(stamp, newest):
            days.setdefault(found[0], Connections()).add(sessions)
            hours[found[1]].add(sessions)
    ordered = sorted(domains.items(), key=lambda item: (-item[1].count, -item[1].seconds, item[0]))
    return {
        **_sessions(everything),
        "domains": len(domains),
        "per_day": [{"date": day, **_sessions(days[day])} for day in sorted(days)],
        "per_hour": [{"hour": hour, **_sessions(sessions)} for hour, sessions in enumerate(hours)],
        "by_domain": [{"domain": domain, **_sessions(sessions)} for domain, sessions in ordered],
    }


def _sessions(sessions: Connections) -> dict[str, Any]:
    return {
        "connections": sessions.count,
        "seconds": sessions.seconds,
        "seconds_average": round(sessions.seconds / sessions.count, 1) if sessions.count else 0.0,
        "seconds_max": sessions.longest,
    }


def postscreen(tally: Tally) -> dict[str, Any]:
    """Connections to postscreen and what it found."""
    return {
        "connections": tally.postscreen.get("CONNECT from", 0),
        "addresses": len(tally.postscreen_clients),
        "actions": _counted((what, count) for what, count in tally.postscreen.items() if what != "CONNECT from"),
    }


def anvil(tally: Tally) -> list[dict[str, Any]]:
    """The highest rates, highest first."""
    ordered = sorted(tally.peaks.items(), key=lambda item: (-item[1], item[0]))
    return [{"what": what, "client": client, "max": peak} for (what, client), peak in ordered]


def sasl(tally: Tally) -> dict[str, Any]:
    """Messages per SASL user, and failures per method and per address."""
    failures = tally.details["sasl_failures"]
    return {
        "messages": sum(tally.sasl_users.values()),
        "users": _counted(tally.sasl_users.items()),
        "failures": sum(failures.values()),
        "failures_by_method": _counted((method, count) for (method, _), count in failures.items()),
        "failures_by_address": _counted((address, count) for (_, address), count in failures.items()),
    }


def tls(tally: Tally) -> dict[str, Any]:
    """Encrypted connections: trust and protocol in and out, and the levels per relay that Postfix 3.11 logs."""
    seen = tally.details["tls"]
    return {
        side: {
            "connections": sum(count for (daemon, _, _), count in seen.items() if daemon == side),
            "trust": _counted(
                (_TLS_LEVELS.get(level, level), count) for (daemon, level, _), count in seen.items() if daemon == side
            ),
            "protocols": _counted((protocol, count) for (daemon, _, protocol), count in seen.items() if daemon == side),
        }
        for side in ("smtpd", "smtp")
    } | {"relays": nest(tally.details["relay_tls"])}


def delays(tally: Tally) -> dict[str, dict[str, float]]:
    """Percentiles of the four delays of what was delivered, in seconds."""
    return {name: _percentiles(counts) for name, counts in zip(_DELAYS, tally.delay_counts, strict=True) if counts}


def _percentiles(counts: Counter[str]) -> dict[str, float]:
    numbers = ((value[:18], count) for value, count in counts.items())
    values = sorted((float(value), count) for value, count in numbers if value.replace(".", "", 1).isdecimal())
    number = sum(count for _, count in values)
    found: dict[str, float] = {}
    reached = 0
    for value, count in values:
        reached += count
        for percent in _PERCENTILES:
            if f"p{percent}" not in found and reached * 100 >= number * percent:
                found[f"p{percent}"] = value
    return found | {"max": values[-1][0]} if values else found


def postsuper(events: Mapping[str, int]) -> dict[str, int]:
    """What operators did to queue files."""
    prefix = "postsuper "
    return _counted((name.removeprefix(prefix), count) for name, count in events.items() if name.startswith(prefix))


def dovecot(counts: Mapping[tuple[str, ...], int]) -> dict[str, Any]:
    """Logins, failures, deliveries, Sieve and errors."""
    by_kind: dict[str, dict[tuple[str, ...], int]] = {}
    for (kind, *key), count in counts.items():
        by_kind.setdefault(kind, {})[tuple(key)] = count
    logins, failures = by_kind.get("login", {}), by_kind.get("login_failed", {})
    return {
        "logins": sum(logins.values()),
        "logins_by_protocol": _counted((protocol, count) for (protocol, _), count in logins.items()),
        "logins_by_user": _counted((user, count) for (_, user), count in logins.items()),
        "login_failures": sum(failures.values()),
        "login_failures_by_reason": _counted((reason, count) for (_, reason, _, _), count in failures.items()),
        "login_failures_by_user": _counted((user, count) for (_, _, user, _), count in failures.items()),
        "login_failures_by_address": _counted((rip, count) for (_, _, _, rip), count in failures.items()),
        "logins_ended": nest(by_kind.get("login_ended", {})),
        "auth_failures": nest(by_kind.get("auth_failed", {})),
        "disconnects": nest(by_kind.get("disconnected", {})),
        "saved": sum(by_kind.get("saved", {}).values()),
        "saved_by_mailbox": nest(by_kind.get("saved", {})),
        "save_failures": nest(by_kind.get("save_failed", {})),
        "sieve": nest(by_kind.get("sieve", {})),
        "warnings": nest(by_kind.get("warning", {})),
        "errors": nest(by_kind.get("error", {})),
        "fatals": nest(by_kind.get("fatal", {})),
        "panics": nest(by_kind.get("panic", {})),
        "master": nest(by_kind.get("master", {})),
    }
