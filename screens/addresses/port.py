"""What the views of an address's way and of the rules of smtpd ask of the services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mailtui.services.postfix.addresses.model import Resolution
from mailtui.services.postfix.restrictions.judging.model import Verdict
from mailtui.services.postfix.restrictions.judging.session import Session
from mailtui.services.postfix.restrictions.model import Order
from mailtui.services.postfix.restrictions.replaying.model import Entry, Replay


class ResolverPort(Protocol):
    """Where mail goes."""

    def resolve(self, address: str, sender: str = "", client: str = "") -> Resolution:
        """Follow an address through every table; runs tools, for seconds."""


class RestrictionsPort(Protocol):
    """What smtpd lets in."""

    def orders(self) -> Sequence[Order]:
        """The rules of every smtpd; runs tools."""

    def judge(self, session: Session, service: str = "") -> Verdict:
        """Try a client; runs tools and may ask the DNS, for seconds."""

    def replay_day(self, entry: Entry) -> Replay:
        """Try an entry on the last day; reads the log, for seconds."""
