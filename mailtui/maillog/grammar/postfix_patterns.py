"""The texts that make up nearly all of a Postfix log, as patterns shared by both lanes of the log engine.

Wording from Postfix's source: global/log_adhoc.c (delivery status), smtpd/smtpd.c (client=, reject),
qmgr/qmgr_active.c, cleanup/cleanup_message.c (message-id=), bounce/bounce_notify_util.c. A line may be cut at 2000
bytes, so what ends a text (a closing parenthesis, the last ``>``) is optional. Addresses are strangers' text: what
encloses them is looked for together with what follows, so that there is one place to try and a line costs no more
than its length.
"""

from __future__ import annotations

import re

QUEUE_ID = r"[0-9A-F]{6,}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,}z[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]+"
"""Short (hexadecimal microseconds and inode) or long (base 52 time, ``z``, base 51 inode) queue ID."""

QUEUE_ID_PREFIX = re.compile(
    r"(?P<queue_id>[0-9A-F]{6,}+|(?=[^:]{9,40}z)[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{12,}+|NOQUEUE): "
)
"""A queue ID where it may stand: at the start of the message, before ``: ``."""


def address(name: str, then: str, *, longest: str = "") -> str:
    """``<address>``: a quoted local part as a whole, then up to the first ``>`` with ``then`` (a pattern) behind it."""
    part = rf"[^>]{{0,{longest}}}" if longest else "[^>]*"
    return rf'<(?P<{name}>(?:"(?:[^"\\]|\\.)*")?{part}(?:>(?!{then})[^>]*)*)>'


DELIVERY = re.compile(
    rf"to={address('to', ', (?:orig_to=<|relay=)')}, (?:orig_to={address('orig_to', ', relay=')}, )?"
    r"relay=(?P<relay>[^,]*), (?:conn_use=(?P<conn_use>\d+), )?delay=(?P<delay>[\d.]+), "
    r"(?:delays=(?P<delays>[\d./]+), )?(?:tls=(?P<tls>[^,]*), )?"
    r"(?:dsn=(?P<dsn>\d\.\d+\.\d+), )?status=(?P<status>[\w-]+)(?: \((?P<reason>.*(?=\)\s*\Z)|.*))?",
    re.DOTALL,
)
"""One recipient's delivery status, written by every delivery agent and by bounce, error and qmgr."""

CLIENT = re.compile(
    r"client=(?P<client>(?P<host>[^\[,]*)\[(?P<ip>[^\]]*)\](?::\d+)?)"
    r"(?:, sasl_method=(?P<sasl_method>[^,]*))?"
    r"(?:, sasl_username=(?P<sasl_username>[^,]*(?:,(?! (?:sasl_sender|orig_queue_id|orig_client)=)[^,]*)*))?"
    r"(?:, sasl_sender=(?P<sasl_sender>[^,]*(?:,(?! orig_(?:queue_id|client)=)[^,]*)*))?"
    r"(?:, orig_queue_id=(?P<orig_queue_id>\w+))?(?:, orig_client=(?P<orig_client>.*))?"
)
"""A message begins to arrive in an SMTP session."""

ACTIVE = re.compile(r"from=<(?P<from>.*)>, size=(?P<size>\d+), nrcpt=(?P<nrcpt>\d+)(?: \(queue active\))?", re.DOTALL)
"""The queue manager takes a message up, first or again; ``nrcpt`` is what is left."""

EXPIRED = re.compile(r"from=<(?P<from>.*)>, status=(?P<status>expired|force-expired), returned to sender", re.DOTALL)
"""The queue manager gives a message up; no line per recipient follows."""

MESSAGE_ID = re.compile(r"(?P<resent>resent-)?message-id=(?P<message_id>.*)\Z", re.DOTALL)
"""The Message-ID header, raw: it may lack its angle brackets, contain blanks or be empty."""

PICKUP = re.compile(r"uid=(?P<uid>\d+) from=<(?P<from>[^>]*)>?(?: orig_id=(?P<orig_id>\w+))?")
"""A local submission, or a requeued message (``orig_id``)."""

NOTIFICATION = re.compile(
    r"(?P<to>sender|postmaster) (?P<kind>non-delivery|delay|delivery status|success) notification: (?P<child>\w+)"
)
"""A bounce, delay or success notification was queued as ``child``."""

ACTION = re.compile(
    r"(?P<action>reject|reject_warning|warn|info|filter|hold|discard|redirect|bcc|delay|hangup|permit|prepend"
    r"|milter-reject|milter-hold|milter-discard): (?!header |body |mime-error )(?P<stage>[A-Za-z-]+)(?: command)? from "
    r"(?P<client>(?P<host>[^\[ ]*)\[(?P<ip>[^\]]*)\](?::\d+)?): (?P<reason>.*)\Z",
    re.DOTALL,
)
"""smtpd's and postscreen's policy answer; ``reason`` still carries the context fields."""

CONTEXT = re.compile(
    r"; (?=(?:from|to|proto|helo)=)"
    rf"(?:from={address('from', '(?:,? (?:to|proto|helo)=|$)', longest='512')})?"
    rf"(?:,? ?to={address('to', '(?:,? (?:proto|helo)=|$)', longest='512')})?"
    rf"(?:,? ?proto=(?P<proto>[^\s,]+))?(?:,? ?helo={address('helo', '(?: sasl_|:|$)', longest='512')})?"
    r"(?:,? sasl_method=(?P<sasl_method>\S+))?(?:,? sasl_username=<?(?P<sasl_username>[^>\s]*)>?)?"
    r"(?:,? sasl_sender=(?P<sasl_sender>\S+))?(?=:|$)",
    re.DOTALL,
)
"""What was known of the transaction when an action was logged: the end of the line, or before a check's own text."""

FORWARDED = re.compile(r"forwarded as (?P<child>\w+)")
QUEUED_AS = re.compile(rf"queued as (?P<child>{QUEUE_ID})\b")
"""How a content filter's or another Postfix's reply names the message's next queue ID."""
