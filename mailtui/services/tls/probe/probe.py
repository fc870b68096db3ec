"""``served``: what one port serves. What is promised: it ends in time, raises nothing, and leaves politely.

Postfix tells postmaster of a client that goes on after a refused STARTTLS, so after one there is only QUIT.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from ipaddress import ip_address

from mailtui.services.tls.probe.contexts import chain_of, context
from mailtui.services.tls.probe.languages import LANGUAGES, Language
from mailtui.services.tls.probe.model import Ask, Problem, Served, StartTls
from mailtui.services.tls.probe.wire import Wire
from mailtui.text import clean

_AT_ONCE = 32
_GOODBYE = 1.0
_NOT_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE")
_LOCAL = ("NO_CIPHERS_AVAILABLE", "NO_PROTOCOLS_AVAILABLE", "NO_CIPHER_MATCH")


def served(
    host: str,
    port: int,
    *,
    starttls: StartTls = "",
    sni: str | None = None,
    versions: tuple[str, ...] = (),
    source: str | None = None,
    timeout: float = 10.0,
) -> Served:
    """What ``host:port`` serves, see ``Ask``; what goes wrong is in ``problem``."""
    return _Probe(Ask(host, port, starttls, sni, versions, source, timeout)).run()


def served_by(asks: Sequence[Ask]) -> tuple[Served, ...]:
    """The answers to many questions, in their order; a port is asked one question at a time, ports side by side."""
    ports: dict[tuple[str, int], list[int]] = {}
    for number, ask in enumerate(asks):
        ports.setdefault((ask.host, ask.port), []).append(number)
    answers: dict[int, Served] = {}

    def of_port(numbers: Iterable[int]) -> None:
        for number in numbers:
            answers[number] = _Probe(asks[number]).run()

    with ThreadPoolExecutor(min(_AT_ONCE, len(ports)) or 1, "tls probe") as pool:
        list(pool.map(of_port, ports.values()))
    return tuple(answers[number] for number in range(len(asks)))


class _Stopped(Exception):
    """There will be no TLS."""

    def __init__(self, problem: Problem, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem
        self.detail = detail


class _Probe:
    """One connection."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._answer = Served(ask)

    def run(self) -> Served:
        started = time.monotonic()
        try:
            with self._connected() as sock:
                self._look(Wire(sock, started + self._ask.timeout))
        except _Stopped as stopped:
            self._answer = replace(self._answer, problem=stopped.problem, detail=clean(stopped.detail))
        return replace(self._answer, seconds=time.monotonic() - started)

    def _connected(self) -> socket.socket:
        ask = self._ask
        try:
            return socket.create_connection(
                (ask.host, ask.port), ask.timeout, (ask.source, 0) if ask.source is not None else None
            )
        except TimeoutError:
            raise _Stopped("silent", f"no connection within {ask.timeout:g} s") from None
        except (OSError, UnicodeError, OverflowError) as error:
            raise _Stopped("unreachable", _words(error)) from error

    def _look(self, wire: Wire) -> None:
        language = LANGUAGES.get(self._ask.starttls)
        try:
            if language:
                self._agree(wire, language)
            self._shake_hands(wire)
        except TimeoutError:
            raise _Stopped("silent", f"no answer within {self._ask.timeout:g} s") from None
        except OSError as error:
            raise _Stopped("closed", _words(error)) from error

    def _agree(self, wire: Wire, language: Language) -> None:
        """Speak in clear up to the moment where TLS begins."""
        greeting = wire.lines(language.greeted)
        self._answer = replace(self._answer, greeting=clean(greeting[0].decode("utf-8", "surrogateescape")))
        if not language.ready.match(greeting[-1]):
            self._leave(wire, language)
            raise _Stopped("starttls-refused", self._answer.greeting)
        told = greeting
        if language.ask:
            wire.send(language.ask.replace(b"%s", _name(wire.sock)))
            told = wire.lines(language.told)
        offered = any(language.offer.match(line) for line in told)
        self._answer = replace(
            self._answer, offers_starttls=offered, auth_before_tls=tuple(map(clean, language.mechanisms(told)))
        )
        if not offered:
            self._leave(wire, language)
            raise _Stopped("no-starttls", "STARTTLS is not offered")
        wire.send(language.starttls)
        reply = wire.lines(language.replied)[-1]
        if not language.ready.match(reply):
            self._leave(wire, language)
            raise _Stopped("starttls-refused", reply.decode("utf-8", "surrogateescape"))
        if wire.pending:
            raise _Stopped("injected", f"{len(wire.pending)} bytes in clear after the answer to STARTTLS")

    def _shake_hands(self, wire: Wire) -> None:
        try:
            wire.arm()
            inside = context(self._ask.versions, self._ask.key).wrap_socket(
                wire.sock, server_hostname=self._ask.sni or None
            )
        except ssl.SSLError as error:
            raise _Stopped(_kind(error), _words(error)) from error
        except (ValueError, UnicodeError) as error:  # a name that cannot be one
            raise _Stopped("unable", str(error)) from error
        with inside:
            cipher = inside.cipher()
            self._answer = replace(
                self._answer,
                version=inside.version() or "",
                cipher=cipher[0] if cipher else "",
                chain_der=chain_of(inside),
            )
            wire.sock = inside
            self._end(wire)

    def _end(self, wire: Wire) -> None:
        """Say goodbye in the protocol, so that no log tells of a lost connection."""
        wire.hasten(_GOODBYE)
        with suppress(OSError, ValueError):
            if language := LANGUAGES.get(self._ask.starttls):
                self._leave(wire, language)
            else:
                self._leave_implicit(wire)

    def _leave_implicit(self, wire: Wire) -> None:
        """Which protocol it is, the greeting tells; who greets nobody is left without a word."""
        wire.arm()
        first = wire.sock.recv(4096)
        self._answer = replace(
            self._answer, greeting=clean(first.partition(b"\r\n")[0].decode("utf-8", "surrogateescape"))
        )
        for language in LANGUAGES.values():
            if language.ready.match(first):
                wire.send(language.goodbye)
                wire.lines(language.replied)
                return

    def _leave(self, wire: Wire, language: Language) -> None:
        wire.hasten(_GOODBYE)
        with suppress(OSError):
            wire.send(language.goodbye)
            wire.lines(language.replied)


def _kind(error: ssl.SSLError) -> Problem:
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return "closed"
    reason = error.reason or ""
    if reason in _LOCAL:
        return "unable"
    return "no-tls" if reason in _NOT_TLS else "handshake"


def _words(error: BaseException) -> str:
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    strerror = getattr(error, "strerror", None)
    return str(strerror or error or type(error).__name__)


def _name(sock: socket.socket) -> bytes:
    """What a client without a name calls itself: its address (RFC 5321, 4.1.3)."""
    address = ip_address(str(sock.getsockname()[0]).partition("%")[0])
    return (f"[IPv6:{address}]" if address.version == 6 else f"[{address}]").encode()
