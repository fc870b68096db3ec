"""How the mail server of one remote domain answers, as ``world`` tells it."""

from __future__ import annotations

import asyncio

from aiosmtpd.smtp import SMTP, Envelope, Session

from mailtui.lab.world import RemoteDomain


class RemoteServer:
    """aiosmtpd handler of one domain."""

    def __init__(self, domain: RemoteDomain) -> None:
        self._domain = domain
        self._seen: set[tuple[str, str]] = set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer RCPT TO."""
        behaviour = self._domain.behaviour
        if behaviour == "slow":
            await asyncio.Event().wait()  # for ever: the client hangs up
        if behaviour == "reply" and not self._domain.at_end_of_data:
            return self._reply(envelope, address)
        if behaviour == "grey" and self._is_new(envelope.mail_from or "", address):
            return self._reply(envelope, address)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answer the message."""
        if self._domain.behaviour == "drop":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "421 4.3.0 never sent"
        if self._domain.at_end_of_data:
            return self._reply(envelope, envelope.rcpt_tos[0])
        return "250 2.0.0 Ok: accepted by the lab's world"

    def _is_new(self, sender: str, recipient: str) -> bool:
        pair = (sender, recipient)
        new = pair not in self._seen
        self._seen.add(pair)
        return new

    def _reply(self, envelope: Envelope, to: str) -> str:
        domain = (envelope.mail_from or "").rpartition("@")[2]
        return self._domain.reply.format(to=to, domain=domain)
