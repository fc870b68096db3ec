"""TLS of either side, in smtpd, smtp, lmtp, tlsproxy and postscreen.

Texts from tls/tls_misc.c, tls/tls_verify.c and tls/tls_client.c.
"""

from __future__ import annotations

from mailtui.maillog.grammar.rules import Row

_PEER = r"(?P<client>(?P<host>[^\[\s]*)\[(?P<ip>[^\]\s]*)\](?::(?P<port>\d+))?)"
_SESSION = (
    r"TLS connection (?P<how>established|reused) (?P<direction>from|to) " + _PEER + r"(?: to (?P<sni>\S+?))?: "
    r"(?P<protocol>\S+) with cipher (?P<cipher>\S+) \((?P<bits>\d+)/\d+ bits\)"
    r"(?: key-exchange (?P<key_exchange>\S+(?: \([^)]*\))?))?(?: server-signature (?P<server_signature>\S+))?"
)

EVENTS: tuple[Row, ...] = (
    ("Anonymous Untrusted Trusted Verified", "tls", rf"(?P<trust>\w+) {_SESSION}"),
    ("TLS", "tls", _SESSION),
    ("TLS", "tls-failure", r"TLS handshake failed for service=(?P<service>\S+) peer=(?P<client>\S+)"),
    ("certificate server client", "certificate-problem",
     r"(?:server |client )?certificate verification (?:failed|depth=\d+)(?: for (?P<relay>\S+?))?:? (?P<reason>.*)"),
    ("certificate", "certificate-problem",
     r"certificate peer name verification failed for (?P<relay>\S+?): (?P<reason>.*)"),
    ("fingerprint", "certificate", r"fingerprint=(?P<fingerprint>\S+)"),
    ("subject_CN issuer", "certificate", r"(?P<reason>.*)"),
    ("initializing SSL3", "debug", r"(?P<reason>.*)"),
    ("*", "certificate",
     r"(?P<client>\S+?\[[^\]]*\](?::\d+)?): (?:(?P<trust>Trusted|Untrusted|Verified|Matched)|(?:subject|depth|issuer|"
     r"re-using|SNI|certificate|fingerprint|looking for session|save session|Reusing|dane|TLSA))(?P<reason>.*)"),
)  # fmt: skip

WARNINGS: tuple[Row, ...] = (
    ("TLS", "tls-library", r"TLS library problem: (?P<reason>.*)"),
    ("TLS", "tls-disabled", r"TLS has been selected.*|TLS support .*"),
    ("cannot", "certificate-unreadable",
     r"cannot (?:get|load|use|set|open|parse) (?P<reason>.*?(?:certificate|cert|private key|key|CA)\b.*)"),
    ("key", "certificate-unreadable", r"(?P<reason>key at index .*|key not found .*)"),
    ("No", "tls-disabled", r"(?P<reason>No server certs? available.*)"),
    ("cert certificate private", "certificate-unreadable",
     r"(?P<reason>(?:cert|certificate|private key) .*)"),
    ("Certificate", "certificate-problem", r"(?P<reason>Certificate .*)"),
    ("DANE DNSSEC TLSA TLS", "tls-policy", r"(?P<reason>.*)"),
)  # fmt: skip
