"""Which restrictions each smtpd(8) of master.cf asks, and in which order: SMTPD_ACCESS_README, smtpd(8)."""

from __future__ import annotations

from dataclasses import replace

from mailtui.host.errors import UsageError
from mailtui.services.postfix.addresses.services import entrance
from mailtui.services.postfix.config import MasterService, PostfixConfig
from mailtui.services.postfix.restrictions.known import known
from mailtui.services.postfix.restrictions.model import Order, Rule, Stage
from mailtui.services.postfix.restrictions.parse import Parser

_EARLY = {"client": "connect", "helo": "HELO", "sender": "MAIL FROM"}
"""When a stage answers that may wait for RCPT TO."""
_PARAMETERS = {
    "client": "smtpd_client_restrictions",
    "helo": "smtpd_helo_restrictions",
    "sender": "smtpd_sender_restrictions",
    "relay": "smtpd_relay_restrictions",
    "recipient": "smtpd_recipient_restrictions",
    "data": "smtpd_data_restrictions",
    "end of data": "smtpd_end_of_data_restrictions",
    "etrn": "smtpd_etrn_restrictions",
}
_AT = {"relay": "RCPT TO", "recipient": "RCPT TO", "data": "DATA", "end of data": "end of data", "etrn": "ETRN"}


def smtpd_services(postfix: PostfixConfig) -> tuple[MasterService, ...]:
    """The smtpd(8) services of master.cf, the one mail from elsewhere comes in by first."""
    found = [one for one in postfix.services if one.command.split()[0] == "smtpd"]
    first = entrance(postfix)
    return tuple(sorted(found, key=lambda one: one is not first and one != first))


def service_called(postfix: PostfixConfig, name: str) -> MasterService:
    """The smtpd(8) service of this name (``submission``, ``587``, ``smtp/inet``); the entrance for ``""``.

    Raises UsageError where there is none.
    """
    found = smtpd_services(postfix)
    wanted = [one for one in found if name in ("", one.name, f"{one.name}/{one.type}", one.name.rpartition(":")[2])]
    if wanted:
        return wanted[0]
    names = ", ".join(f"{one.name}/{one.type}" for one in found)
    raise UsageError(
        f"master.cf has no smtpd service {name!r}" if name else "master.cf has no smtpd service",
        unlock=f"there are: {names}" if names else "",
    )


def order_of(postfix: PostfixConfig, service: MasterService) -> Order:
    """What ``service`` asks. Raises what ``Tools.run`` raises."""
    own = postfix.of_service(service)
    delayed = own.get("smtpd_delay_reject").lower() != "no"
    parser = Parser(own)
    relay_first = own.get("smtpd_relay_before_recipient_restrictions").lower() == "yes"
    names = ["client", "helo", "sender", "relay", "recipient", "data", "end of data", "etrn"]
    if not relay_first:
        names[3:5] = ["recipient", "relay"]
    stages = []
    for about in names:
        parameter = _PARAMETERS[about]
        at = _AT.get(about) or ("RCPT TO" if delayed else _EARLY[about])
        rules = parser.rules(own.get(parameter), about)
        stages.append(Stage(parameter, about, at, _source(postfix, service, parameter), rules))
    return Order(service, delayed, _with_implied(own, stages))


def orders(postfix: PostfixConfig) -> tuple[Order, ...]:
    """What every smtpd(8) service asks."""
    return tuple(order_of(postfix, service) for service in smtpd_services(postfix))


def _source(postfix: PostfixConfig, service: MasterService, parameter: str) -> str:
    if parameter in dict(service.overrides):
        return "master.cf"
    return "main.cf" if parameter in postfix.set_here else "default"


def _with_implied(own: PostfixConfig, stages: list[Stage]) -> tuple[Stage, ...]:
    """With what smtpd(8) asks of its own accord: at the end of MAIL FROM, and of RCPT TO, which is the fifth list."""
    ends = {2: ("reject_unlisted_sender", "smtpd_reject_unlisted_sender")}
    ends[4] = ("reject_unlisted_recipient", "smtpd_reject_unlisted_recipient")
    for number, (name, parameter) in ends.items():
        if own.get(parameter).lower() == "yes":
            implied = Rule(name, known=known()[name], implied=parameter)
            stages[number] = replace(stages[number], rules=(*stages[number].rules, implied))
    return tuple(stages)
