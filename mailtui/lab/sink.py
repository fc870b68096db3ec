"""The lab's other side on loopback: the mail servers of ``WORLD``, and a content filter, in a thread."""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aiosmtpd.smtp import SMTP

from mailtui.lab.content_filter import NAME, ContentFilter, FilterServer
from mailtui.lab.layout import Layout
from mailtui.lab.remote_server import RemoteServer
from mailtui.lab.world import WORLD

logging.getLogger("mail.log").addHandler(logging.NullHandler())
_LOOPBACK = "127.0.0.1"
_MAX_SIZE = 2**25


@contextmanager
def running(layout: Layout, ports: dict[str, int]) -> Iterator[None]:
    """Serve for as long as the context lasts; raises OSError when a port is taken."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="sink", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(_listen(layout, ports), loop).result()
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _listen(layout: Layout, ports: dict[str, int]) -> None:
    loop = asyncio.get_running_loop()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(layout.certificate, layout.key)
    for domain in WORLD:
        offered = tls if domain.tls else None
        factory = _factory(RemoteServer(domain), f"mx.{domain.name}", offered)
        await loop.create_server(factory, domain.address, ports["sink_port"])
    content_filter = ContentFilter(ports["reinjection"])
    await loop.create_server(_factory(content_filter, NAME, kind=FilterServer), _LOOPBACK, ports["filter"])


def _factory(
    handler: object, name: str, tls: ssl.SSLContext | None = None, kind: type[SMTP] = SMTP
) -> Callable[[], SMTP]:
    return lambda: kind(handler, hostname=name, enable_SMTPUTF8=True, data_size_limit=_MAX_SIZE, tls_context=tls)
