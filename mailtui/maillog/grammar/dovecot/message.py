"""One message of Dovecot: who speaks, how bad, then what that service says by its first word."""

from __future__ import annotations

import re
from typing import NamedTuple

from mailtui.maillog.grammar.dovecot import auth, login, mail, master, storage
from mailtui.maillog.grammar.dovecot.prefix import prefix_of
from mailtui.maillog.grammar.rules import Fields, Grammar
from mailtui.maillog.grammar.secrets import masked
from mailtui.maillog.model import UNKNOWN

_LOGIN = Grammar(login.EVENTS)
_MAIL = Grammar(mail.EVENTS)
_AUTH = Grammar(auth.EVENTS)
_MASTER = Grammar(master.EVENTS, mail.EVENTS)
_LOGIN_TROUBLE = Grammar(master.DEATHS, login.TROUBLE, auth.TROUBLE, storage.TROUBLE)
_AUTH_TROUBLE = Grammar(auth.TROUBLE, auth.OWN, storage.TROUBLE, master.DEATHS)
_TROUBLE = Grammar(master.TROUBLE, storage.TROUBLE, auth.TROUBLE, login.TROUBLE)

_LMTP = re.compile(r"lmtp-server: conn \S+ \[\d+\]: (?:(?:rcpt|mail) (?P<user>[^\s:]+): )?")

_EVENTS = {
    **dict.fromkeys(("auth", "auth-worker"), _AUTH),
    **dict.fromkeys(
        ("imap", "pop3", "lmtp", "lda", "deliver", "dovecot-lda", "managesieve", "submission", "imap-urlauth"), _MAIL
    ),
}
_TROUBLES = dict.fromkeys(("auth", "auth-worker"), _AUTH_TROUBLE)


class Reading(NamedTuple):
    """What one message says."""

    service: str
    pid: int | None
    severity: str
    event: str
    fields: Fields
    text: str
    """The message as it may be shown: secrets masked."""


def read_message(message: str) -> Reading:
    """Type one message, given without its header (and without ``dovecot:``)."""
    text = masked(message)
    prefix = prefix_of(text)
    if prefix is None:
        return Reading("", None, "info", UNKNOWN, {}, text)
    service, pid, severity, fields, end = prefix
    body = text[end:]
    if severity == "debug":
        return Reading(service, pid, severity, "debug", fields, text)
    if severity == "info":
        grammar = _LOGIN if service.endswith("-login") else _EVENTS.get(service, _MASTER)
        typed = grammar.read(body)
    else:
        if body.startswith("lmtp-server: conn "):
            body = _behind_connection(body, fields)
        grammar = _LOGIN_TROUBLE if service.endswith("-login") else _TROUBLES.get(service, _TROUBLE)
        typed = grammar.read(body) or (severity, {"reason": body})
    if typed is None:
        return Reading(service, pid, severity, UNKNOWN, fields, text)
    event, own = typed
    if event == "file-error" and severity == "panic":
        event = "panic"
    return Reading(service, pid, severity, event, fields | own if fields else own, text)


def _behind_connection(body: str, fields: Fields) -> str:
    """What the LMTP server says of a recipient, behind the name of its connection."""
    found = _LMTP.match(body)
    if found is None:
        return body
    if found["user"]:
        fields.setdefault("user", found["user"])
    return body[found.end() :]
