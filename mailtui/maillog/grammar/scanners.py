"""Content scanners: amavis, rspamd, spamd. One summary line a message, tied to it by queue ID or Message-ID."""

from __future__ import annotations

import re

from mailtui.maillog.grammar.rules import Fields, Row, Typed

_AMAVIS = re.compile(
    r"\((?P<task>[\w-]+)\) (?P<action>Passed|Blocked|Not-Delivered) "
    r"(?P<verdict>[A-Z][A-Z0-9-]*(?:\([\d.]+\))?)(?: \((?P<name>[^)]*)\))?"
    r"(?: \{(?P<destiny>[^}]*)\})?,? (?P<rest>.*)\Z",
    re.DOTALL,
)
_AMAVIS_FIELD = re.compile(
    r"(?P<name>quarantine|Queue-ID|Message-ID|mail_id|Hits|size|queued_as|Tests): (?P<value><[^>]*>|\[[^\]]*\]|[^,]*)"
)
_AMAVIS_ENVELOPE = re.compile(
    r"(?P<client>(?:\[[^\]]*\](?::\d+)? )*)<(?P<from>[^<>]{0,512})> -> (?P<to>(?:<[^>]*>,?)+)"
)
_RSPAMD = re.compile(
    r"\(default: (?P<spam>[TFS]) \((?P<action>[^)]*)\): \[(?P<score>[^/\]]*)/(?P<required>[^\]]*)\] "
    r"\[(?P<symbols>[^\]]*)\]?"
)
_RSPAMD_FIELD = re.compile(
    r"\b(?P<name>id|qid|ip|user|from|len|time|rcpts|mime_rcpts|forced): (?P<value><[^>]*>|[^,]*)"
)
_NAMES = {"Message-ID": "message-id", "Queue-ID": "queue_id", "id": "message-id", "qid": "queue_id", "rcpts": "to"}
_BRACKETED = frozenset({"queue_id", "from", "to", "mime_rcpts"})


def _named(name: str, value: str) -> tuple[str, str]:
    name = _NAMES.get(name, name.lower())
    return name, value.strip("<>") if name in _BRACKETED else value


def read_amavis(text: str) -> Typed | None:
    """``(pid-seq) Passed CLEAN {RelayedInbound}, [IP] <from> -> <to>, Queue-ID: …``."""
    found = _AMAVIS.match(text)
    if found is None:
        return None
    rest = found["rest"]
    fields: Fields = {name: value for name, value in found.groupdict().items() if value and name != "rest"}
    if envelope := _AMAVIS_ENVELOPE.search(rest):
        fields |= {"from": envelope["from"], "to": envelope["to"].strip("<>,").replace(">,<", ",")}
        if addresses := re.findall(r"\[([^\]]*)\]", envelope["client"]):
            fields["ip"] = addresses[0]
        rest = rest[envelope.end() :]
    fields |= dict(_named(*part.group("name", "value")) for part in _AMAVIS_FIELD.finditer(rest))
    return "scanned", fields


def read_rspamd(text: str) -> Typed | None:
    """``<tag>; proxy; rspamd_task_write_log: id: <m>, qid: <q>, … (default: F (no action): [1.2/15] [SYMBOLS]), …``."""
    _, marker, rest = text.partition("rspamd_task_write_log: ")
    if not marker:
        return "filter-note", {"reason": text.partition("; ")[2]}
    fields: Fields = {}
    result = _RSPAMD.search(rest)
    if result:
        fields |= result.groupdict()
        rest = rest[: result.start()] + rest[result.end() :]
    fields |= dict(_named(*part.group("name", "value")) for part in _RSPAMD_FIELD.finditer(rest))
    return "scanned", fields


AMAVIS: tuple[Row, ...] = (
    ("*", "scanned", read_amavis),
    ("*", "filter-note", r"(?:\((?P<task>[\w-]+)\) )?(?P<reason>.*)"),
)
RSPAMD: tuple[Row, ...] = (("*", "scanned filter-note", read_rspamd),)
SPAMD: tuple[Row, ...] = (
    ("spamd", "scanned",
     r"spamd: (?P<verdict>identified spam|clean message) \((?P<score>-?[\d.]+)/(?P<required>-?[\d.]+)\) for "
     r"(?P<user>[^:]*):\d+ in (?P<time>[\d.]+) seconds, (?P<size>\d+) bytes"),
    ("spamd", "scan-result",
     r"spamd: result: (?P<spam>[Y.]) (?P<score>-?\d+) - (?P<symbols>\S*) (?P<details>.*)"),
    ("spamd", "scan-started", r"spamd: (?:processing|checking) message (?P<message>\S+)(?P<reason>.*)"),
    ("spamd prefork", "filter-note", r"(?P<reason>.*)"),
)  # fmt: skip
