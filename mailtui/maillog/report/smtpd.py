"""Lines of smtpd: sessions, arrivals, refusals. One object follows one process, which serves one client at a time."""

from __future__ import annotations

import re

from mailtui.maillog.report.messages import Message
from mailtui.maillog.report.policy import ACTIONS, END_OF_DATA, REFUSED, TAKEN, count_action
from mailtui.maillog.report.scope import SEVERITIES, Scope
from mailtui.maillog.report.stamps import seconds_between
from mailtui.maillog.report.sums import Connections

_SASL_FAILURE = re.compile(r"(?:\S*\[(?P<address>[^\]]*)\]: )?SASL (?P<method>\S+) authentication (?:failed|aborted)")
_DISCONNECTED = slice(len("disconnect from "), None)
_WORD = slice(len("connect "))
_LOST = re.compile(r"(lost connection|timeout|too many errors) after (\S+)")


class SmtpdProcess:
    """Reads the lines of one smtpd process."""

    def __init__(self, scope: Scope, service: str) -> None:
        self._scope, self._service = scope, service
        self._form, self._book, self._tally = scope.form, scope.book, scope.tally
        self._clients, self._hours = scope.tally.clients, scope.tally.smtpd_hours
        self._sasl_users = scope.tally.sasl_users
        self._tls = scope.tally.details["tls"]
        self._connected = ""
        self.ended_first: tuple[str, str] | None = None
        """Client and stamp of a session of which only the end was seen."""
        self._next_is_taken = False
        """HOLD or DISCARD was said before the queue file was opened: it will never be active."""

    @property
    def connected(self) -> str:
        """Stamp of the beginning of the session that is open, or ``""``."""
        return self._connected

    def read(self, line: str, text: str) -> None:
        """One line: the most frequent kinds first."""
        word = text[_WORD]
        if word == "connect ":
            self._connected = line[self._form.second]
            self._next_is_taken = False
        elif word == "disconne":
            self._disconnect(line, text)
        else:
            queue_id, found, client = text.partition(": client=")
            if found and queue_id.isalnum():
                if queue_id != "NOQUEUE":
                    self._arrive(queue_id, line, client)
            else:
                self._unusual(line, text)

    def _unusual(self, line: str, text: str) -> None:
        queue_id, _, event = text.partition(": ")
        if queue_id in SEVERITIES:
            self._severity(queue_id, event)
        elif " TLS connection " in queue_id:
            self._tls["smtpd", queue_id[:9], event[:7]] += 1
        else:
            self._other(line, queue_id, event)

    def _disconnect(self, line: str, text: str) -> None:
        client = text[_DISCONNECTED].partition(" ")[0]
        now = line[self._form.second]
        start, self._connected = self._connected, ""
        seconds = seconds_between(start, now) if start else self._begun_before(client, now)
        sessions = self._clients.get(client)
        if sessions is None:
            sessions = self._clients[client] = Connections()
        of_hour = line[self._form.hour]
        hour = self._hours.get(of_hour)
        if hour is None:
            hour = self._hours[of_hour] = Connections()
        sessions.count += 1
        hour.count += 1
        if seconds:
            sessions.seconds += seconds
            hour.seconds += seconds
            if seconds > sessions.longest:
                sessions.longest = seconds
            if seconds > hour.longest:
                hour.longest = seconds

    def _begun_before(self, client: str, now: str) -> int:
        """The first session of a process may have begun in the part before."""
        self.ended_first = self.ended_first or (client, now)
        return 0

    def _arrive(self, queue_id: str, line: str, client: str) -> None:
        details = ""
        if ", " in client:
            client, _, details = client.partition(", ")
        message = self._book.arrive(queue_id, line[self._form.second], client)
        if details:
            self._identify(message, details)
        if self._next_is_taken:
            message.taken = True
            self._next_is_taken = False

    def _identify(self, message: Message, details: str) -> None:
        _, _, user = details.partition("sasl_username=")
        if user:
            message.authenticated = message.simple = True
            self._sasl_users[user.partition(", ")[0]] += 1
        _, _, origin = details.partition("orig_queue_id=")
        if origin:
            message.origin = origin.partition(", ")[0]
            message.simple = False

    def _severity(self, kind: str, text: str) -> None:
        self._scope.severity(kind, self._service, text)
        if " SASL " in text and (failure := _SASL_FAILURE.search(text)):
            self._tally.details["sasl_failures"][failure["method"], failure["address"] or ""] += 1

    def _other(self, line: str, queue_id: str, event: str) -> None:
        action, _, rest = event.partition(": ")
        if action in ACTIONS:
            self._act(line, queue_id, action, rest)
        elif lost := _LOST.match(event or queue_id):
            self._tally.details["lost_connections"][lost[1], lost[2]] += 1
        else:
            self._scope.rest(self.read, line, f"{queue_id}: {event}" if event else queue_id)

    def _act(self, line: str, queue_id: str, action: str, rest: str) -> None:
        count_action(self._tally, line[self._form.hour], action, rest)
        if queue_id == "NOQUEUE":
            self._next_is_taken = self._next_is_taken or action in TAKEN
        elif action in TAKEN:
            self._book.get(queue_id).taken = True
        elif rest.partition(" ")[0] in END_OF_DATA and action in REFUSED:
            self._book.get(queue_id).refused = True
