"""smtpd (also as submission, smtps), qmqpd: sessions and what arrives in them. Texts from smtpd/smtpd*.c."""

from __future__ import annotations

import re

from mailtui.maillog.grammar.postfix.policy import ACTION_ROWS, CONTENT_ROWS
from mailtui.maillog.grammar.postfix_patterns import CLIENT as ARRIVAL
from mailtui.maillog.grammar.rules import CLIENT, Row, Typed, groups

_DISCONNECT = re.compile(rf"disconnect from {CLIENT}(?P<commands>(?: [a-z_]+=\d+(?:/\d+)?)*)", re.DOTALL)


def read_disconnect(text: str) -> Typed | None:
    """The end of a session, with its commands counted (``rcpt=0/1``: one asked, none accepted)."""
    found = _DISCONNECT.match(text)
    if found is None:
        return None
    fields = groups(found)
    for counter in fields.pop("commands").split():
        command, _, count = counter.partition("=")
        fields[command] = count
    return "disconnect", fields


_ENDED = rf"after (?P<stage>[A-Z-]+(?: command)?)(?: \((?:approximately )?(?P<bytes>\d+) bytes\))? from {CLIENT}"
_AUTH = r"(?P<reason>.*?(?=, sasl_username=|$))(?:, sasl_username=(?P<sasl_username>.*))?"

EVENTS: tuple[Row, ...] = (
    ("client", "client", ARRIVAL),
    ("disconnect", "disconnect", read_disconnect),
    *ACTION_ROWS,
    *CONTENT_ROWS,
    ("connect", "connect", rf"connect from {CLIENT}"),
    ("lost", "lost-connection", rf"lost connection {_ENDED}"),
    ("timeout", "timeout", rf"timeout {_ENDED}"),
    ("too", "too-many-errors", rf"too many errors {_ENDED}"),
    ("abort", "tls-abort", rf"abort: TLS from {CLIENT}: (?P<reason>.*)"),
    ("reply", "reply-filter", r"reply filter (?P<direction>in|out): (?P<reason>.*)"),
    ("improper", "pipelining",
     rf"improper command pipelining after (?P<stage>\S+) from {CLIENT}:? ?(?P<reason>.*)"),
    ("bare", "bare-newline", rf"bare <(?:CR|LF)> received after (?P<stage>\S+) from {CLIENT}"),
    ("discarding", "ehlo-discard", r"discarding EHLO keywords: (?P<keywords>.*)"),
    ("setting", "tls-start", rf"setting up TLS connection from {CLIENT}"),
    ("SSL_accept", "tls-failure", rf"SSL_accept error from {CLIENT}:? ?(?P<reason>.*)"),
    ("sender", "sender-checked", r"sender (?P<reason>.*)"),
    ("*", "command-replaced",
     rf"{CLIENT}: replacing (?:client )?command \"(?P<from>.*)\" with \"(?P<to>.*)\""),
)  # fmt: skip

WARNINGS: tuple[Row, ...] = (
    ("*", "sasl-failure",
     rf"{CLIENT}: SASL (?P<sasl_method>\S+) authentication (?:failed|failure|aborted):? ?{_AUTH}"),
    ("SASL", "sasl-failure", r"SASL authentication (?:failure|problem): (?P<reason>.*)"),
    ("SASL", "sasl-unavailable", r"SASL(?: \S+)?: (?P<reason>.*)"),
    ("SASL", "sasl-unavailable", r"SASL per-(?:process|connection) .*"),
    ("non-SMTP", "non-smtp-command", rf"non-SMTP command from {CLIENT}: (?P<command>.*)"),
    ("Illegal", "address-syntax",
     rf"Illegal address syntax from {CLIENT} in (?P<stage>\S+) command: (?P<reason>.*)"),
    ("Connection Message Recipient New AUTH", "limit-exceeded",
     rf"(?P<limit>.*? limit exceeded): (?P<count>\d+) from {CLIENT}(?: for service (?P<service>\S+))?"),
    ("hostname", "hostname-mismatch",
     r"hostname (?P<name>\S+) does not resolve to address (?P<ip>[^\s:]+(?::[0-9a-f:.]+)?)(?:: (?P<reason>.*))?"),
    ("*", "hostname-mismatch",
     r"(?P<ip>[0-9a-fA-F.:]+): hostname (?P<name>\S+) verification failed:? ?(?P<reason>.*)"),
    ("*", "hostname-mismatch", r"(?P<ip>[0-9a-fA-F.:]+): address not listed for hostname (?P<name>\S+)"),
    ("not", "queue-full", r"(?P<reason>not enough free space in mail queue: .*)"),
    ("premature", "lost-connection", r"premature end-of-input from (?P<client>\S+) (?P<reason>.*)"),
    ("valid_hostname", "hostname-syntax", r"valid_hostname: (?P<reason>.*)"),
    ("valid_ipv4_hostaddr valid_ipv6_hostaddr valid_hostaddr", "hostname-syntax",
     r"[a-z0-9_]+: (?P<reason>.*)"),
    ("numeric", "hostname-syntax", r"(?P<reason>numeric (?:hostname|domain name|result) .*)"),
    ("support", "policy-unavailable", r"(?P<reason>support for restriction .*)"),
    ("restriction", "restriction-ignored", r"(?P<reason>restriction .*)"),
    ("problem access", "policy-unavailable",
     r"(?:problem talking to (?:server|service)|access policy server) (?P<server>\S+?):? (?P<reason>.*)"),
    ("milter", "milter-failure", r"milter (?P<milter>\S+): (?P<reason>.*)"),
    ("connect", "milter-failure", r"connect to Milter service (?P<milter>\S+): (?P<reason>.*)"),
)  # fmt: skip
