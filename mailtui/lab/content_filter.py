"""A content filter like amavis: takes a message from Postfix and passes it back on another port.

It speaks XFORWARD, so that Postfix logs the first queue ID and client with the second (postfix.org, XFORWARD_README).
"""

from __future__ import annotations

import asyncio
import smtplib

from aiosmtpd.smtp import SMTP, Envelope, Session

NAME = "filter.lab.example"


class FilterServer(SMTP):
    """An SMTP server that offers XFORWARD and remembers what it was told."""

    forwarded = ""

    async def smtp_XFORWARD(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd finds commands by this name
        """Who sent the message first."""
        self.forwarded = f"{self.forwarded} {arg or ''}".strip()
        await self.push("250 2.0.0 Ok")


class ContentFilter:
    """aiosmtpd handler."""

    def __init__(self, reinjection_port: int) -> None:
        self._port = reinjection_port

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: FilterServer, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer XFORWARD; a new greeting is a new sender."""
        session.host_name = hostname
        server.forwarded = ""
        return [*responses[:-1], "250-XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE", responses[-1]]

    async def handle_DATA(self, server: FilterServer, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Pass it on; Postfix's answer names the new queue ID, or is passed back where it is a refusal."""
        answer = await asyncio.to_thread(self._pass_on, envelope, server.forwarded)
        server.forwarded = ""
        if not answer.startswith("2"):
            return answer
        return f"250 2.0.0 from MTA(smtp:[127.0.0.1]:{self._port}): {answer}"

    def _pass_on(self, envelope: Envelope, forwarded: str) -> str:
        content = envelope.content
        data = content if isinstance(content, bytes) else (content or "").encode()
        with smtplib.SMTP("127.0.0.1", self._port, local_hostname=NAME) as client:
            client.ehlo()
            for word in forwarded.split():  # one by one: a command line has 512 bytes
                client.docmd("XFORWARD", word)
            client.mail(envelope.mail_from or "")
            for address in envelope.rcpt_tos:
                client.rcpt(address)
            code, text = client.data(data)
        return f"{code} {text.decode(errors='replace')}"
