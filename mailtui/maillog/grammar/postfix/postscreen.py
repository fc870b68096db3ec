"""postscreen, dnsblog and tlsproxy: what happens before smtpd.

Texts from postscreen/postscreen_*.c and dnsblog/dnsblog.c.
"""

from __future__ import annotations

from mailtui.maillog.grammar.postfix.policy import ACTIONS, read_action
from mailtui.maillog.grammar.rules import Row, Typed


def read_policy(text: str) -> Typed | None:
    """A ``reject: RCPT from …`` of postscreen's own: the client never reached smtpd."""
    typed = read_action(text)
    return None if typed is None else (f"ps-{typed[0]}", typed[1])


_CLIENT = r"(?P<client>\[(?P<ip>[^\]\s]*)\](?::(?P<port>\d+))?)"

EVENTS: tuple[Row, ...] = (
    (ACTIONS, "ps-reject", read_policy),
    ("CONNECT", "ps-connect", rf"CONNECT from {_CLIENT}(?: to (?P<server>\S+))?"),
    ("PASS", "ps-pass", rf"PASS (?P<kind>OLD|NEW) {_CLIENT}"),
    ("ALLOWLISTED WHITELISTED", "ps-allowlisted", rf"[A-Z]+ {_CLIENT}"),
    ("DENYLISTED BLACKLISTED", "ps-denylisted", rf"[A-Z]+ {_CLIENT}"),
    ("ALLOWLIST WHITELIST", "ps-veto", rf"[A-Z]+ VETO {_CLIENT}"),
    ("PREGREET", "ps-pregreet",
     rf"PREGREET (?P<bytes>\d+) after (?P<after>\S+) from {_CLIENT}: (?P<text>.*)"),
    ("DNSBL", "ps-dnsbl", rf"DNSBL rank (?P<rank>-?\d+) for {_CLIENT}"),
    ("HANGUP", "ps-hangup", rf"HANGUP after (?P<after>\S+) from {_CLIENT}(?: in tests (?P<stage>.*))?"),
    ("DISCONNECT", "ps-disconnect", rf"DISCONNECT (?:from )?{_CLIENT}"),
    ("COMMAND BARE NON-SMTP", "ps-violation",
     rf"(?P<violation>COMMAND (?:TIME|LENGTH|COUNT) LIMIT|COMMAND PIPELINING|BARE NEWLINE|NON-SMTP COMMAND)"
     rf" from {_CLIENT}(?: after (?P<stage>[^:]*))?(?:: (?P<text>.*))?"),
    ("DATA", "ps-violation", rf"(?P<violation>DATA without valid RCPT)(?: from {_CLIENT})?"),
    ("entering leaving", "ps-stress",
     r"(?P<what>entering|leaving) STRESS mode with (?P<count>\d+) connections"),
    ("addr", "dnsbl-listed", r"addr (?P<ip>\S+) listed by domain (?P<zone>\S+)(?: as (?P<answer>\S+))?"),
    ("addr", "dnsbl-blocked", r"addr (?P<ip>\S+) blocked by domain (?P<zone>\S+)(?P<reason>.*)"),
    ("warning", "warning", r"(?P<reason>.*)"),
)  # fmt: skip

WARNINGS: tuple[Row, ...] = (
    ("dnsblog_query", "dns-problem", r"dnsblog_query: (?P<reason>.*)"),
    ("dnsblog", "dns-problem", r"(?P<reason>dnsblog reply timeout .*)"),
    ("psc_dnsbl_request psc_cache_update getpeername", "postscreen-problem", r"(?P<reason>.*)"),
)  # fmt: skip
