"""One message of a Postfix daemon: severity, then queue ID, then what the daemon says by its first word."""

from __future__ import annotations

from typing import NamedTuple

from mailtui.maillog.grammar.postfix import delivery, master, postscreen, queue, smtpd, tables, tls
from mailtui.maillog.grammar.postfix.policy import ACTION_ROWS, CONTENT_ROWS
from mailtui.maillog.grammar.postfix.verbose import is_trace
from mailtui.maillog.grammar.postfix_patterns import QUEUE_ID_PREFIX
from mailtui.maillog.grammar.rules import Fields, Grammar
from mailtui.maillog.model import UNKNOWN

SEVERITIES = frozenset({"warning", "error", "fatal", "panic"})
Reading = tuple[str, str, str, Fields]
"""Severity, queue ID (``""`` for none), event name, fields."""


class Daemon(NamedTuple):
    """What one daemon may log."""

    events: Grammar
    trouble: Grammar


_COMMON = (tls.EVENTS, tables.EVENTS)
_ALL_TROUBLE = Grammar(
    smtpd.WARNINGS, queue.CLEANUP_WARNINGS, queue.QMGR_WARNINGS, delivery.WARNINGS, queue.PICKUP_WARNINGS,
    tls.WARNINGS, tables.TROUBLE,
)  # fmt: skip
_SMTPD = Daemon(Grammar(smtpd.EVENTS, *_COMMON), _ALL_TROUBLE)
_DELIVERY = Daemon(
    Grammar(delivery.STATUS, queue.BOUNCE_EVENTS, delivery.EVENTS, *_COMMON),
    Grammar(delivery.WARNINGS, tls.WARNINGS, tables.TROUBLE, smtpd.WARNINGS),
)
_BOUNCE = Daemon(
    Grammar(queue.BOUNCE_EVENTS, delivery.STATUS, tables.EVENTS), Grammar(queue.BOUNCE_WARNINGS, tables.TROUBLE)
)
_SCREEN = Daemon(
    Grammar(postscreen.EVENTS, master.STATISTICS, *_COMMON),
    Grammar(postscreen.WARNINGS, smtpd.WARNINGS, tls.WARNINGS, tables.TROUBLE),
)
_CLEANUP = Daemon(
    Grammar(queue.CLEANUP_EVENTS, CONTENT_ROWS, ACTION_ROWS, delivery.STATUS, tables.EVENTS),
    Grammar(queue.CLEANUP_WARNINGS, tables.TROUBLE),
)
_QMGR = Daemon(Grammar(queue.QMGR_EVENTS, delivery.STATUS, tables.EVENTS), Grammar(queue.QMGR_WARNINGS, tables.TROUBLE))
_PICKUP = Daemon(Grammar(queue.PICKUP_EVENTS, tables.EVENTS), Grammar(queue.PICKUP_WARNINGS, tables.TROUBLE))
_MASTER = Daemon(Grammar(master.MASTER, *_COMMON), Grammar(master.MASTER_WARNINGS, tables.TROUBLE))
_SCRIPT = Daemon(
    Grammar(master.SCRIPT, master.MASTER, tables.EVENTS),
    Grammar(master.SCRIPT_WARNINGS, master.MASTER_WARNINGS, tables.TROUBLE),
)
_POSTSUPER = Daemon(Grammar(queue.POSTSUPER_EVENTS, tables.EVENTS), Grammar(tables.TROUBLE))
_OTHER = Daemon(
    Grammar(delivery.STATUS, master.STATISTICS, queue.BOUNCE_EVENTS, smtpd.EVENTS, delivery.EVENTS, *_COMMON),
    _ALL_TROUBLE,
)

DAEMONS = {
    **dict.fromkeys(("smtpd", "qmqpd"), _SMTPD),
    **dict.fromkeys(("smtp", "lmtp", "local", "virtual", "pipe", "error", "retry", "relay", "discard"), _DELIVERY),
    **dict.fromkeys(("bounce", "defer", "trace"), _BOUNCE),
    **dict.fromkeys(("postscreen", "dnsblog", "tlsproxy"), _SCREEN),
    **dict.fromkeys(("qmgr", "nqmgr", "oqmgr"), _QMGR),
    **dict.fromkeys(("postfix-script", "postfix", "postfix-tls-script", "postfix-wrapper", "postmulti"), _SCRIPT),
    "cleanup": _CLEANUP,
    "pickup": _PICKUP,
    "master": _MASTER,
    "postsuper": _POSTSUPER,
}


def daemon_named(name: str) -> Daemon:
    """The grammar of a daemon; tools and helpers share one."""
    return DAEMONS.get(name) or DAEMONS.get(name.partition(".")[0], _OTHER)


def read_message(daemon: Daemon, text: str) -> Reading:
    """Type the message of one line."""
    queue_id = ""
    body = text
    word = text.partition(": ")[0]
    if word in SEVERITIES:
        return _read_trouble(daemon, word, text[len(word) + 2 :])
    found = QUEUE_ID_PREFIX.match(text)
    if found:
        queue_id = found[1]
        body = text[found.end() :]
    typed = daemon.events.read(body)
    if typed is not None:
        return "info", queue_id, *typed
    if is_trace(body):
        return "debug", queue_id, "debug", {}
    return "info", queue_id, UNKNOWN, {}


def _read_trouble(daemon: Daemon, severity: str, text: str) -> Reading:
    """A warning or worse; what no row knows is still known to be one."""
    found = QUEUE_ID_PREFIX.match(text)
    queue_id, body = (found[1], text[found.end() :]) if found else ("", text)
    event, fields = daemon.trouble.read(body) or (severity, {"reason": body})
    return severity, queue_id, event, fields
