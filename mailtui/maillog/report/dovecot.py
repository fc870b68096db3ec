"""Lines of Dovecot, through syslog or in its own log file: logins, failures, deliveries, errors.

Texts: 2.2 to 2.4; the later versions' additional ``(reason_code)`` is preferred over the words where it is there.
"""

from __future__ import annotations

import re

from mailtui.maillog.report.reasons import WarningTexts, shorten
from mailtui.maillog.report.scope import unwrap
from mailtui.maillog.report.tally import Tally

_SEVERITIES = frozenset({"Error: ", "Warning", "Fatal: ", "Panic: "})
_WHO = re.compile(r"user=<(?P<user>[^>]*)>(?:, method=(?P<method>[^,]+))?.*?(?:, rip=(?P<rip>[^,]+))?")
_RIP = re.compile(r", rip=([^,]+)")
_CODE = re.compile(r" \(([a-z_]+)\)$")
_PARENTHESES = re.compile(r"\(([^)]*)\)")
_NUMBER = re.compile(r"\d+")
_AUTH = re.compile(
    r"(?:^|: )(unknown user|[Pp]assword mismatch|invalid credentials|user disabled|password expired)", re.I
)
_SIEVE = re.compile(
    r"(stored mail into mailbox|forwarded to|sent vacation response|discarded duplicate vacation response|"
    r"discarded duplicate forward|marked message to be discarded|rejected message)"
)


class Dovecot:
    """Reads what one Dovecot logs."""

    def __init__(self, tally: Tally, warning_texts: WarningTexts) -> None:
        self._counts = tally.details["dovecot"]
        self._warning_texts = warning_texts
        self._services = {
            "imap-login": self._login,
            "pop3-login": self._login,
            "submission-login": self._login,
            "managesieve-login": self._login,
            "lmtp": self._deliver,
            "lda": self._deliver,
            "deliver": self._deliver,
            "imap": self._session,
            "pop3": self._session,
            "auth": self._auth,
            "auth-worker": self._auth,
            "master": self._master,
        }

    def read(self, line: str, text: str) -> None:
        """One line, ``text`` from the service on: the most frequent kind first."""
        before, saved, mailbox = text.partition(": saved mail to ")
        if saved and ">: msgid=" in before:
            self._counts["saved", mailbox] += 1
            return
        prefix, _, event = text.partition(": ")
        service = prefix.partition("(")[0]
        if event[:7] in _SEVERITIES:
            kind, _, told = event.partition(": ")
            self._counts[kind.lower(), service, self._warning_texts.condensed(told)] += 1
        else:
            read = self._services.get(service)
            if read is not None:
                read(service, event)
            elif service.startswith(("message repeated ", "[ID ")):
                unwrap(self.read, line, text)

    def _login(self, service: str, event: str) -> None:
        what, _, who = event.partition(": user=<")
        user = who.partition(">")[0]
        protocol = service.removesuffix("-login")
        if what in ("Login", "Logged in"):
            self._counts["login", protocol, user] += 1
            return
        rip = _RIP.search(who)
        reason = _login_failure(what)
        if reason:
            self._counts["login_failed", protocol, reason, user, rip[1] if rip else ""] += 1
        else:
            self._counts["login_ended", protocol, _NUMBER.sub("N", what)] += 1

    def _deliver(self, service: str, event: str) -> None:
        start = event[:6]
        if start == "msgid=":
            _, _, outcome = event.partition(": ")
            if outcome.startswith("saved mail to "):
                self._counts["saved", outcome[14:]] += 1
            elif outcome.startswith("save failed to "):
                self._counts["save_failed", shorten(outcome[15:])] += 1
        elif start == "sieve:" and (done := _SIEVE.search(event)):
            self._counts["sieve", done[1]] += 1

    def _session(self, service: str, event: str) -> None:
        reason = event.partition(" in=" if service == "imap" else " top=")[0].partition(" (")[0]
        self._counts["disconnected", service, reason.removeprefix("Disconnected: ")] += 1

    def _auth(self, service: str, event: str) -> None:
        if failure := _AUTH.search(event):
            self._counts["auth_failed", failure[1].lower()] += 1

    def _master(self, service: str, event: str) -> None:
        self._counts["master", shorten(event)] += 1


def _login_failure(what: str) -> str:
    """The reason why nobody got in; ``""`` when somebody only went away without trying."""
    if code := _CODE.search(what):
        return "" if code[1] in ("no_auth_attempts", "shutting_down") else code[1]
    if what.startswith("Maximum number of connections"):
        return "connection_limit"
    if "auth failed" in what:
        return "auth_failed"
    told = _PARENTHESES.findall(what)
    if "no auth attempts" in what or not told:
        return ""
    return _NUMBER.sub("N", told[-1])
