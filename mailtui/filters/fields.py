"""What is known about field names: their kind, their other names, the words they hold.

Names are the log's own (``from``, ``to``, ``orig_to``) and ``postqueue -j``'s (``sender``, ``arrival_time``).
A name that stands nowhere here is still a field: of text.
"""

from __future__ import annotations

TEXT, ADDRESS, NETWORK, DSN, SIZE, DURATION, TIME, NUMBER, SEVERITY = (
    "text", "address", "network", "dsn", "size", "duration", "time", "number", "severity",
)  # fmt: skip

_NAMES = {
    TEXT: "cause daemon event helo host instance mailbox message-id method outcome program proto "
    "queue_id queue_name reason relay sasl_method service session source status stage text tls transport who",
    ADDRESS: "from orig_to recipient sasl_username sender to user",
    NETWORK: "client ip lip rip",
    DSN: "dsn",
    SIZE: "message_size size",
    DURATION: "age delay expires_in retry_in",
    TIME: "arrival_time arrived ended expires first last last_attempt next_attempt time",
    NUMBER: "attempts code conn_use count messages nrcpt offset pid",
    SEVERITY: "severity",
}
KINDS = {name: kind for kind, names in _NAMES.items() for name in names.split()}

_SYNONYMS = {
    "from": ("from", "sender"),
    "sender": ("sender", "from"),
    "to": ("to", "recipient"),
    "recipient": ("recipient", "to", "orig_to"),
    "queue_id": ("queue_id", "queue_ids"),
    "message_id": ("message-id", "message_id", "message_ids", "msgid"),
    "size": ("size", "message_size"),
    "message_size": ("message_size", "size"),
    "arrival_time": ("arrival_time", "arrived"),
    "arrived": ("arrived", "arrival_time"),
    "ip": ("ip", "client", "rip"),
    "user": ("user", "sasl_username"),
}
_OTHER_NAMES = {
    "id": "queue_id",
    "qid": "queue_id",
    "queue_ids": "queue_id",
    "message-id": "message_id",
    "message_ids": "message_id",
    "msgid": "message_id",
    "rcpt": "recipient",
    "recipients": "recipient",
    "login": "user",
    "prog": "program",
    "level": "severity",
}

WORDS = {
    "status": ("sent", "deferred", "bounced", "expired"),
    "severity": ("debug", "info", "warning", "error", "fatal", "panic"),
    "outcome": (
        "delivered", "deferred", "bounced", "expired", "rejected", "held", "discarded", "queued", "mixed",
    ),
    "queue_name": ("incoming", "active", "deferred", "hold", "maildrop"),
    "forced_expire": ("no", "yes"),
    "bounce": ("no", "yes"),
    "who": ("us", "remote", "recipient", "sender", "wait"),
}  # fmt: skip

_VERBATIM_NAMES = (
    "client dsn from helo key message-id message_id orig_to queue_id reason recipient relay rip lip "
    "sasl_username sender session status to value"
)
VERBATIM = frozenset(_VERBATIM_NAMES.split())
"""Fields whose values stand as they are in the line of a log or a table: a search may test the bytes first."""

DOMAIN_SUFFIX = "_domain"


def sources(name: str) -> tuple[str, ...]:
    """The names under which a record may hold field ``name``, in the order to ask for them."""
    canonical = _OTHER_NAMES.get(name, name)
    names = _SYNONYMS.get(canonical, (canonical,))
    return names if name in names else (name, *names)


def kind(name: str) -> str:
    """The kind of data in field ``name``."""
    return KINDS.get(name) or KINDS.get(_OTHER_NAMES.get(name, ""), TEXT)
