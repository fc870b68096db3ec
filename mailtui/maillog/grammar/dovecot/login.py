"""imap-login, pop3-login, submission-login, managesieve-login: who comes in, and who does not.

Texts from login-common/client-common.c and client-common-auth.c of 2.2 to 2.4; 2.4 adds a machine-readable reason.
"""

from __future__ import annotations

import re

from mailtui.maillog.grammar.rules import Fields, Row, Typed

_CODE = re.compile(r" \((?P<code>[a-z][a-z_]+)\)\Z")
_ATTEMPTS = re.compile(r"\b(?P<attempts>\d+) attempts?\b")
_WHO = re.compile(r": (?=user=|rip=|method=)")
_ELEMENT = re.compile(r"(?<![a-z_])(?P<name>[a-z_]+)=(?:<(?P<bracketed>[^>]*)>?|(?P<plain>[^,\s]*))")

_BRUSH_OFFS = frozenset({
    "no_auth_attempts", "shutting_down", "tls_handshake_not_finished", "auth_aborted_by_client", "auth_waiting_client",
    "auth_process_not_ready",
})  # fmt: skip
"""Codes of those who went away by themselves or were sent away through no fault of theirs."""

_FAILURES = (
    ("auth failed", "auth_failed"), ("Maximum number of connections", "connection_limit"),
    ("disallowed plaintext auth", "cleartext_auth_disabled"), ("disallowed cleartext auth", "cleartext_auth_disabled"),
    ("unsupported auth mechanism", "invalid_mech"), ("invalid cert", "client_ssl_cert_missing"),
    ("cert required", "client_ssl_cert_missing"), ("temporary failure", "temp_fail"),
    ("user disabled", "user_disabled"), ("password expired", "password_expired"),
    ("internal failure", "internal_failure"),
    ("proxy dest auth failed", "proxy_dest_auth_failed"), ("Too many invalid commands", "invalid_commands"),
    ("before auth was ready", "auth_process_not_ready"), ("authorization failed", "authorization_failed"),
    ("ntloop", "proxy_dest_loop"), ("Authentication", "auth_failed"),
)  # fmt: skip
"""Words of 2.2 and 2.3 and the code 2.4 gives the same thing."""


def elements(text: str) -> Fields:
    """``user=<u>, method=PLAIN, rip=IP, lip=IP, mpid=N, TLS, session=<S>`` in any order and selection."""
    fields: Fields = {}
    for found in _ELEMENT.finditer(text):
        name, bracketed, plain = found.groups()
        fields.setdefault(name, plain if bracketed is None else bracketed)
    if ", TLS" in text:
        handshake = text.partition(", TLS")[2].partition(", session=")[0]
        fields["tls"] = "TLS" + handshake
    elif ", secured" in text:
        fields["tls"] = "secured"
    return fields


def read_login(text: str) -> Typed | None:
    """``Login: user=<…`` (2.2, 2.3), ``Logged in: user=<…`` (2.4)."""
    what, _, who = text.partition(": ")
    return ("login", elements(who)) if what in ("Login", "Logged in") else None


def read_end(text: str) -> Typed | None:
    """A connection that ended before anybody was let in."""
    split = _WHO.search(text)
    what = text[: split.start()] if split else text
    fields = elements(text[split.end() :]) if split else {}
    if "alert" in what and _UNLIKED.search(what):
        return "tls-failure", fields | {"reason": what}
    if code := _CODE.search(what):
        fields["code"] = code["code"]
        what = what[: code.start()]
    else:
        fields["code"] = next((code for words, code in _FAILURES if words in what), "")
    if attempts := _ATTEMPTS.search(what):
        fields["attempts"] = attempts["attempts"]
    fields["reason"] = what
    if not fields["code"]:
        del fields["code"]
        return "disconnect", fields
    return ("disconnect" if fields["code"] in _BRUSH_OFFS else "login-failed"), fields


_UNLIKED = re.compile(
    r"alert (?:bad certificate|certificate (?:expired|unknown|revoked)|unknown ca)|SSL alert number 4[2-8]"
)
"""What a client says that does not accept our certificate."""
_ENDED = "Disconnected Aborted Login Maximum Inactivity Connection Internal Too Authentication Remote Client"

EVENTS: tuple[Row, ...] = (
    ("Login Logged", "login", read_login),
    (_ENDED, "login-failed disconnect tls-failure", read_end),
    ("proxy proxy(", "proxy", r"proxy(?:\((?P<user>[^)]*)\))?[:,]? (?P<reason>.*)"),
    ("*", "proxy", r"proxy\((?P<user>[^)]*)\): (?P<reason>.*)"),
    ("Proxying", "proxy", r"(?P<reason>.*)"),
    ("SSL", "tls-failure", r"SSL(?: failed)?: (?P<reason>.*)"),
    ("TLS", "tls-failure", r"TLS (?P<reason>.*)"),
    ("ID", "client-id", r"ID sent: (?P<id>.*)"),
    ("Tried", "login-info", r"(?P<reason>.*)"),
)

TROUBLE: tuple[Row, ...] = (
    ("Maximum Disconnected", "login-failed disconnect tls-failure", read_end),
    ("SSL ssl", "tls-failure", r"SSL:? (?P<reason>.*)"),
    ("Auth", "auth-unavailable", r"Auth (?P<reason>process .*)"),
    ("Authentication", "auth-unavailable", r"Authentication (?P<reason>.*)"),
    ("auth-client auth auth-server", "auth-unavailable", r"auth(?:-\w+)?: (?P<reason>.*)"),
    ("BUG", "bug", r"BUG: (?P<reason>.*)"),
    ("master(imap) master(pop3) master", "session-refused", r"master(?:\(\w+\))?: (?P<reason>.*)"),
    ("Can't", "certificate-unreadable",
     r"(?P<reason>Can't (?:load|open|read) (?:SSL|ssl|the) ?.*|Can't load private key.*)"),
    ("Invalid Couldn't Failed", "certificate-unreadable",
     r"(?P<reason>.*(?:certificate|SSL|ssl_|DH param).*)"),
    ("proxy", "proxy-failure", r"proxy(?:\((?P<user>[^)]*)\))?: (?P<reason>.*)"),
    ("*", "proxy-failure", r"proxy\((?P<user>[^)]*)\): (?P<reason>.*)"),
)  # fmt: skip
