"""``Restrictions``: what one Postfix lets in, asked without sending anything."""

from __future__ import annotations

import time
from collections.abc import Iterable

from mailtui.findings import Finding
from mailtui.host.tools import Tools
from mailtui.maillog.model import Event
from mailtui.services.logs.discovery import LogSources
from mailtui.services.logs.reading import events_since
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.patience import Patience
from mailtui.services.postfix.restrictions.finding.check import findings
from mailtui.services.postfix.restrictions.judging.machine import Machine
from mailtui.services.postfix.restrictions.judging.model import Verdict
from mailtui.services.postfix.restrictions.judging.session import Session, usual_helo
from mailtui.services.postfix.restrictions.judging.simulate import Simulator
from mailtui.services.postfix.restrictions.judging.zone import Zone
from mailtui.services.postfix.restrictions.model import Order
from mailtui.services.postfix.restrictions.order import order_of, orders, service_called
from mailtui.services.postfix.restrictions.replaying.model import Entry, Replay
from mailtui.services.postfix.restrictions.replaying.replay import replay
from mailtui.services.postfix.restrictions.replaying.tries import tries

_DAY = 86400.0


class Restrictions:
    """The restrictions of this machine as they are configured now. Raises what ``Tools.run`` raises."""

    def __init__(
        self,
        tools: Tools,
        postfix: PostfixConfig,
        sources: LogSources | None = None,
        patience: Patience | None = None,
    ) -> None:
        """``patience``: of a look that goes on here; otherwise each question is a look of its own."""
        self._patience = patience
        self._tools = tools
        self._postfix = postfix
        self._sources = sources

    def orders(self, service: str = "") -> tuple[Order, ...]:
        """What every smtpd(8) service asks, the entrance first; or only ``service``. Raises UsageError."""
        postfix = self._postfix.again()
        return (order_of(postfix, service_called(postfix, service)),) if service else orders(postfix)

    def judge(self, session: Session, service: str = "") -> Verdict:
        """What a client is told by a service (``submission``, ``587``), by default the one of port 25.

        Raises UsageError where there is no such service.
        """
        postfix = self._postfix.again()
        simulator = Simulator(self._tools, postfix, service_called(postfix, service), patience=self._patience)
        return simulator.judge(session)

    def check(self) -> tuple[Finding, ...]:
        """What is wrong with the restrictions of every smtpd(8)."""
        return findings(self._tools, self._postfix.again())

    def replay(self, entry: Entry, events: Iterable[Event], service: str = "") -> Replay:
        """What a proposed entry would have met in a log. Raises UsageError for what is no entry."""
        postfix = self._postfix.again()
        machine = Machine(self._tools, postfix, service_called(postfix, service), Zone())
        return replay(self._tools, machine, entry, tries(events))

    def replay_day(self, entry: Entry) -> Replay:
        """What it would have met on the last day, in the logs of this machine. Raises what reading them raises."""
        events = events_since(self._tools, self._sources, time.time() - _DAY) if self._sources else ()
        return self.replay(entry, events)

    def reply(self, client: str, sender: str, recipient: str) -> str:
        """What a client is told to RCPT TO at port 25, or before; ``""`` where the recipient is taken."""
        session = Session(client, helo=usual_helo(client), sender=sender, recipient=recipient)
        verdict = self.judge(session)
        return "" if verdict.accepted or verdict.at in ("DATA", "end of data") else verdict.reply
