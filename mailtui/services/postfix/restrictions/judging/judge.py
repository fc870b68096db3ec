"""Evaluates the lists of one service for one client, as ``smtpd_check.c`` does: stage by stage, rule by rule.

A refusal ends everything, a permission its list. ``defer_if_permit`` and ``defer_if_reject`` wait for what comes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from mailtui.services.postfix.addresses.lookups import Asked, TableError
from mailtui.services.postfix.restrictions.judging import replies
from mailtui.services.postfix.restrictions.judging.machine import Machine
from mailtui.services.postfix.restrictions.judging.model import Answer, Step, Verdict
from mailtui.services.postfix.restrictions.judging.session import UNKNOWN, Session
from mailtui.services.postfix.restrictions.judging.zone import Fate, Peer
from mailtui.services.postfix.restrictions.model import Rule, Stage
from mailtui.text import clean

Handler = Callable[["Judge", Rule], Answer]
_KINDS = {
    "client": "Client host",
    "helo": "Helo command",
    "sender": "Sender address",
    "relay": "Recipient address",
    "recipient": "Recipient address",
    "data": "Data command",
    "end of data": "End-of-data",
}
MOST_NESTED = 100
"""Lists within lists, where smtpd(8) gives up."""


class Stopped(Exception):
    """A mistake in the configuration or a table: smtpd(8) leaves the whole stage with this reply."""

    def __init__(self, reply: str, why: str) -> None:
        super().__init__(reply)
        self.reply = reply
        self.why = why


@dataclass(slots=True)
class _Asked:
    """What is known of the rule that is asked now."""

    why: list[str] = field(default_factory=list)
    reply: str = ""
    left_out: bool = False


class Judge:
    """One evaluation. The rules come as ``handlers``, by their names in postconf(5)."""

    def __init__(self, machine: Machine, session: Session, handlers: dict[str, Handler]) -> None:
        self.machine = machine
        self.session = session
        self.effects: list[str] = []
        self.discarded = False
        self.sure_of_recipient = False
        """Whether somebody has asked already if the recipient exists."""
        self.sure_of_sender = False
        self.stage = machine.order.stages[0]
        """The list that is asked now."""
        self.reply = ""
        self.steps: list[Step] = []
        self._handlers = handlers
        self._warns = False
        self._defer_permit = ""
        self._defer_reject = ""
        self._peer: Peer | None = None
        self._asked = _Asked()

    @property
    def peer(self) -> Peer:
        """The names of the client; the DNS is asked where the session does not say."""
        if self._peer is None:
            name, reverse = self.session.name, self.session.reverse_name
            if name is None:
                self._peer = self.machine.zone.peer(self.session.client)
            else:
                known = reverse if reverse is not None else name
                self._peer = Peer(name or UNKNOWN, _fate(name), known or UNKNOWN, _fate(known))
        return self._peer

    @property
    def namaddr(self) -> str:
        """The client as logs and replies have it."""
        return f"{self.peer.name}[{self.session.client}]"

    @property
    def kind(self) -> str:
        """What the list that is asked now refuses, in the words of its replies."""
        return _KINDS[self.stage.about]

    @property
    def name(self) -> str:
        """Whom or what the list that is asked now refuses."""
        about = self.stage.about
        if about in ("data", "end of data"):
            return "DATA" if about == "data" else "END-OF-MESSAGE"
        session = self.session
        names = {"client": lambda: self.namaddr, "helo": lambda: session.helo, "sender": lambda: session.sender}
        return names.get(about, lambda: session.recipient)()

    @property
    def helo(self) -> str:
        """The name given with HELO, ``""`` where there is none yet."""
        return "" if self.stage.at == "connect" else self.session.helo

    @property
    def warns(self) -> bool:
        """Whether a refusal would only be logged now."""
        return self._warns

    def because(self, why: str) -> None:
        """What made the rule answer as it does."""
        self._asked.why.append(clean(why))

    def note(self, asked: Asked, place: str) -> None:
        """A table was asked; ``place``: where the entry stands."""
        if asked.value is not None:
            self.because(f"{asked.table} has {asked.key}: {asked.value}" + (f" ({place})" if place else ""))

    def leave_out(self, why: str) -> Answer:
        """A rule that only the running system can answer."""
        self._asked.left_out = True
        self.because(why)
        return "dunno"

    def reject(self, code: str, status: str, text: str) -> Answer:
        """Refuse, or only say so under ``warn_if_reject``, or for now where something was unsure before."""
        reply = replies.reply(code, status, text)
        if self._defer_reject and reply.startswith("5") and not self._warns:
            reply, self._defer_reject = self._defer_reject, ""
        if self.machine.is_set("soft_bounce"):
            reply = replies.softened(reply)
        self._asked.reply = reply
        if self._warns:
            return "dunno"
        self.reply = reply
        return "reject"

    def defer_if_permit(self, action: str, code: str, status: str, text: str) -> Answer:
        """Refuse for now what would pass, or at once where ``action`` (a ``*_tempfail_action``) is ``defer``."""
        if self._warns or action == "defer":
            return self.reject(code, status, text)
        self._defer_permit = self._defer_permit or replies.reply(code, status, text)
        return "dunno"

    def defer_if_reject(self, code: str, status: str, text: str) -> Answer:
        """Make a later refusal one for now."""
        self._defer_reject = self._defer_reject or replies.reply(code, status, text)
        return "dunno"

    def broken(self, why: str) -> Stopped:
        """The error of a configuration that smtpd(8) cannot follow."""
        return Stopped(replies.reply("451", "4.3.5", "Server configuration error"), why)

    def unanswered(self, name: str, error: TableError) -> Stopped:
        """The error of a table that cannot be asked."""
        return Stopped(replies.reply("451", "4.3.0", f"<{name}>: Temporary lookup failure"), error.message)

    def run(self, rules: Sequence[Rule], depth: int) -> Answer:
        """Ask the rules of one list, a class or a table's entry."""
        if depth > MOST_NESTED:
            raise self.broken("restriction classes lead in a circle")
        for rule in rules:
            if self.discarded:
                break
            answer = self._ask(rule, depth)
            if answer != "dunno":
                return answer
            if self._defer_permit and self._defer_reject:
                break
        return "dunno"

    def nested(self, rules: Sequence[Rule]) -> Answer:
        """Ask the rules that the rule asked now stands for."""
        return self.run(rules, self.steps[-1].depth + 1)

    def ask(self, stage: Stage, *, goes_on: bool = False) -> Answer:
        """Ask one list of the service; ``goes_on``: it belongs to the list before it, deferrals and all."""
        self.stage = stage
        self._defer_reject = self._defer_reject if goes_on else ""
        try:
            return self.run(stage.rules, 0)
        except Stopped as stopped:
            self.reply = stopped.reply
            return "reject"

    def refuse_what_would_pass(self) -> Answer:
        """At the end of RCPT TO, DATA or the message: what ``defer_if_permit`` was waiting for."""
        if not self._defer_permit:
            return "dunno"
        self.reply, self._defer_permit = self._defer_permit, ""
        return "reject"

    def forget_deferral(self) -> None:
        """DATA and the end of the message begin anew."""
        self._defer_permit = ""

    def verdict(self, answer: Answer, at: str) -> Verdict:
        """How it ended."""
        refused = answer == "reject"
        last = next((step for step in reversed(self.steps) if step.answer == "reject"), None) if refused else None
        return Verdict(
            self.machine.order.name,
            not refused,
            clean(self.reply) if refused else "250 2.1.5 Ok",
            at if refused else "",
            last.rule if last else "",
            last.parameter if last else "",
            tuple(self.steps),
            tuple(map(clean, self.effects)),
            (*(step.rule for step in self.steps if not step.asked), *map(clean, self.machine.others)),
        )

    def _ask(self, rule: Rule, depth: int) -> Answer:
        """One rule, put down before those it leads to."""
        outside = self._warns, self._asked
        self._warns, self._asked = self._warns or rule.only_warns, _Asked()
        place = len(self.steps)
        stage = self.stage
        self.steps.append(Step(stage.parameter, stage.at, clean(str(rule)), depth, "dunno"))
        answer: Answer = "reject"
        try:
            answer = self._answer(rule)
        except Stopped as stopped:
            self._asked.reply = stopped.reply
            self.because(stopped.why)
            raise
        finally:
            asked = self._asked
            why = "; ".join(dict.fromkeys(asked.why))
            self.steps[place] = replace(
                self.steps[place], answer=answer, reply=clean(asked.reply), why=why, asked=not asked.left_out
            )
            self._warns, self._asked = outside
        return answer

    def _answer(self, rule: Rule) -> Answer:
        if rule.known is not None:
            return self._handlers[rule.known.name](self, rule)
        if rule.rules:
            return self.nested(rule.rules)
        raise self.broken(f"smtpd knows no restriction {rule.written or rule.argument!r}")


def _fate(name: str) -> Fate:
    return "missing" if name in ("", UNKNOWN) else "found"
