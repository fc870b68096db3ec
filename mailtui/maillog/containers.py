"""Lines as a container's runtime or a collector hands them on: what it puts before the line is taken away.

docker compose (``mail-1  | ``, in colour on a terminal), others that part with a bar, Docker's and Kubernetes' own
stamp before the line's (``docker logs -t``, CRI's ``stdout F ``), Loki's labels, kubectl's and stern's names, a
facility and level, JSON (``json_lines``). Looked for only in lines whose header could not be read.
"""

from __future__ import annotations

import re

from mailtui.maillog.header import begins_with_stamp
from mailtui.maillog.json_lines import line_of

_MOST_WRAPPERS = 3
_COLOUR = r"(?:\x1b\[[\d;]{0,16}m)*"
_BAR = re.compile(rf"{_COLOUR}[^|\x1b]{{1,80}}\|{_COLOUR} {{1,4}}{_COLOUR}")
_STAMP = re.compile(
    r"(?P<stamp>\d{4}[-/]\d\d[-/]\d\d[T ][\d:.]{8,18}(?:Z|[+-]\d\d:\d\d)?)[ \t]{1,4}"
    r"(?P<of>(?:stdout|stderr) [FP] |\{[^{}]{0,500}\} |[\w.-]{1,60}\t(?=\{))?",
    re.ASCII,
)
_NAME = re.compile(
    r"\[pod/[^\]\s]{1,300}\] |data: |\d{1,5} (?=<\d)|[\w-]{1,20}\.[\w-]{1,20}(?:<\d{1,3}>:)? "
    r"|[\w.-]{1,200} [\w.-]{1,100} ",
    re.ASCII,
)
"""kubectl's ``--prefix``, the journal as events, RFC 6587's length, ``mail.info ``, stern's pod and container."""


def inside(line: str) -> str | None:
    """The line the program wrote, with a stamp before it; None where nothing stands around it."""
    found = None
    for _ in range(_MOST_WRAPPERS):
        inner = line_of(line) if line.startswith("{") else _unwrapped(line)
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
        if begins_with_stamp(rest) or (rest.startswith("{") and outer["of"]):
            return rest
        return f"{outer['stamp']} {rest}" if outer["of"] else None
    if name := _NAME.match(line):
        rest = line[name.end() :]
        return rest if begins_with_stamp(rest) or (rest.startswith("{") and name[0] == "data: ") else None
    return None
