"""Fetching one small file the way a sending mail server does: no redirects, the certificate checked, an end to it.

RFC 8461, 3.3.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from mailtui.text import clean

Trouble = Literal["", "unreachable", "timeout", "certificate", "tls", "status", "type", "size"]
LARGEST = 64 * 2**10
"""RFC 8461, 3.3 asks for a limit; this is the one it names."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back."""

    url: str
    trouble: Trouble = ""
    why: str = ""
    """For people."""
    body: str = ""


class _Connection(http.client.HTTPSConnection):
    """To an address found by our own resolver; the name is what the certificate must show."""

    def __init__(self, host: str, address: str, port: int, context: ssl.SSLContext, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout, context=context)
        self._address = address
        self._trust = context
        self._wire: ssl.SSLSocket | None = None
        self.ended = False

    def connect(self) -> None:
        """Connect to the address, and speak TLS to the name."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._wire = self._trust.wrap_socket(plain, server_hostname=self.host)

    def hang_up(self) -> None:
        """End whatever is still coming, from another thread: a server may send a byte now and then for ever."""
        self.ended = True
        with suppress(OSError):
            if self._wire:
                # Not SSLSocket's own, which takes TLS away from under the reader.
                socket.socket.shutdown(self._wire, socket.SHUT_RDWR)


def fetch(
    host: str,
    path: str,
    addresses: Sequence[str],
    *,
    port: int = 443,
    trust: ssl.SSLContext | None = None,
    timeout: float = 5.0,
) -> Fetched:
    """``https://host/path`` from the first of ``addresses`` that answers; never raises."""
    url = f"https://{host}{path}"
    last = Fetched(url, "unreachable", f"{host} has no address")
    for address in addresses[:2]:
        last = _fetch(url, host, path, _Connection(host, address, port, trust or _public_roots(), timeout))
        if last.trouble not in ("unreachable", "timeout"):
            break
    return last


def _fetch(url: str, host: str, path: str, connection: _Connection) -> Fetched:
    enough = threading.Timer(2 * (connection.timeout or 0.0), connection.hang_up)
    enough.daemon = True
    enough.start()
    try:
        found = _answered(url, host, path, connection)
    finally:
        enough.cancel()
        connection.close()
    return Fetched(url, "timeout", "the answer did not end in time") if connection.ended else found


def _answered(url: str, host: str, path: str, connection: _Connection) -> Fetched:
    try:
        connection.request("GET", path, headers={"Host": host, "User-Agent": "mailtui"})
        answer = connection.getresponse()
        if answer.status != 200:
            where = f" to {clean(answer.headers.get('Location') or '')}" if 300 <= answer.status < 400 else ""
            return Fetched(url, "status", f"{answer.status} {clean(answer.reason)}{where}")
        kind = answer.headers.get_content_type()
        body = answer.read(LARGEST + 1)
    except ssl.SSLCertVerificationError as error:
        return Fetched(url, "certificate", clean(error.verify_message))
    except ssl.SSLError as error:
        return Fetched(url, "tls", clean(error.reason or str(error)))
    except TimeoutError:
        return Fetched(url, "timeout", "no answer in time")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Fetched(url, "unreachable", clean(str(error)) or type(error).__name__)
    if len(body) > LARGEST:
        return Fetched(url, "size", f"more than {LARGEST} bytes")
    text = body.decode("utf-8", "surrogateescape")
    return Fetched(url, "" if kind == "text/plain" else "type", f"Content-Type: {clean(kind)}", text)


def _public_roots() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
