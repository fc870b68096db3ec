"""smtp, lmtp, local, virtual, pipe, error, retry, discard: attempts to deliver.

Texts from smtp/*.c, local/*.c and pipe/pipe.c.

All write one status line a recipient and attempt (global/log_adhoc.c); so do qmgr, bounce and cleanup where they
themselves decide. Before it, the SMTP client tells of servers it tried in vain.
"""

from __future__ import annotations

from mailtui.maillog.grammar.postfix_patterns import DELIVERY
from mailtui.maillog.grammar.rules import Row

_NAKED = DELIVERY.pattern[DELIVERY.pattern.index("relay=(") :]

STATUS: tuple[Row, ...] = (
    ("to", "delivery", DELIVERY),
    ("to", "delivery", rf"to=<?(?P<to>[^,<>]*)>?, (?:orig_to=<?(?P<orig_to>[^,<>]*)>?, )?{_NAKED}"),
)
"""The second is for logs in which a tool replaced the addresses and lost their angle brackets."""

_SERVER = r"(?P<relay>(?P<host>[^\[\s]*)\[(?P<ip>[^\]]*)\](?::(?P<port>\d+))?)"

EVENTS: tuple[Row, ...] = (
    ("connect", "connect-failure", rf"connect to {_SERVER}: (?P<reason>.*)"),
    ("connect", "connect-failure", r"connect to (?P<relay>\S+?): (?P<reason>.*)"),
    ("host", "try-failure", rf"host {_SERVER} (?:said: |(?=refused to talk))(?P<reason>.*)"),
    ("lost", "try-failure", rf"(?P<reason>lost connection with {_SERVER} while .*)"),
    ("conversation", "try-failure", rf"(?P<reason>conversation with {_SERVER} timed out while .*)"),
    ("SASL", "try-failure", rf"(?P<reason>SASL authentication failed; server {_SERVER} said: .*)"),
    ("Cannot", "try-failure", r"(?P<reason>Cannot start TLS: .*)"),
    ("TLS", "try-failure", r"(?P<reason>TLS is required.*)"),
    ("certificate", "certificate-problem",
     r"(?:server )?certificate verification failed for (?P<relay>\S+?): (?P<reason>.*)"),
    ("server", "certificate-problem",
     r"server certificate verification failed for (?P<relay>\S+?): (?P<reason>.*)"),
    ("SSL_connect", "tls-failure", r"SSL_connect error to (?P<relay>\S+?):? (?P<reason>.*)"),
    ("Host", "starttls-offered", r"Host offered STARTTLS: \[(?P<host>.*?)\]"),
    ("setting", "tls-start", r"setting up TLS connection to (?P<relay>\S+)"),
    ("passing", "passed-on", r"passing <(?P<to>[^>]*)> to transport=(?P<transport>\S+)"),
    ("enabling disabling", "workaround", r"(?P<reason>(?:en|dis)abling PIX (?:workarounds|<CRLF>).*)"),
    ("breaking", "line-broken", r"(?P<reason>breaking line > \d+ bytes .*)"),
    ("replace", "replace", r"replace: (?P<part>header|body) (?P<content>.*)"),
    ("uncaught", "try-failure", r"(?P<reason>uncaught .*)"),
    ("smtp_sasl_authenticate", "sasl-failure", r"smtp_sasl_\w+: (?P<reason>.*)"),
)  # fmt: skip

WARNINGS: tuple[Row, ...] = (
    ("host", "greeting-loop", rf"host {_SERVER} (?P<reason>greeted me with my own hostname.*)"),
    ("host", "reply-problem", rf"host {_SERVER}:? (?P<reason>.*)"),
    ("no numeric valid_hostname malformed Unable", "dns-problem",
     r"(?P<reason>no (?:MX|SRV) host for .* has a valid address record.*)"),
    ("numeric", "dns-problem", r"(?P<reason>numeric domain name in resource data of MX record .*)"),
    ("relayhost", "relayhost-problem", r"(?P<reason>relayhost configuration problem.*)"),
    ("TLS", "tls-policy", r"TLS policy lookup (?:error )?for (?P<relay>\S+?): (?P<reason>.*)"),
    ("SASL", "sasl-failure", r"SASL authentication failure: (?P<reason>.*)"),
    ("smtp_sasl_auth_enable", "sasl-unavailable", r"(?P<reason>.*)"),
    ("maildir mailbox", "mailbox-access",
     r"(?:maildir|mailbox) access problem for UID/GID=(?P<uid>\d+)/(?P<gid>\d+): (?P<reason>.*)"),
    ("perhaps specify", "advice", r"(?P<reason>.*)"),
    ("required", "alias-missing", r"required alias not found: (?P<alias>\S+)"),
    ("recipient", "mailbox-unmapped", r"recipient (?P<to>\S+?): (?P<reason>(?:not found|uid|gid) .*)"),
    ("pipe", "pipe-flags", r"pipe flag(?P<reason>.*)"),
    ("file cannot not", "forward-file", r"(?P<reason>(?:file|cannot open file|not owned) .*)"),
    ("dict_nis_init", "nis-unavailable", r"dict_nis_init: (?P<reason>.*)"),
)  # fmt: skip
