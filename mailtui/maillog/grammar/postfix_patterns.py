"""The texts that make up nearly all of a Postfix log, as patterns shared by both lanes of the log engine.

Wording from Postfix's source: global/log_adhoc.c (delivery status), smtpd/smtpd.c (client=, reject), qmgr/qmgr_active.c,
cleanup/cleanup_message.c (message-id=), bounce/bounce_notify_util.c. A line may be cut at 2000 bytes, so what ends a text
(a closing parenthesis, the last ``>``) is optional.
"""

from __future__ import annotations

import re

QUEUE_ID = r"[0-9A-F]{6,}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,}z[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]+"
"""Short (hexadecimal microseconds and inode) or long (base 52 time, ``z``, base 51 inode) queue ID."""

QUEUE_ID_PREFIX = re.compile(rf"(?P<queue_id>{QUEUE_ID}|NOQUEUE): ")
"""A queue ID where it may stand: at the start of the message, before ``: ``."""

DELIVERY = re.compile(
    r"to=<(?P<to>.*?)>, (?:orig_to=<(?P<orig_to>.*?)>, )?relay=(?P<relay>[^,]*), "
    r"(?:conn_use=(?P<conn_use>\d+), )?delay=(?P<delay>[\d.]+), "
    r"(?:delays=(?P<delays>[\d./]+), )?(?:tls=(?P<tls>[^,]*), )?"
    r"(?:dsn=(?P<dsn>\d\.\d+\.\d+), )?status=(?P<status>[\w-]+)(?: \((?P<reason>.*?)\)?)?$",
    re.DOTALL,
)
"""One recipient's delivery status, written by every delivery agent and by bounce, error and qmgr."""

CLIENT = re.compile(
    r"client=(?P<client>(?P<host>[^\[,]*)\[(?P<ip>[^\]]*)\](?::\d+)?)"
    r"(?:, sasl_method=(?P<sasl_method>[^,]*))?(?:, sasl_username=(?P<sasl_username>.*?))?"
    r"(?:, sasl_sender=(?P<sasl_sender>.*?))?(?:, orig_queue_id=(?P<orig_queue_id>\w+))?"
    r"(?:, orig_client=(?P<orig_client>.*))?$"
)
"""A message begins to arrive in an SMTP session."""

ACTIVE = re.compile(r"from=<(?P<from>.*)>, size=(?P<size>\d+), nrcpt=(?P<nrcpt>\d+) \(queue active\)")
"""The queue manager takes a message up, first or again; ``nrcpt`` is what is left."""

EXPIRED = re.compile(r"from=<(?P<from>.*)>, status=(?P<status>expired|force-expired), returned to sender")
"""The queue manager gives a message up; no line per recipient follows."""

MESSAGE_ID = re.compile(r"(?P<resent>resent-)?message-id=(?P<message_id>.*)$", re.DOTALL)
"""The Message-ID header, raw: it may lack its angle brackets, contain blanks or be empty."""

PICKUP = re.compile(r"uid=(?P<uid>\d+) from=<(?P<from>.*?)>(?: orig_id=(?P<orig_id>\w+))?$")
"""A local submission, or a requeued message (``orig_id``)."""

NOTIFICATION = re.compile(
    r"(?P<to>sender|postmaster) (?P<kind>non-delivery|delay|delivery status|success) notification: (?P<child>\w+)"
)
"""A bounce, delay or success notification was queued as ``child``."""

ACTION = re.compile(
    r"(?P<action>reject|reject_warning|warn|info|filter|hold|discard|redirect|bcc|delay|hangup|permit"
    r"|milter-reject|milter-hold|milter-discard): "
    r"(?P<stage>[A-Za-z-]+) from (?P<client>(?P<host>[^\[ ]*)\[(?P<ip>[^\]]*)\](?::\d+)?): (?P<reason>.*)$",
    re.DOTALL,
)
"""smtpd's and postscreen's policy answer; ``reason`` still carries the context fields."""

CONTEXT = re.compile(
    r"; (?:from=<(?P<from>.*?)>)?,? ?(?:to=<(?P<to>.*?)>)?,? ?(?:proto=(?P<proto>\S+?))?,? ?(?:helo=<(?P<helo>.*?)>)?"
    r"(?: sasl_method=(?P<sasl_method>\S+))?(?: sasl_username=<?(?P<sasl_username>[^>\s]*)>?)?"
    r"(?: sasl_sender=(?P<sasl_sender>\S+))?$",
    re.DOTALL,
)
"""What was known of the transaction when an action was logged; its end of the line."""

FORWARDED = re.compile(r"forwarded as (?P<child>\w+)")
QUEUED_AS = re.compile(rf"queued as (?P<child>{QUEUE_ID})\b")
"""How a content filter's or another Postfix's reply names the message's next queue ID."""
