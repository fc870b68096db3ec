"""What was done to a message by policy: reject, hold, discard, filter … by smtpd, milters, postscreen and cleanup.

``ACTION: STAGE from CLIENT: TEXT; from=<> to=<> proto= helo=<>`` (smtpd, milters, postscreen) and
``ACTION: header|body|mime-error CONTENT from ORIGIN; from=<> … helo=<>: TEXT`` (cleanup's checks).
"""

from __future__ import annotations

import re

from mailtui.maillog.grammar.postfix_patterns import ACTION, CONTEXT
from mailtui.maillog.grammar.rules import Fields, Row, Typed, groups

ACTIONS = (
    "reject reject_warning warn info filter hold discard redirect bcc delay hangup permit prepend"
    " milter-reject milter-hold milter-discard"
)
"""smtpd's words, each an event of its own."""

CONTENT_ACTIONS = {
    **{action: action for action in ACTIONS.split(" ")},
    "warning": "warn",
    "replace": "replace",
    "strip": "strip",
}
"""cleanup's words; it spells the action WARN as ``warning``."""

_REPLY = re.compile(r"(?:(?P<code>[2-5]\d\d)(?: |$))?(?:(?P<dsn>[245]\.\d{1,3}\.\d{1,3})(?: |$))?")
_CONTENT = re.compile(
    r"(?P<action>[a-z_-]+): (?P<part>header|body|mime-error|nested|MIME) (?P<content>.*) from "
    r"(?P<client>(?P<host>[^\[ ;]*)\[(?P<ip>[^\]]*)\](?::\d+)?|local|unknown)(?=;|$)",
    re.DOTALL,
)
_PROXY = re.compile(r"(?P<action>proxy-accept|proxy-reject): (?P<stage>[A-Z-]+): (?P<reason>.*)\Z", re.DOTALL)


def read_action(text: str) -> Typed | None:
    """``reject: RCPT from …``."""
    found = ACTION.match(text)
    if found is None:
        return None
    fields = groups(found)
    _split_context(fields)
    _split_reply(fields)
    return fields["action"], fields


def read_proxy(text: str) -> Typed | None:
    """A before-queue filter's answer, passed on; no client is named."""
    found = _PROXY.match(text)
    if found is None:
        return None
    fields = groups(found)
    _split_context(fields)
    _split_reply(fields)
    return fields["action"], fields


def read_content(text: str) -> Typed | None:
    """``reject: header Subject: … from client; … helo=<x>: text`` of header_checks, body_checks and the like."""
    context = None
    for context in CONTEXT.finditer(text):  # noqa: B007 - the last one counts: the content may imitate it
        pass
    found = _CONTENT.match(text, 0, context.start() if context else len(text))
    if found is None:
        return None
    fields = groups(found)
    event = CONTENT_ACTIONS.get(fields["action"].removeprefix("milter-header-"))
    if event is None:
        return None
    if context:
        fields |= groups(context)
        fields["reason"] = text[context.end() :].removeprefix(":").strip()
        _split_reply(fields)
    return event, fields


def _split_context(fields: Fields) -> None:
    """Move what was known of the transaction from the reason's end into fields."""
    context = CONTEXT.search(fields["reason"])
    if context:
        fields |= groups(context)
        fields["reason"] = fields["reason"][: context.start()]


def _split_reply(fields: Fields) -> None:
    """Move the SMTP and the enhanced code from the reason's front into fields."""
    found = _REPLY.match(fields["reason"])
    if found and found.end():
        fields |= groups(found)
        fields["reason"] = fields["reason"][found.end() :]


ACTION_ROWS: tuple[Row, ...] = (
    (ACTIONS, ACTIONS, read_action),
    ("proxy-accept proxy-reject", "proxy-accept proxy-reject", read_proxy),
)
CONTENT_ROWS: tuple[Row, ...] = (
    (
        " ".join([*CONTENT_ACTIONS, *(f"milter-header-{action}" for action in CONTENT_ACTIONS)]),
        " ".join(CONTENT_ACTIONS.values()),
        read_content,
    ),
)
