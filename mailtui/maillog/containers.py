"""Lines as a container's runtime hands them on: what it puts before the line is taken away.

docker compose (``mail-1  | ``, in colour on a terminal), others that part with a bar, Docker's and Kubernetes' own
stamp before the line's (``docker logs -t``, CRI's ``stdout F ``) and Docker's JSON files. Looked for only in lines
whose header could not be read.
"""

from __future__ import annotations

import json
import re

from mailtui.maillog.header import begins_with_stamp

_MOST_WRAPPERS = 3
_COLOUR = r"(?:\x1b\[[\d;]{0,16}m)*"
_BAR = re.compile(rf"{_COLOUR}[^|\x1b]{{1,80}}\|{_COLOUR} {{1,4}}{_COLOUR}")
_STAMP = re.compile(
    r"(?P<stamp>\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d)) (?P<stream>(?:stdout|stderr) [FP] )?", re.ASCII
)


def inside(line: str) -> str | None:
    """The line the program wrote, with a stamp before it; None where nothing stands around it."""
    found = None
    for _ in range(_MOST_WRAPPERS):
        inner = _of_json(line) if line.startswith("{") else _unwrapped(line)
        if inner is None:
            break
        found = line = inner
    return found


def _unwrapped(line: str) -> str | None:
    if bar := _BAR.match(line):
        rest = line[bar.end() :]
        return rest if begins_with_stamp(rest) else None
    if outer := _STAMP.match(line):
        rest = line[outer.end() :]
        if begins_with_stamp(rest):
            return rest
        return f"{outer['stamp']} {rest}" if outer["stream"] else None
    return None


def _of_json(line: str) -> str | None:
    r"""``{"log":"…\n","stream":"stdout","time":"…"}``."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    log, time = (entry.get("log"), entry.get("time")) if isinstance(entry, dict) else (None, None)
    if not isinstance(log, str) or not isinstance(time, str):
        return None
    log = log.rstrip("\r\n")
    return log if begins_with_stamp(log) else f"{time} {log}"
