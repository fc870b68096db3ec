"""Lines of the delivery agents: one status line for a recipient and attempt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from mailtui.maillog.grammar.postfix_patterns import DELIVERY, QUEUED_AS
from mailtui.maillog.report.messages import Message
from mailtui.maillog.report.nearby import is_near_relay
from mailtui.maillog.report.reasons import remote_reason
from mailtui.maillog.report.scope import SEVERITIES, Scope
from mailtui.maillog.report.sums import Usage

_SENT = re.compile(
    r'([^:]*+): to=<(?!")([^>]*+)>, (?:orig_to=<(?!")[^>]*+>, )?+relay=([^,]*+), (?:conn_use=[^,]*+, )?+'
    r"delay=([0-9.]{1,17}+), delays=([^,]*+), (?:tls=([^,]*+), )?+dsn=[^,]*+, status=sent \("
)
"""Nearly all lines of a delivery agent have this form. DELIVERY finds the same in them, but takes twice as long:
one character to stop at is the fastest that a pattern can look for."""
_DIGITS = 18
_TLS = len("Anonymous TLS connection ")
_CONNECT = re.compile(r"connect to (\S+?)(?:\[[^\]]*\])?(?::\d+)?: (.+?)(?: \(port \d+\))?$")


class DeliveryAgent:
    """smtp, lmtp, local, virtual, pipe, error, discard; ``service`` is what the log calls it."""

    def __init__(self, scope: Scope, service: str) -> None:
        self._scope, self._service = scope, service
        self._form, self._book, self._tally = scope.form, scope.book, scope.tally
        self._open = scope.book.open
        self._recipients = scope.tally.recipients
        self._delivered = scope.tally.outcomes["delivered"]
        self._delays: list[str] = scope.tally.delays
        self._tls = scope.tally.details["tls"]
        self._daemon = service.rpartition("/")[2]
        self._may_pass_on = self._daemon in ("local", "pipe")
        self._near_relays = scope.near_relays

    def read(self, line: str, text: str) -> None:
        """One line."""
        sent = _SENT.match(text)
        if sent is not None:
            self._deliver(line, sent.groups(), text, sent.end())
        else:
            self._unusual(line, text)

    def _deliver(self, line: str, found: Sequence[str], text: str, reply: int) -> None:
        """A recipient was delivered; in ``text`` the reply begins at ``reply``."""
        queue_id, to, relay, delay, delays, tls = found
        message = self._open.get(queue_id)
        if message is None:
            message = self._book.get(queue_id)
        message.left -= 1
        if delays:
            self._delays.append(delays)
        if tls:
            self._tally.details["relay_tls"][_host(relay), tls] += 1
        near = self._near_relays.get(relay)
        if near is None:
            near = self._near_relays[relay] = is_near_relay(relay)
        hour = line[self._form.hour]
        seconds = _seconds(delay)
        if (near or self._may_pass_on) and self._passed_on(message, hour, to, seconds, text[reply:], near=near):
            return
        self._delivered[hour] += 1
        usage = self._recipients.get(to)
        if usage is None:
            usage = self._recipients[to] = Usage()
        usage.delivered += 1
        usage.delay += seconds
        if seconds > usage.delay_max:
            usage.delay_max = seconds
        if message.size:
            usage.size += message.size
        else:
            message.lacks_size(to)

    def _unusual(self, line: str, text: str) -> None:
        """What ``_SENT`` does not find: failures, deliveries in other words, sessions."""
        queue_id, _, event = text.partition(": ")
        if text.find(" TLS connection ", 0, _TLS) > 0:
            self._tls["smtp", text[:9], event[:7]] += 1
            return
        status = DELIVERY.match(event)
        if status is None:
            self._other(line, text, queue_id, event)
            return
        to, _, relay, _, delay, delays, tls, _, outcome, reply = status.groups("")
        if len(delay) >= _DIGITS:
            delay = "0"
        if outcome == "sent":
            self._deliver(line, (queue_id, to, relay, delay, delays, tls), reply, 0)
            return
        if tls:
            self._tally.details["relay_tls"][_host(relay), tls] += 1
        self._failed(line[self._form.hour], self._book.get(queue_id), to, relay, delay, outcome, reply)

    def _passed_on(self, message: Message, hour: str, to: str, delay: float, reply: str, *, near: bool) -> bool:
        """Is this a forward, or perhaps a hand-off to a filter, rather than a final delivery?"""
        if reply.startswith("forwarded as "):
            self._tally.outcomes["forwarded"][hour] += 1
            return True
        if (near and not reply.endswith((" Saved", " Saved)"))) or self._daemon == "pipe":
            queued = QUEUED_AS.search(reply)
            message.hand_off(to, hour, delay, queued["child"] if queued else "")
            return True
        return False

    def _failed(self, hour: str, message: Message, to: str, relay: str, delay: str, outcome: str, reply: str) -> None:
        reason = remote_reason(reply)
        if outcome in ("deferred", "SOFTBOUNCE"):
            message.defer(_host(relay), reason)
            usage = self._recipients.setdefault(to, Usage())
            usage.deferrals += 1
            usage.delay_max = max(usage.delay_max, _seconds(delay))
            self._tally.outcomes["deferrals"][hour] += 1
            self._tally.details["deferral_reasons"][self._service, _host(relay), reason] += 1
        elif outcome == "bounced":
            message.left -= 1
            self._tally.outcomes["bounced"][hour] += 1
            self._tally.details["bounce_reasons"][_host(relay), reason] += 1
        else:
            self._tally.events[f"probe {outcome}"] += 1

    def _other(self, line: str, text: str, queue_id: str, event: str) -> None:
        if queue_id in SEVERITIES:
            self._scope.severity(queue_id, self._service, event)
        elif failure := _CONNECT.match(text):
            self._tally.details["connect_failures"][failure[2], failure[1]] += 1
        else:
            self._scope.rest(self.read, line, text)


@lru_cache(1000)
def _seconds(delay: str) -> float:
    """A delay as logged, which the patterns also find in ``1.2.3``. Two digits are logged: the same ones recur."""
    try:
        return float(delay)
    except ValueError:
        return 0.0


def _host(relay: str) -> str:
    """``mx.example.com[192.0.2.1]:25`` → ``mx.example.com``; sockets keep their path."""
    name, bracket, rest = relay.partition("[")
    return f"{name}[{rest}" if rest.startswith(("/", "private/", "public/")) else name if bracket else relay
