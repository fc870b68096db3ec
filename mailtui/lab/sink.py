"""Mail servers of remote domains and a content filter, on loopback: an SMTP sink that answers as told by ``world``."""

from __future__ import annotations

import asyncio
import logging
import smtplib
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiosmtpd.smtp import SMTP, Envelope, Session

from mailtui.lab.world import WORLD, RemoteDomain

logging.getLogger("mail.log").addHandler(logging.NullHandler())


class RemoteServer:
    """aiosmtpd handler of one domain."""

    def __init__(self, domain: RemoteDomain) -> None:
        self._domain = domain
        self._seen: set[tuple[str, str]] = set()
        self._never = asyncio.Event()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer RCPT TO."""
        behaviour = self._domain.behaviour
        if behaviour == "slow":
            await self._never.wait()
        if behaviour == "reply" and not self._domain.at_end_of_data:
            return self._reply(envelope, address)
        if behaviour == "grey":
            pair = (envelope.mail_from or "", address)
            if pair not in self._seen:
                self._seen.add(pair)
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

    def _reply(self, envelope: Envelope, to: str) -> str:
        domain = (envelope.mail_from or "").rpartition("@")[2]
        return self._domain.reply.format(to=to, domain=domain)


class ContentFilter:
    """Takes a message and passes it back to Postfix, as amavis does, with XFORWARD left out."""

    def __init__(self, reinjection_port: int) -> None:
        self._port = reinjection_port

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Pass it on; Postfix's answer names the new queue ID."""
        answer = await asyncio.to_thread(self._pass_on, envelope)
        return f"250 2.0.0 from MTA(smtp:[127.0.0.1]:{self._port}): {answer}"

    def _pass_on(self, envelope: Envelope) -> str:
        content = envelope.content
        data = content if isinstance(content, bytes) else (content or "").encode()
        with smtplib.SMTP("127.0.0.1", self._port, local_hostname="filter.lab.example") as client:
            client.ehlo()
            client.mail(envelope.mail_from or "")
            for address in envelope.rcpt_tos:
                client.rcpt(address)
            code, text = client.data(data)
        return f"{code} {text.decode(errors='replace')}"


async def serve(sink_port: int, filter_port: int, reinjection_port: int, ready: Callable[[], Awaitable[None]]) -> None:
    """Listen for all of ``WORLD`` and the filter until cancelled."""
    loop = asyncio.get_running_loop()
    servers = []
    for domain in WORLD:
        handler = RemoteServer(domain)
        servers.append(await loop.create_server(_factory(handler, f"mx.{domain.name}"), domain.address, sink_port))
    content_filter = ContentFilter(reinjection_port)
    servers.append(await loop.create_server(_factory(content_filter, "filter.lab.example"), "127.0.0.1", filter_port))
    try:
        await ready()
        await asyncio.Event().wait()
    finally:
        for server in servers:
            server.close()


def _factory(handler: object, name: str) -> Callable[[], SMTP]:
    return lambda: SMTP(handler, hostname=name, enable_SMTPUTF8=True, data_size_limit=2**25)


def main(arguments: list[str]) -> None:
    """``sink_port filter_port reinjection_port``: serve, saying ``ready`` on standard output."""

    async def ready() -> None:
        print("ready", flush=True)  # noqa: T201 - the lab waits for this word

    sink, content_filter, reinjection = map(int, arguments)
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(sink, content_filter, reinjection, ready))


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
