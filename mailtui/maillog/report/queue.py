"""Lines of cleanup, qmgr, pickup, bounce and postsuper: what becomes of a queue file."""

from __future__ import annotations

import re

from mailtui.maillog.grammar.postfix_patterns import ACTIVE, DELIVERY, EXPIRED, NOTIFICATION, PICKUP
from mailtui.maillog.report.delivery import DeliveryAgent
from mailtui.maillog.report.nearby import SENDMAIL
from mailtui.maillog.report.policy import CLEANUP_ACTIONS, END_OF_DATA, REFUSED, TAKEN, count_action
from mailtui.maillog.report.scope import SEVERITIES, Scope

_ACTIVE = re.compile(r"from=<([^>]*+)>, size=([0-9]{1,18}+), nrcpt=([0-9]{1,18}+) \(queue active\)\Z")
"""What ACTIVE finds in nearly all lines, in less time."""
_DIGITS = 36
_STAGES = ("header ", "body ", "mime-error ", "END-OF-MESSAGE ")


class QueueManager:
    """qmgr: activation, the end, giving up."""

    def __init__(self, scope: Scope, daemon: str) -> None:
        self._scope, self._daemon = scope, daemon
        self._book, self._form, self._open = scope.book, scope.form, scope.book.open
        self._agent = DeliveryAgent(scope, daemon)
        """qmgr reports on recipients itself where no agent could be reached."""

    def read(self, line: str, text: str) -> None:
        """One line."""
        queue_id, _, event = text.partition(": ")
        if event == "removed":
            message = self._open.pop(queue_id, None)
            if message is not None:
                self._book.close(queue_id, message)
        elif found := _ACTIVE.match(event) or ACTIVE.match(event):
            message = self._open.get(queue_id)
            if message is None:
                message = self._book.get(queue_id)
            sender, size, left = found.groups()
            if len(size) + len(left) > _DIGITS:  # nothing has so many bytes or recipients
                return
            message.left = 1 if left == "1" else int(left)
            message.refused = False
            message.taken = True
            if message.sender is None:
                message.sender = sender
                message.size = int(size)
        elif queue_id in SEVERITIES:
            self._scope.severity(queue_id, self._daemon, event)
        elif EXPIRED.match(event):
            self._book.get(queue_id).give_up(line[self._form.hour])
        elif DELIVERY.match(event):
            self._agent.read(line, text)
        else:
            self._scope.rest(self.read, line, text)


class Cleanup:
    """cleanup: the Message-ID, content checks and milters."""

    def __init__(self, scope: Scope, daemon: str) -> None:
        self._scope, self._daemon = scope, daemon
        self._book, self._form, self._tally = scope.book, scope.form, scope.tally
        self._open = scope.book.open

    def read(self, line: str, text: str) -> None:
        """One line."""
        queue_id, found, message_id = text.partition(": message-id=")
        message = self._open.get(queue_id) if found else None
        if message is not None:
            message.message_id = message_id
        else:
            self._unusual(line, text)

    def _unusual(self, line: str, text: str) -> None:
        """The Message-ID of what came from inside, and all other lines."""
        queue_id, _, event = text.partition(": ")
        if event[:11] == "message-id=":
            self._book.get(queue_id).message_id = event[11:]
        elif queue_id in SEVERITIES:
            self._scope.severity(queue_id, self._daemon, event)
        elif event == "removed (canceled)":
            self._book.get(queue_id).refused = True
        else:
            action, _, rest = event.partition(": ")
            if action in CLEANUP_ACTIONS and rest.startswith(_STAGES):
                self._act(line, queue_id, action, rest)
            else:
                self._scope.rest(self.read, line, text)

    def _act(self, line: str, queue_id: str, action: str, rest: str) -> None:
        count_action(self._tally, line[self._form.hour], action, rest)
        if action in TAKEN:
            self._book.get(queue_id).taken = True
        elif action in REFUSED and rest.partition(" ")[0] in END_OF_DATA:
            self._book.get(queue_id).refused = True


class Pickup:
    """pickup: messages from sendmail(1), and those an operator requeued."""

    def __init__(self, scope: Scope, daemon: str) -> None:
        self._scope, self._daemon = scope, daemon

    def read(self, line: str, text: str) -> None:
        """One line."""
        queue_id, _, event = text.partition(": ")
        if found := PICKUP.match(event):
            message = self._scope.book.arrive(queue_id, line[self._scope.form.second], SENDMAIL)
            message.requeued = found["orig_id"] is not None
        elif queue_id in SEVERITIES:
            self._scope.severity(queue_id, self._daemon, event)
        else:
            self._scope.rest(self.read, line, text)


class Bounce:
    """bounce: notifications sent."""

    def __init__(self, scope: Scope, daemon: str) -> None:
        self._scope, self._daemon = scope, daemon

    def read(self, line: str, text: str) -> None:
        """One line."""
        queue_id, _, event = text.partition(": ")
        if found := NOTIFICATION.match(event):
            self._scope.tally.details["notifications"][found["kind"], found["to"]] += 1
        elif queue_id in SEVERITIES:
            self._scope.severity(queue_id, self._daemon, event)
        else:
            self._scope.rest(self.read, line, text)


class Postsuper:
    """postsuper: what the operator did to queue files."""

    def __init__(self, scope: Scope, daemon: str) -> None:
        self._scope, self._daemon = scope, daemon

    def read(self, line: str, text: str) -> None:
        """One line."""
        queue_id, _, event = text.partition(": ")
        if queue_id in SEVERITIES:
            self._scope.severity(queue_id, self._daemon, event)
        elif event in ("removed", "requeued", "placed on hold", "released from hold", "expired"):
            self._scope.tally.events[f"postsuper {event}"] += 1
            if event in ("removed", "requeued") and (message := self._scope.book.open.pop(queue_id, None)):
                self._scope.book.close(queue_id, message)
