"""Lines of Postfix's other daemons: postscreen, anvil, master, and everything else by severity only."""

from __future__ import annotations

import re

from mailtui.maillog.report.policy import ACTIONS, count_action
from mailtui.maillog.report.reasons import shorten
from mailtui.maillog.report.scope import SEVERITIES, Scope

_POSTSCREEN = re.compile(
    r"(?P<what>CONNECT from|PASS NEW|PASS OLD|PREGREET|DNSBL rank|HANGUP|DISCONNECT|"
    r"(?:ALLOW|DENY|WHITE|BLACK)LIST(?:ED| VETO)|COMMAND [A-Z ]+?LIMIT|COMMAND PIPELINING|BARE NEWLINE|"
    r"NON-SMTP COMMAND|DATA without valid RCPT|entering STRESS mode|leaving STRESS mode)"
    r"(?:.*?\[(?P<address>[^\]]+)\]:\d+)?"
)
_ANVIL = re.compile(r"statistics: max (?P<what>[a-z ]+?) (?P<rate>\d{1,18})(?:/\d+s)?(?: for \((?P<client>[^)]*)\))?")


class Postscreen:
    """postscreen: who was tested, and how they failed."""

    def __init__(self, scope: Scope, daemon: str) -> None:
        self._scope, self._daemon, self._tally = scope, daemon, scope.tally

    def read(self, line: str, text: str) -> None:
        """One line."""
        word, _, event = text.partition(": ")
        action, _, rest = event.partition(": ")
        if action in ACTIONS:
            count_action(self._tally, line[self._scope.form.hour], action, rest)
        elif word in SEVERITIES:
            self._scope.severity(word, self._daemon, event)
        elif found := _POSTSCREEN.match(text):
            self._tally.postscreen[found["what"]] += 1
            if found["what"] == "CONNECT from" and found["address"]:
                self._tally.postscreen_clients.add(found["address"])
        else:
            self._scope.rest(self.read, line, text)


class Master:
    """master and postfix-script: starts, stops, reloads and dead children."""

    def __init__(self, scope: Scope, daemon: str) -> None:
        self._scope, self._daemon = scope, daemon

    def read(self, line: str, text: str) -> None:
        """One line."""
        word, _, event = text.partition(": ")
        if word in SEVERITIES:
            self._scope.severity(word, self._daemon, event)
        else:
            self._scope.tally.details["master"][(shorten(text),)] += 1


class Anvil:
    """anvil: the highest rates it saw."""

    def __init__(self, scope: Scope, daemon: str) -> None:
        self._scope, self._daemon = scope, daemon

    def read(self, line: str, text: str) -> None:
        """One line."""
        word, _, event = text.partition(": ")
        if word in SEVERITIES:
            self._scope.severity(word, self._daemon, event)
        elif found := _ANVIL.match(text):
            key = found["what"], found["client"] or ""
            highest = self._scope.tally.peaks
            highest[key] = max(highest.get(key, 0), int(found["rate"]))
        else:
            self._scope.rest(self.read, line, text)


class OtherDaemon:
    """Any other daemon of Postfix: only its warnings and worse are counted."""

    def __init__(self, scope: Scope, daemon: str) -> None:
        self._scope, self._daemon = scope, daemon

    def read(self, line: str, text: str) -> None:
        """One line."""
        word, _, event = text.partition(": ")
        if word in SEVERITIES:
            self._scope.severity(word, self._daemon, event)
        else:
            self._scope.rest(self.read, line, text)
