"""One failure, with everything that may be asked about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailtui.host.tools import Tools
from mailtui.maillog.model import Recipient, Story, Verdict
from mailtui.services.explain.findings import Findings
from mailtui.services.explain.lookups import Lookups
from mailtui.services.explain.ports import DovecotSettings, PostfixSettings

_OWN_ADDRESSES = ("[127.", "[::1]")


@dataclass(frozen=True, slots=True)
class Case:
    """A recipient that failed, and whom to ask why."""

    recipient: Recipient
    story: Story
    verdict: Verdict
    postfix: PostfixSettings
    dovecot: DovecotSettings
    tools: Tools
    lookups: Lookups
    found: Findings

    @property
    def address(self) -> str:
        """The recipient."""
        return self.recipient.to

    @property
    def domain(self) -> str:
        """The recipient's domain."""
        return self.recipient.to.rpartition("@")[2].lower()

    @property
    def refused_by_us(self) -> bool:
        """Whether our smtpd refused it."""
        return self.recipient.status == "rejected"

    @property
    def spoken_by_us(self) -> bool:
        """Whether our own Postfix said it, and no other server."""
        return " said: " not in self.recipient.reason and " refused to talk to me: " not in self.recipient.reason

    @property
    def through_socket(self) -> bool:
        """Whether a service of this machine was asked: a socket, or for a domain of ours an address of our own."""
        relay = self.recipient.relay
        if "[private/" in relay or "[/" in relay:
            return True
        return any(own in relay for own in _OWN_ADDRESSES) and self._may_be_delivered_here()

    def _may_be_delivered_here(self) -> bool:
        """Whether the domain is, or by a table may be, one whose mailboxes are on this machine."""
        values = (self.postfix.get(name) for name in ("mydestination", "virtual_mailbox_domains"))
        words = [word.lower() for value in values for word in re.split(r"[,\s]+", value)]
        return self.domain in words or any(":" in word for word in words)

    def show(self, *parameters: str) -> None:
        """Note how these parameters are set."""
        for name in parameters:
            value = self.postfix.get(name)
            self.found.add(f"{name} = {value}" if value else f"{name} is empty")
        self.found.offer("postconf", *self.postfix.where, *parameters)

    def show_route(self, otherwise: str) -> None:
        """Note what sends mail for the recipient to its next server: a transport, the relayhost, else DNS."""
        hit = self.lookups.find_transport(self.address)
        if hit:
            self.found.add(f"transport_maps ({hit.table}) sends {hit.key} to {hit.value}")
            self.found.blame(hit.parameter, hit.table, hit.key, hit.value)
            self.found.offer(*self.lookups.command(hit.table, hit.key))
        elif self.postfix.get("relayhost"):
            self.show("relayhost")
        else:
            self.found.add(otherwise)
