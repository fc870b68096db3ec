"""Log lines as JSON objects, the way collectors keep them: made into the line that syslog would have written.

Docker's files (``log``), Loki and Grafana (``line``), GELF (``short_message``), mailcow's API, rsyslog, syslog-ng,
fluentd, logstash and the Elastic schema (``message``). An object without text, or without a time, is none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from mailtui.maillog.header import begins_with_stamp

_TEXT = ("log", "line", "short_message", "message", "MESSAGE", "msg")
_TIME = ("time", "timestamp", "@timestamp", "ts", "ISODATE", "DATE", "__REALTIME_TIMESTAMP")
_PROGRAM = ("program", "PROGRAM", "ident", "appname", "app-name", "syslogtag", "SYSLOG_IDENTIFIER", "process.name")
_PID = ("pid", "PID", "procid", "SYSLOG_PID", "process.pid")
_HOST = ("host", "hostname", "HOST", "logsource", "source", "_HOSTNAME", "host.name")
_UNITS = {10: 1.0, 13: 1e3, 16: 1e6, 19: 1e9}
"""Digits of a count since 1970, and how many of them make a second."""


def line_of(text: str) -> str | None:
    """The line that a JSON object holds; None for anything else."""
    try:
        entry = json.loads(text.rstrip(",\r\n "))
    except (ValueError, RecursionError):
        return None
    if not isinstance(entry, dict):
        return None
    said = _first(entry, _TEXT).strip("\r\n")
    if begins_with_stamp(said):
        return said
    stamp = _stamp(_first(entry, _TIME))
    if not said or not stamp:
        return None
    program = _first(entry, _PROGRAM).rstrip(":")
    if not program:
        return f"{stamp} {said}"
    host, pid = _first(entry, _HOST), _first(entry, _PID)
    process = f"{program}[{pid}]" if pid and "[" not in program else program
    return f"{stamp} {host and f'{host} '}{process}: {said.lstrip(' ')}"


def _first(entry: Mapping[str, object], names: Iterable[str]) -> str:
    """The first of these values there is, as text; a dot leads into an object."""
    for name in names:
        outer, _, inner = name.partition(".")
        value = entry.get(outer)
        if inner:
            value = value.get(inner) if isinstance(value, dict) else None
        if isinstance(value, str | int | float) and value != "":
            return str(value)
    return ""


def _stamp(time: str) -> str:
    """A time as a line begins with it: as it is written, or made of a count since 1970."""
    if begins_with_stamp(f"{time} "):
        return time
    whole, _, fraction = time.partition(".")
    unit = _UNITS.get(len(whole))
    if unit is None or not (whole.isascii() and whole.isdecimal()) or not f"{fraction}0".isdecimal():
        return ""
    return datetime.fromtimestamp(float(time) / unit, UTC).isoformat()
