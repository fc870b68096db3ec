"""Restrictions as smtpd(8) reads them: rules in lists, lists in stages, stages of one service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailtui.services.postfix.config import MasterService
from mailtui.services.postfix.restrictions.known import Known


@dataclass(frozen=True, slots=True)
class Rule:
    """One element of a list of restrictions."""

    written: str
    """As it stands in the list, without its argument."""
    argument: str = ""
    """The table, DNS list, policy server or number after it."""
    known: Known | None = None
    """None where smtpd(8) has no such restriction: each client gets ``451 4.3.5 Server configuration error``."""
    rules: tuple[Rule, ...] = ()
    """Those of the restriction class that is named here (``smtpd_restriction_classes``)."""
    only_warns: bool = False
    """Whether ``warn_if_reject`` stands before it."""
    implied: str = ""
    """The parameter that asks for it where it stands in no list."""

    @property
    def name(self) -> str:
        """Its name in postconf(5); the one that is written where it is a class or unknown."""
        return self.known.name if self.known else self.written

    def __str__(self) -> str:
        return " ".join(filter(None, ("warn_if_reject" * self.only_warns, self.written, self.argument)))

    def every(self) -> Iterator[Rule]:
        """The rule itself and those within it, in the order they are asked."""
        yield self
        for rule in self.rules:
            yield from rule.every()


@dataclass(frozen=True, slots=True)
class Stage:
    """One list, and when it is asked."""

    parameter: str
    """``smtpd_client_restrictions`` and so on."""
    about: str
    """``client helo sender relay recipient data end of data etrn``."""
    at: str
    """The moment its answer is given: ``connect``, ``HELO``, ``MAIL FROM``, ``RCPT TO``, ``DATA``, ``end of data``."""
    source: str
    """``main.cf``, ``master.cf`` where the service sets it for itself, or ``default``."""
    rules: tuple[Rule, ...]

    def every(self) -> Iterator[Rule]:
        """All rules, those of classes after the name of their class."""
        for rule in self.rules:
            yield from rule.every()


@dataclass(frozen=True, slots=True)
class Order:
    """What one smtpd(8) service asks, in its order."""

    service: MasterService
    delayed: bool
    """Whether client, HELO and sender are judged at RCPT TO (``smtpd_delay_reject``)."""
    stages: tuple[Stage, ...]

    @property
    def name(self) -> str:
        """The service as master.cf has it: ``submission/inet``."""
        return f"{self.service.name}/{self.service.type}"

    def place(self, stage: Stage) -> str:
        """What to set to change a list: the parameter, or ``submission/inet/parameter`` in master.cf."""
        return f"{self.name}/{stage.parameter}" if stage.source == "master.cf" else stage.parameter

    def stage(self, about: str) -> Stage:
        """The list of one stage."""
        return next(stage for stage in self.stages if stage.about == about)
