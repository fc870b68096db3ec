"""One message through one service: connect, HELO, MAIL FROM, RCPT TO, DATA and its end, until something refuses it.

smtpd(8), SMTPD_ACCESS_README ("Delayed evaluation of SMTP access restriction lists").
"""

from __future__ import annotations

from dataclasses import replace

from mailtui.host.tools import Tools
from mailtui.services.postfix.addresses.lookups import Asked, Lookups, TableError
from mailtui.services.postfix.addresses.places import Places
from mailtui.services.postfix.config import MasterService, PostfixConfig
from mailtui.services.postfix.maps.patience import Patience
from mailtui.services.postfix.restrictions.judging import addresses, client, dnslists, generic, helo, servers
from mailtui.services.postfix.restrictions.judging.judge import Handler, Judge
from mailtui.services.postfix.restrictions.judging.machine import Machine
from mailtui.services.postfix.restrictions.judging.model import Answer, Step, Verdict
from mailtui.services.postfix.restrictions.judging.session import Session
from mailtui.services.postfix.restrictions.judging.zone import Zone
from mailtui.services.postfix.restrictions.model import Stage

HANDLERS: dict[str, Handler] = (
    generic.HANDLERS | client.HANDLERS | helo.HANDLERS | addresses.HANDLERS | dnslists.HANDLERS | servers.HANDLERS
)


class Simulator:
    """Messages through one service of one Postfix, read once."""

    def __init__(
        self,
        tools: Tools,
        postfix: PostfixConfig,
        service: MasterService,
        zone: Zone | None = None,
        lookups: Lookups | None = None,
        patience: Patience | None = None,
    ) -> None:
        """``lookups``, ``patience``: see ``Machine``; with ``lookups`` steps tell no table.

        Raises what ``Tools.run`` raises.
        """
        self._places = Places(tools)
        self._judge: Judge | None = None
        self.machine = Machine(tools, postfix, service, zone or Zone(), self._note, lookups, patience)

    @property
    def insists_on_tls(self) -> bool:
        """Whether the service takes no mail without TLS."""
        machine = self.machine
        if machine.is_set("smtpd_tls_wrappermode") or machine.is_set("smtpd_enforce_tls"):
            return True
        return machine.get("smtpd_tls_security_level") in ("encrypt", "dane", "fingerprint", "verify", "secure")

    def judge(self, session: Session) -> Verdict:
        """What this client is told, and why."""
        if session.tls is None:
            session = replace(session, tls=self.insists_on_tls)
        judge = self._judge = Judge(self.machine, session, HANDLERS)
        try:
            return _through(judge, insists_on_tls=self.insists_on_tls)
        finally:
            self._judge = None

    def _note(self, asked: Asked) -> None:
        if self._judge is None or asked.value is None:
            return
        place = self._places.of(asked.table, asked.key)
        self._judge.note(asked, f"{place.file}:{place.line}" if place.line else place.file)


def _through(judge: Judge, *, insists_on_tls: bool) -> Verdict:
    stages = judge.machine.order.stages
    delayed = judge.machine.order.delayed
    if not delayed and judge.ask(stages[0]) == "reject":
        return judge.verdict("reject", "connect")
    if insists_on_tls and not judge.session.tls:
        return _plainly(judge, "530", "5.7.0", "Must issue a STARTTLS command first", "MAIL FROM")
    if not delayed and judge.session.helo and judge.ask(stages[1]) == "reject":
        return judge.verdict("reject", "HELO")
    if judge.machine.is_set("smtpd_helo_required") and not judge.session.helo:
        return _plainly(judge, "503", "5.5.1", "Error: send HELO/EHLO first", "MAIL FROM")
    if not _is_valid(judge, judge.session.sender):
        return _plainly(judge, "501", "5.1.7", "Bad sender address syntax", "MAIL FROM")
    if not delayed and _sender(judge, stages[2]) == "reject":
        return judge.verdict("reject", "MAIL FROM")
    if not judge.session.recipient or not _is_valid(judge, judge.session.recipient):
        return _plainly(judge, "501", "5.1.3", "Bad recipient address syntax", "RCPT TO")
    is_postmaster = judge.session.recipient.lower() == "postmaster"
    if not is_postmaster and _recipient(judge, delayed=delayed) == "reject":
        return judge.verdict("reject", "RCPT TO")
    for stage in stages[5:7]:
        judge.forget_deferral()
        if judge.ask(stage) == "reject" or judge.refuse_what_would_pass() == "reject":
            return judge.verdict("reject", stage.at)
    return judge.verdict("permit", "")


def _recipient(judge: Judge, *, delayed: bool) -> Answer:
    """RCPT TO: the lists that waited for it, then its own."""
    stages = judge.machine.order.stages
    if delayed:
        if judge.ask(stages[0]) == "reject" or (judge.session.helo and judge.ask(stages[1]) == "reject"):
            return "reject"
        if _sender(judge, stages[2]) == "reject":
            return "reject"
    first, second = (_without_implied(stage) for stage in stages[3:5])
    if judge.ask(first) == "reject" or judge.ask(second, goes_on=True) == "reject":
        return "reject"
    if judge.refuse_what_would_pass() == "reject":
        return "reject"
    return _implied(judge, stages[4])


def _sender(judge: Judge, stage: Stage) -> Answer:
    if judge.ask(_without_implied(stage)) == "reject":
        return "reject"
    return _implied(judge, stage)


def _without_implied(stage: Stage) -> Stage:
    return replace(stage, rules=tuple(rule for rule in stage.rules if not rule.implied))


def _implied(judge: Judge, stage: Stage) -> Answer:
    """What smtpd(8) asks at the end of its own accord, whatever the list has permitted."""
    implied = replace(stage, rules=tuple(rule for rule in stage.rules if rule.implied))
    return judge.ask(implied, goes_on=True)


def _is_valid(judge: Judge, address: str) -> bool:
    try:
        return not address or judge.machine.route(address, "").valid
    except TableError:
        return True


def _plainly(judge: Judge, code: str, status: str, text: str, at: str) -> Verdict:
    """A refusal by smtpd(8) itself, no rule of any list."""
    judge.reply = f"{code} {status} {text}"
    judge.steps.append(Step("", at, "smtpd", 0, "reject", judge.reply))
    return judge.verdict("reject", at)
