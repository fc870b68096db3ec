"""Programs beside Postfix and Dovecot: milters, filters, policy services; with the queue ID where they know it.

Shapes from the programs' sources (opendkim, opendmarc, rspamd, postgrey, pypolicyd-spf) and their logs (amavis, spamd).
"""

from __future__ import annotations

import re

from mailtui.maillog.grammar.postfix_patterns import QUEUE_ID_PREFIX
from mailtui.maillog.grammar.rules import Fields, Grammar, Row, Typed
from mailtui.maillog.grammar.scanners import AMAVIS, RSPAMD, SPAMD

OTHER = "other"
"""Event of a line of a program mailtui knows no texts of."""

FAILED = "filter-failed"
"""Event of a filter that could not do its work."""

_OPENDKIM: tuple[Row, ...] = (
    ("error can't KeyTable", FAILED, r"(?P<reason>(?:error loading key|can't load key|KeyTable entry .* corrupt).*)"),
    ("*", FAILED, r"(?P<reason>\S+: key data is not secure: .*)"),
    ("DKIM-Signature", "dkim-signed",
     r"DKIM-Signature (?:field|header) added(?: \(s=(?P<selector>[^,]*), d=(?P<domain>[^)]*)\))?"),
    ("DKIM", "dkim-verified", r"DKIM verification (?P<reason>.*)"),
    ("s", "dkim-failure", r"s=(?P<selector>\S+) d=(?P<domain>\S+) (?:a=\S+ )?(?P<reason>.*)"),
    ("bad no", "dkim-unsigned",
     r"(?P<reason>(?:bad|no) signature data|no signing table match.*|no signature.*)"),
    ("key", "dkim-failure", r"(?P<reason>key (?:retrieval|data) .*)"),
    ("external", "dkim-unsigned", r"(?P<reason>external host .*)"),
    ("*", "dkim-unsigned", r"(?P<reason>(?:\S+ \[[^\]]*\] )?(?:not internal|not authenticated).*)"),
    ("OpenDKIM", "filter-started", r"OpenDKIM Filter(?P<reason>.*)"),
)  # fmt: skip
_OPENDMARC: tuple[Row, ...] = (
    ("SPF(mailfrom)", "spf", r"SPF\(mailfrom\): (?P<domain>\S*) (?P<result>\w+)"),
    ("*", "spf", r"SPF\((?P<identity>\w+)\): (?P<domain>\S*) (?P<result>\w+)"),
    ("ignoring", "filter-note", r"(?P<reason>ignoring .*)"),
    ("implicit", "filter-note", r"(?P<reason>implicit .*)"),
    ("OpenDMARC", "filter-started", r"OpenDMARC Filter(?P<reason>.*)"),
    ("*", "dmarc", r"(?P<domain>\S+) (?P<result>pass|fail|none|temperror|permerror)\b"),
)  # fmt: skip
_POSTGREY: tuple[Row, ...] = (
    ("fatal ERROR FATAL", FAILED, r"(?P<reason>.*)"),
    ("action", "greylist",
     r"action=(?P<action>\w+), reason=(?P<reason>[^,]*(?:, (?!delay=|client_name=)[^,]*)*)(?:, delay=(?P<delay>\d+))?"
     r"(?:, client_name=(?P<host>[^,]*))?(?:, client_address=(?P<ip>[^,]*))?(?:, sender=(?P<from>[^,]*))?"
     r"(?:, recipient=(?P<to>.*))?"),
)  # fmt: skip
_POLICYD_SPF: tuple[Row, ...] = (
    ("prepend", "spf", r"prepend Received-SPF: (?P<result>\w+)(?: \((?P<identity>[^)]*)\))?(?P<reason>.*)"),
    ("550 451 450", "spf", r"(?P<code>\d+) (?P<dsn>\d\.\d+\.\d+) (?P<reason>.*)"),
    ("Pass Fail Softfail SoftFail Neutral None Temperror TempError Permerror PermError", "spf",
     r"(?P<result>\w+);(?: identity=(?P<identity>[^;]*);)?(?: client-ip=(?P<ip>[^;]*);)?(?: helo=(?P<helo>[^;]*);)?"
     r"(?: envelope-from=(?P<from>[^;]*);)?(?: receiver=(?P<to>.*))?"),
    ("spfcheck", "spf", r"spfcheck: (?P<reason>.*)"),
    ("Action Received-SPF", "spf", r"(?P<reason>.*)"),
)  # fmt: skip
_CLAMAV: tuple[Row, ...] = (
    ("ERROR", FAILED, r"ERROR: (?P<reason>.*)"),
    ("Message", "virus",
     r"Message (?P<name>\S+) from (?P<from>\S+) to (?P<to>.*?) with subject .*infected by (?P<virus>\S+)"),
    ("Clean", "scanned", r"Clean message from (?P<from>\S+) to (?P<to>\S+)"),
    ("SelfCheck Database daily.cvd main.cvd bytecode.cvd daily.cld main.cld", "signatures",
     r"(?P<reason>.*)"),
    ("WARNING", "warning", r"WARNING: (?P<reason>.*)"),
    ("*", "virus", r"(?P<path>.*?): (?P<virus>\S+) FOUND"),
)  # fmt: skip
_FAIL2BAN: tuple[Row, ...] = (
    ("*", "ban", r"(?P<level>[A-Z]+) +\[(?P<jail>[^\]]*)\] (?P<action>Ban|Unban|Found|Restore Ban) (?P<ip>\S+)"),
)
_AMAVIS_FAILED: tuple[Row, ...] = (
    ("*", FAILED,
     r"(?:\((?P<task>[\w-]+)\) )?\(!{1,2}\)(?P<reason>(?!WARN).*(?:TROUBLE|FAILED|failed|Can't connect).*)"),
)  # fmt: skip
_RSPAMD_FAILURE = re.compile(
    r"(?:<\w*>; ?)?(?P<reason>[\w; .:/()-]{0,90}?(?:cannot (?:connect|upload|execute|load|make|update|save)"
    r"|signing failure|connection to redis server \S+ timed out|timeout while connecting).*)",
    re.DOTALL,
)
_RSPAMD_HINTS = ("cannot ", "signing failure", "timed out", "timeout while")


def read_rspamd_failure(text: str) -> Typed | None:
    """What rspamd could not do; nearly all of its lines are something else, and are told so at once."""
    if not any(hint in text for hint in _RSPAMD_HINTS):
        return None
    found = _RSPAMD_FAILURE.match(text)
    return (FAILED, {"reason": found["reason"]}) if found else None


_RSPAMD_FAILED: tuple[Row, ...] = (("*", FAILED, read_rspamd_failure),)
_SPAMD_FAILED: tuple[Row, ...] = (("spamd", FAILED, r"spamd: (?P<reason>(?:could not|cannot|can't|error:|failed).*)"),)

COMPANIONS = {
    **dict.fromkeys(("opendkim", "dkim-filter"), Grammar(_OPENDKIM)),
    "opendmarc": Grammar(_OPENDMARC),
    **dict.fromkeys(("postgrey", "policyd-greylist"), Grammar(_POSTGREY)),
    **dict.fromkeys(("policyd-spf", "policy-spf", "policyd-spf-perl"), Grammar(_POLICYD_SPF)),
    **dict.fromkeys(("clamd", "clamav-milter", "freshclam"), Grammar(_CLAMAV)),
    **dict.fromkeys(("amavis", "amavisd", "amavisd-new"), Grammar(_AMAVIS_FAILED, AMAVIS)),
    "rspamd": Grammar(_RSPAMD_FAILED, RSPAMD),
    "spamd": Grammar(_SPAMD_FAILED, SPAMD),
    "fail2ban": Grammar(_FAIL2BAN),
}


def companion_named(name: str) -> Grammar | None:
    """The grammar of a program, if there is one."""
    return COMPANIONS.get(name.partition(".")[0])


def read_companion(grammar: Grammar | None, text: str) -> tuple[str, str, Fields]:
    """Queue ID, event and fields of one message."""
    found = QUEUE_ID_PREFIX.match(text)
    queue_id, body = (found[1], text[found.end() :]) if found else ("", text)
    typed = grammar.read(body) if grammar else None
    if typed is None:
        return queue_id, OTHER, {}
    event, fields = typed
    return queue_id or fields.pop("queue_id", ""), event, fields
